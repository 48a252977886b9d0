"""Collect the complaints about a long list: the first of each kind are kept, the rest are counted."""

from collections import Counter
from collections.abc import Iterable

from sampling.errors import Complaint, complain
from sampling.frame_text import LISTED_PROBLEMS

HEADER_ROW = 1


class ComplaintList:
    """Keep complaints up to a limit for each kind, column and file, however many there are."""

    def __init__(self) -> None:
        self._kept: list[Complaint] = []
        self._counts: Counter[tuple[str, str | None, str | None]] = Counter()

    def add(self, complaint: Complaint) -> None:
        """Take a complaint, or only count it."""
        self.count(complaint, 1)

    def extend(self, complaints: Iterable[Complaint]) -> None:
        """Take several complaints."""
        for each in complaints:
            self.add(each)

    def count(self, complaint: Complaint, number: int) -> None:
        """Take a complaint that stands for a number of problems of its kind."""
        kind = (complaint.code, complaint.column, complaint.file)
        if self._counts[kind] < LISTED_PROBLEMS:
            self._kept.append(complaint)
        self._counts[kind] += number

    def __bool__(self) -> bool:
        return bool(self._counts)

    def listed(self) -> tuple[Complaint, ...]:
        """Give the complaints in order of row and column, after them how many more of a kind there are."""
        files = {name: number for number, name in enumerate(dict.fromkeys(each.file for each in self._kept))}
        # What is wrong with the file as a whole, or with its header, comes first, as it was found.
        rows = sorted(self._kept, key=lambda one: (files[one.file], *_place(one)))
        more = [
            complain(
                "frame.more_of_the_same", file=file, column=column or "–", kind=code, count=count - LISTED_PROBLEMS
            )
            for (code, column, file), count in self._counts.items()
            if count > LISTED_PROBLEMS
        ]
        return (*rows, *more)


def _place(complaint: Complaint) -> tuple[int, str]:
    row = complaint.row or 0
    return (row, complaint.column or "") if row > HEADER_ROW else (row, "")
