"""What is wrong with a text of a report: its file and its line, and what to do."""

from collections.abc import Sequence

from evalsvc.errors import InvalidError
from sampling.errors import Complaint


class TextFault(Exception):  # noqa: N818 -- a fault of a text, which becomes a complaint
    """Stop at a mistake of a text; where it stands is added by who knows it."""

    def __init__(self, code: str, row: int | None = None, **details: object) -> None:
        super().__init__(code, details)
        self.code = code
        self.row = row
        self.details = details

    def at(self, file: str, row: int | None = None) -> Complaint:
        """Return the complaint, with the line that the fault knows or else the given one."""
        found = self.row or row or 1
        return Complaint(self.code, file, found, details={"file": file, "row": found, **self.details})


def refuse(complaints: Sequence[Complaint]) -> None:
    """Refuse texts that have a mistake.

    Raises
    ------
    InvalidError
        ``report_text.refused`` with every complaint.
    """
    if complaints:
        raise InvalidError("report_text.refused", list(complaints), count=len(complaints))
