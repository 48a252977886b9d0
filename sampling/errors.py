"""Say what is wrong with somebody's data: a stable code and machine details, never a sentence."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any, Protocol


@dataclass(frozen=True)
class Complaint:
    """Name one problem of a file; ``details`` repeats file, row and column so that one sentence can be filled from it.

    Parameters
    ----------
    code : str
        Stable code, for example ``frame.duplicate_unit``.
    file : str or None
        Name of the file.
    row : int or None
        Row as a spreadsheet shows it; the header is row 1.
    column : str or None
        Column as it is called in the file, or the place inside a document (``stages[1].take``).
    details : mapping
        Everything the sentence of the catalogue needs.
    """

    code: str
    file: str | None = None
    row: int | None = None
    column: str | None = None
    details: Mapping[str, object] = field(default_factory=dict)

    @property
    def details_beyond_place(self) -> dict[str, Any]:
        """Give the details without file, row and column."""
        return {name: value for name, value in self.details.items() if name not in ("file", "row", "column")}


def complain(
    code: str,
    *,
    file: str | None = None,
    row: int | None = None,
    column: str | None = None,
    **details: object,
) -> Complaint:
    """Make a complaint whose details also hold file, row and column where they are known."""
    place = {"file": file, "row": row, "column": column}
    known = {name: value for name, value in place.items() if value is not None}
    return Complaint(code, file, row, column, {**known, **details})


class Fault(Protocol):
    """What is wrong, by code and details, in a part that does not know which file its data came from."""

    @property
    def code(self) -> str:
        """Give the stable code."""

    @property
    def details(self) -> Mapping[str, object]:
        """Give what the sentence needs."""


def placed(file: str, faults: Iterable[Fault]) -> list[Complaint]:
    """Make complaints about a file of faults; those that name a file are of that one, which lies beside it."""
    return [
        Complaint(each.code, PurePath(str(each.details.get("file", file))).name, details={"file": file, **each.details})
        for each in faults
    ]


class SamplingError(Exception):
    """Refuse a wrong use; problems of data stand in ``complaints``, all at once."""

    def __init__(self, code: str, complaints: Sequence[Complaint] = (), **details: object) -> None:
        super().__init__(code, details, tuple(complaints))
        self.code = code
        self.details: Mapping[str, object] = details
        self.complaints = tuple(complaints)
