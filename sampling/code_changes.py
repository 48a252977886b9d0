"""Bring codes of earlier years to those of a frame's vintage by a table: old, new and, if known, the year."""

from collections.abc import Mapping
from dataclasses import dataclass

from sampling.codes import COUNTY_DIGITS, TOWN_DIGITS, VILLAGE_DIGITS
from sampling.errors import Complaint, complain

LENGTHS = (VILLAGE_DIGITS, TOWN_DIGITS, COUNTY_DIGITS)


@dataclass(frozen=True)
class CodeChange:
    """Say that a code became another; None for the year where it was not told."""

    old: str
    new: str
    year: int | None = None
    row: int | None = None


def check_changes(changes: list[CodeChange], file: str, place: str) -> list[Complaint]:
    """Complain about changes that are none, that contradict each other, or that lead back to where they began."""
    complaints = []
    seen: dict[str, str] = {}
    for each in changes:
        where = {"old": each.old, "new": each.new}
        form = len(each.old) == len(each.new) and len(each.old) in LENGTHS and (each.old + each.new).isdigit()
        if not form or each.old == each.new:
            complaints.append(complain("frame.change_form", file=file, row=each.row, column=place, **where))
        elif seen.setdefault(each.old, each.new) != each.new:
            complaints.append(
                complain("frame.change_twice", file=file, row=each.row, column=place, other=seen[each.old], **where)
            )
        elif _is_circle(seen, each.old):
            complaints.append(complain("frame.change_circle", file=file, row=each.row, column=place, **where))
            del seen[each.old]
    return complaints


def _is_circle(changes: Mapping[str, str], code: str) -> bool:
    """Follow the changes of a code, by its own lines alone."""
    passed = code
    while passed in changes:
        passed = changes[passed]
        if passed == code:
            return True
    return False


class Changes:
    """Apply changes to codes: the line of a code itself, else of its town, else of its county, until none is left."""

    def __init__(self, changes: list[CodeChange], vintage: int) -> None:
        self._new = {each.old: each.new for each in changes if each.year is None or each.year <= vintage}
        self._known: dict[str, str] = {}

    def changed(self, code: str) -> str:
        """Give the code that another became, or the same."""
        if code not in self._known:
            self._known[code] = self._followed(code)
        return self._known[code]

    def _followed(self, code: str) -> str:
        seen = {code}
        while True:
            following = self._once(code)
            if following in seen:  # lines of several lengths may still lead back
                return code
            seen.add(following)
            code = following

    def _once(self, code: str) -> str:
        for length in LENGTHS:
            head = code[:length]
            if length <= len(code) and head in self._new:
                return self._new[head] + code[length:]
        return code
