"""What a form must ask so that its interviews can hang on the drawn sample."""

from collections.abc import Iterator

from forms.complaint import Complaint
from forms.definition import FormDefinition
from forms.structure import Node

UNIT, OUTCOME = "unit_id", "disposition"
"""Names of the two questions: the household's number in the frame, and what came of the visit."""

HOUSEHOLD, VILLAGE, COUNTY = "household", "village", "county"
ABOUT = (HOUSEHOLD, VILLAGE, COUNTY)
"""What a form can tell of: a drawn household, the village it lies in, or a unit of the frame's top level."""

COMPLETED = "completed"
NON_CONTACT = "non_contact"
REFUSED = "refused"
VACANT = "ineligible_vacant"
DECEASED = "ineligible_deceased"
DUPLICATE = "ineligible_duplicate"
DISPOSITIONS = (COMPLETED, NON_CONTACT, REFUSED, VACANT, DECEASED, DUPLICATE)
"""What can come of a visit; the choices of the second question."""

MAX_VERSION_LENGTH = 249


def contract_complaints(definition: FormDefinition) -> list[Complaint]:
    """List what keeps a form from being published: the questions it lacks, and features that are not served."""
    return [*_identity(definition), *_questions(definition), *_not_served(definition)]


def _identity(definition: FormDefinition) -> Iterator[Complaint]:
    if not definition.version:
        details = {"form_id": definition.form_id}
        yield Complaint("form", "instrument.version_missing", details=details, sheet="settings", column="version")
    elif len(definition.version) > MAX_VERSION_LENGTH:
        limit = {"limit": MAX_VERSION_LENGTH}
        yield Complaint("form", "instrument.version_long", details=limit, sheet="settings", column="version")


def _questions(definition: FormDefinition) -> Iterator[Complaint]:
    for name in (UNIT, OUTCOME):
        found = [node for node in definition.questions if node.name == name and not node.repeats]
        if len(found) != 1:
            details: dict[str, str | int] = {"name": name, "found": len(found)}
            yield Complaint("form", "instrument.question_missing", details=details, sheet="survey", column="name")
        elif name == OUTCOME:
            yield from _outcomes(found[0])


def _outcomes(node: Node) -> Iterator[Complaint]:
    given = [choice.value for choice in node.choices]
    unknown = sorted(set(given) - set(DISPOSITIONS))
    if unknown or COMPLETED not in given:
        details = {"unknown": ", ".join(unknown) or "-", "allowed": ", ".join(DISPOSITIONS), "name": node.name}
        yield Complaint("form", "instrument.outcomes", node.path, details)


def _not_served(definition: FormDefinition) -> Iterator[Complaint]:
    for attachment in definition.attachments:
        details = {"attachment": attachment.filename}
        yield Complaint("form", "instrument.attachment_not_served", details=details, sheet="survey")
    if definition.public_key:
        yield Complaint("form", "instrument.encryption_not_served", sheet="settings", column="public_key")
