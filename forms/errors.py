"""Errors of forms and of submissions: a stable code and machine details, never a sentence."""

from __future__ import annotations

from forms.complaint import Complaint


class FormsError(Exception):
    """Something that cannot be used at all; `complaints` lists every reason that was found."""

    def __init__(self, *complaints: Complaint) -> None:
        first = complaints[0]
        self.complaints = complaints
        self.code = first.code
        self.details = dict(first.details)
        super().__init__(f"{self.code} {self.details}")


class DefinitionError(FormsError):
    """An XForm that is no form."""


class InstanceError(FormsError):
    """A submission that cannot be read or does not say what it is."""


class FillingError(FormsError):
    """Answers that have no place in the form."""
