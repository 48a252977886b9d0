"""What a form must ask so that its interviews can hang on the drawn sample."""

from collections.abc import Iterator
from dataclasses import dataclass

from forms.complaint import Complaint
from forms.definition import FormDefinition
from forms.structure import EVALSVC, Node

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
FILL = EVALSVC + "fill"
"""Mark of a blank: a text that every evaluation writes for itself, such as the name of its institute."""

NO_OUTCOME, WITHOUT_COMPLETED, WITH_COMPLETED = "none", "not_completed", "completed"
"""What a form says of a visit: nothing; only why there was no interview; or an interview as well."""


@dataclass(frozen=True)
class Part:
    """The part that a form plays in an evaluation: what it tells of, and which outcomes of a visit it gives."""

    about: str
    outcomes: str


def part_of(definition: FormDefinition) -> Part:
    """Read a form's part from the mark on `unit_id` and the choices of `disposition`.

    A form about villages or counties gives no outcome, whatever it asks: outcomes are those of households.
    """
    about = next((about_of(node) for node in _named(definition, UNIT)), HOUSEHOLD)
    asked = _named(definition, OUTCOME) if about == HOUSEHOLD else []
    if not asked:
        return Part(about, NO_OUTCOME)
    completed = any(choice.value == COMPLETED for choice in asked[0].choices)
    return Part(about, WITH_COMPLETED if completed else WITHOUT_COMPLETED)


def about_of(node: Node) -> str:
    """Return what the question of the unit says the form is about; nothing said means a household."""
    return node.attributes.get(EVALSVC + "about", "").strip() or HOUSEHOLD


def contract_complaints(definition: FormDefinition) -> list[Complaint]:
    """List what keeps a form from being published in an evaluation: what it lacks, and features that are not served."""
    return [
        *_identity(definition),
        *_unit(definition),
        *_outcomes(definition),
        *_blanks(definition),
        *_not_served(definition),
    ]


def _named(definition: FormDefinition, name: str) -> list[Node]:
    return [node for node in definition.questions if node.name == name and not node.repeats]


def _identity(definition: FormDefinition) -> Iterator[Complaint]:
    if not definition.version:
        details = {"form_id": definition.form_id}
        yield Complaint("form", "instrument.version_missing", details=details, sheet="settings", column="version")
    elif len(definition.version) > MAX_VERSION_LENGTH:
        limit = {"limit": MAX_VERSION_LENGTH}
        yield Complaint("form", "instrument.version_long", details=limit, sheet="settings", column="version")


def _unit(definition: FormDefinition) -> Iterator[Complaint]:
    found = _named(definition, UNIT)
    if not found:
        yield question_missing(UNIT, 0)
    for node in found if len(found) > 1 else ():
        yield Complaint(
            "form", "instrument.question_twice", node.path, {"name": UNIT, "found": len(found)}, column="name"
        )
    for node in found:
        if about_of(node) not in ABOUT:
            details = {"name": UNIT, "about": about_of(node), "allowed": ", ".join(ABOUT)}
            yield Complaint("form", "instrument.about", node.path, details, column="bind::evalsvc:about")


def _outcomes(definition: FormDefinition) -> Iterator[Complaint]:
    """Judge `disposition` where the form gives outcomes; a form that does not ask it stands beside."""
    if part_of(definition).outcomes == NO_OUTCOME:
        return
    found = _named(definition, OUTCOME)
    for node in found if len(found) > 1 else ():
        details: dict[str, str | int] = {"name": OUTCOME, "found": len(found)}
        yield Complaint("form", "instrument.question_twice", node.path, details, column="name")
    node = found[0]
    unknown = sorted({choice.value for choice in node.choices} - set(DISPOSITIONS))
    if unknown or not node.choices:
        details = {"unknown": ", ".join(unknown) or "-", "allowed": ", ".join(DISPOSITIONS), "name": node.name}
        yield Complaint("form", "instrument.outcomes", node.path, details)


def _blanks(definition: FormDefinition) -> Iterator[Complaint]:
    for node in definition.questions:
        if FILL in node.attributes and not (node.calculate or "").strip("'\" "):
            yield Complaint("form", "instrument.blank", node.path, {"name": node.name}, column="calculation")


def question_missing(name: str, found: int) -> Complaint:
    """Say that a question that every form needs is not there."""
    details: dict[str, str | int] = {"name": name, "found": found}
    return Complaint("form", "instrument.question_missing", details=details, sheet="survey", column="name")


def _not_served(definition: FormDefinition) -> Iterator[Complaint]:
    if definition.public_key:
        yield Complaint("form", "instrument.encryption_not_served", sheet="settings", column="public_key")
