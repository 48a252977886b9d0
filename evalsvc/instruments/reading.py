"""Read a form file: everything that stands against it at once, each with its place in the workbook."""

from collections.abc import Callable
from dataclasses import dataclass

from evalsvc.instruments.contract import contract_complaints
from forms.complaint import Complaint
from forms.definition import FormDefinition, parse_definition
from forms.errors import DefinitionError
from forms.publishing import publishing_complaints


@dataclass(frozen=True)
class Reading:
    """A form file as it was understood: the XForm and its definition where it could be read, and what is wrong."""

    xform: bytes | None
    definition: FormDefinition | None
    complaints: tuple[Complaint, ...]

    @property
    def errors(self) -> tuple[Complaint, ...]:
        """Return the complaints that keep the form from being published."""
        return tuple(each for each in self.complaints if each.severity == "error")


def read_form(data: bytes, name: str) -> Reading:
    """Read an XLSForm, or an XForm (a file that begins like XML); every problem comes back at once."""
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return _defined(data, (), lambda complaint: complaint)
    from forms.workbook import convert  # noqa: PLC0415 (loads pyxform, which takes a second)

    conversion = convert(data, name)
    if conversion.xform is None or conversion.rows is None:
        return Reading(None, None, conversion.complaints)
    return _defined(conversion.xform, conversion.complaints, conversion.rows.locate)


def _defined(xform: bytes, complaints: tuple[Complaint, ...], locate: Callable[[Complaint], Complaint]) -> Reading:
    try:
        definition = parse_definition(xform)
    except DefinitionError as error:
        return Reading(None, None, (*complaints, *map(locate, error.complaints)))
    found = (*publishing_complaints(definition), *contract_complaints(definition))
    everything = (*complaints, *map(locate, found))
    return Reading(xform, definition, tuple(sorted(everything, key=lambda each: each.severity)))
