"""Instruments and the checks of their answers: no web, no database, no clock, no network."""

from typing import TYPE_CHECKING, Any

from forms.check import check, check_by
from forms.columns import Column, columns_of, flatten, rows
from forms.compiled import CompiledForm, compile_form
from forms.complaint import Complaint
from forms.definition import FormDefinition, parse_definition
from forms.errors import DefinitionError, FillingError, FormsError, InstanceError
from forms.filling import fill
from forms.instance import Instance, parse_instance
from forms.publishing import publishing_complaints

if TYPE_CHECKING:
    from forms.workbook import Conversion, convert

__all__ = [
    "Column",
    "CompiledForm",
    "Complaint",
    "Conversion",
    "DefinitionError",
    "FillingError",
    "FormDefinition",
    "FormsError",
    "Instance",
    "InstanceError",
    "check",
    "check_by",
    "columns_of",
    "compile_form",
    "convert",
    "fill",
    "flatten",
    "parse_definition",
    "parse_instance",
    "publishing_complaints",
    "rows",
]


def __getattr__(name: str) -> Any:
    """Load what reads workbooks when it is asked for: pyxform takes a second, which checks of answers do not need."""
    if name in {"Conversion", "convert"}:
        from forms import workbook  # noqa: PLC0415

        return getattr(workbook, name)
    raise AttributeError(name)
