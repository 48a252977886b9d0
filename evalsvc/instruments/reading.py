"""Read a form file: everything that stands against it at once, each with its place in the workbook."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from evalsvc.instruments.contract import contract_complaints
from forms.compiled import compiled
from forms.complaint import Complaint
from forms.definition import FormDefinition, parse_definition
from forms.errors import DefinitionError
from forms.publishing import publishing_complaints
from forms.structure import Attachment

NO_FILES: Mapping[str, bytes] = MappingProxyType({})
MISSING = "form.file_missing"


@dataclass(frozen=True)
class Reading:
    """A form file as it was understood: the XForm and its definition where it could be read, and what is wrong."""

    xform: bytes | None
    definition: FormDefinition | None
    complaints: tuple[Complaint, ...]
    """About the form by itself: a valid form of anybody's has no errors among them."""
    unfit: tuple[Complaint, ...] = ()
    """Why the form cannot be published in an evaluation, though it may be fine by itself."""
    files: Mapping[str, bytes] = field(default_factory=dict)
    """The files beside it, those that the conversion made among them."""

    @property
    def errors(self) -> tuple[Complaint, ...]:
        """Return the complaints that no form may have, wherever it is used."""
        return tuple(each for each in self.complaints if each.severity == "error")

    @property
    def against_publishing(self) -> tuple[Complaint, ...]:
        """Return the complaints that keep the form from being published."""
        return (*self.errors, *self.unfit)


@dataclass(frozen=True)
class Converted:
    """A form file after its conversion, before it was judged with its files."""

    xform: bytes | None
    definition: FormDefinition | None
    complaints: tuple[Complaint, ...]
    locate: Callable[[Complaint], Complaint] = field(default=lambda complaint: complaint)
    """Gives a complaint about the XForm its row in the workbook."""
    made: Mapping[str, bytes] = field(default_factory=dict)
    """Files that the conversion made beside the form."""
    unfit: tuple[Complaint, ...] = ()
    """Why the form could not be published, as far as a workbook tells it that could not be converted."""


def read_form(data: bytes, name: str, files: Mapping[str, bytes] = NO_FILES) -> Reading:
    """Read an XLSForm, or an XForm (a file that begins like XML), with its files; every problem comes back at once."""
    return judged(converted(data, name), files)


def converted(data: bytes, name: str) -> Converted:
    """Convert a form file and read the form."""
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return _defined(Converted(data, None, ()))
    # Both load pyxform, which takes a second.
    from evalsvc.instruments.contract_of_rows import contract_of_rows  # noqa: PLC0415
    from forms.workbook import convert  # noqa: PLC0415

    made = convert(data, name)
    if made.xform is None or made.rows is None:
        unfit = () if made.rows is None else tuple(contract_of_rows(made.rows, made.complaints, name))
        return Converted(None, None, made.complaints, unfit=unfit)
    return _defined(Converted(made.xform, None, made.complaints, made.rows.locate, made.attachments))


def _defined(form: Converted) -> Converted:
    try:
        return replace(form, definition=parse_definition(form.xform or b""))
    except DefinitionError as error:
        return Converted(None, None, (*form.complaints, *map(form.locate, error.complaints)))


def judged(form: Converted, given: Mapping[str, bytes] = NO_FILES) -> Reading:
    """Say what stands against a form with these files beside it."""
    definition, files = form.definition, {**given, **form.made}
    if definition is None:
        return Reading(None, None, form.complaints, form.unfit)
    beside = {**dict.fromkeys(files, b""), **tables_of_form(definition, files)}
    found = publishing_complaints(definition, beside)
    lacking = [each for each in found if _is_missing_table(definition, each)]
    located = [form.locate(each) for each in found if each not in lacking]
    # What is said of a cell that was complained of already follows from that.
    wrong = {(each.sheet, each.row, each.column) for each in form.complaints if each.severity == "error"}
    further = (each for each in located if each.row is None or (each.sheet, each.row, each.column) not in wrong)
    everything = (*form.complaints, *further)
    unfit = (*contract_complaints(definition), *(replace(each, severity="error") for each in lacking))
    return Reading(
        xform=form.xform,
        definition=compiled(definition, beside).definition,
        complaints=tuple(sorted(everything, key=lambda each: each.severity)),
        unfit=tuple(map(form.locate, unfit)),
        files=files,
    )


def tables_of_form(definition: FormDefinition, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return those of the files that the form looks values up in."""
    return {each.filename: files[each.filename] for each in definition.attachments if _is_table(each, files)}


def _is_table(attachment: Attachment, files: Mapping[str, bytes]) -> bool:
    return attachment.kind == "data" and attachment.filename in files


def _is_missing_table(definition: FormDefinition, complaint: Complaint) -> bool:
    """Tell whether a table is missing: clients do not open such a form; without a picture they do."""
    tables = {each.filename for each in definition.attachments if each.kind == "data"}
    return complaint.code == MISSING and complaint.details.get("filename") in tables
