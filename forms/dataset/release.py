"""What leaves the house: everything, or by default a dataset without what tells who somebody is.

The rules look at marks and kinds of questions, never at contents. Rare combinations of what stays are not looked for.
"""

from __future__ import annotations

import hashlib
import hmac
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from forms.dataset import metadata
from forms.dataset.questions import PLACES
from forms.dataset.reading import SHANGHAI
from forms.dataset.variables import INTERVIEWS, NUMBERS, Cell, Missing, Row, Rows, Schema, Variable

Change = Callable[[Cell], Cell]
DROPPED = "dropped."
"""Beginning of the treatments that leave a variable out."""
BY_MARK = frozenset({"location", "image", "free_text", "health", "minor"})
"""Kinds of personal data that are left out whatever the question."""
PSEUDONYM, WEEK, HOUR, BANDS, YEARS, TWO_DIGITS = "pseudonym", "week", "hour", "bands", "years", "two_digits"
COARSE = "coarse"
LINKING = frozenset({
    metadata.VILLAGE, metadata.COUNTY, metadata.STRATUM, metadata.SAMPLE_TYPE, metadata.WEIGHT, metadata.STAGE,
})  # fmt: skip
"""What the public manifest tells of a unit too: beside it, the village could be read from these."""
TREATMENTS = (
    PSEUDONYM, WEEK, HOUR, BANDS, YEARS, TWO_DIGITS,
    *(DROPPED + mark for mark in sorted(BY_MARK)),
    "dropped.demographic_text", "dropped.finance_text", "dropped.file", "dropped.place", "dropped.device",
    "dropped.typed_in", "dropped.unfit", "dropped.unknown_mark", "dropped.computed",
    "dropped.linking", "dropped.said_twice", COARSE,
)  # fmt: skip
"""Every treatment; the catalogue has a sentence for each (`dataset.treatment.…`)."""
TELLING = frozenset({
    "dropped.free_text", "dropped.location", "dropped.place", "dropped.typed_in", "dropped.device",
    "dropped.demographic_text", "dropped.unknown_mark", PSEUDONYM,
})  # fmt: skip
"""Treatments of what tells who somebody is; what a form computes from it may tell it too."""
UNIT_QUESTION = "unit_id"
"""Name of the question, and of the column of the assignment, that names the unit of the frame."""
_BAND, _FIRST_OF_FIVE, _TOP = 5, 10, 80
_SMALL_BANDS = (6, 3, 0)
"""Lower ends of the bands below ten, the highest first: 0 to 2, 3 to 5, 6 to 9."""
_FIRST_YEAR, _LAST_YEAR = 1900, 2100
_DIGITS = 16


@dataclass(frozen=True)
class Release:
    """The schema of what is released, what is withheld from it, and how rows are changed on the way."""

    schema: Schema
    withheld: tuple[Variable, ...]
    """What is left out, each with its treatment."""
    is_full: bool
    _changes: Mapping[str, tuple[tuple[int, Change | None], ...]]

    def rows(self, rows: Rows) -> Rows:
        """Give the released rows of one interview."""
        if self.is_full:
            return rows
        return {name: [_changed(row, self._changes[name]) for row in found] for name, found in rows.items()}


def full_release(schema: Schema) -> Release:
    """Release everything as it is."""
    return Release(schema, (), True, {})


def deidentified_release(schema: Schema, key: bytes) -> Release:
    """Release what tells of answers, not of persons; identifiers become pseudonyms under the key."""
    tables, withheld, changes = [], [], {}
    telling = _telling(schema)
    of_persons = frozenset(_question(each) for each in schema.variables if each.personal == "demographic")
    for table in schema.tables:
        treated = [replace(each, treatment=_treatment(each, telling)) for each in table.variables]
        treated = [_banded_too(each, of_persons) for each in _said_once(treated)]
        kept = [(place, each) for place, each in enumerate(treated) if not each.treatment.startswith(DROPPED)]
        withheld += [each for each in treated if each.treatment.startswith(DROPPED)]
        tables.append(replace(table, variables=tuple(_as_released(each) for _, each in kept)))
        changes[table.name] = tuple((place, _change(each, key)) for place, each in kept)
    return Release(replace(schema, tables=tuple(tables)), tuple(withheld), False, changes)


def _said_once(treated: Sequence[Variable]) -> list[Variable]:
    """Leave out what is computed from a banded number beside it: an age and its year of birth undo each other's bands.

    Times do not count: who was born when is told by the year alone.
    """
    banded = frozenset(_question(each) for each in treated if each.treatment in (BANDS, YEARS))
    return [
        replace(each, treatment="dropped.said_twice") if _repeats_number(each, banded) else each for each in treated
    ]


def _banded_too(variable: Variable, of_persons: frozenset[str]) -> Variable:
    """Band what a form counts of persons without a mark of its own, such as the members of a list."""
    counts = variable.kind in ("integer", "decimal") and not variable.role and not variable.treatment
    return replace(variable, treatment=BANDS) if counts and variable.takes_from & of_persons else variable


def _repeats_number(variable: Variable, banded: frozenset[str]) -> bool:
    """Tell whether a number of a person or household is made of banded ones; amounts of money are no such number."""
    is_number = variable.kind in NUMBERS and variable.treatment in ("", BANDS, YEARS)
    return is_number and not variable.role and bool(variable.takes_from & banded)


def _telling(schema: Schema) -> frozenset[str]:
    """Name the questions that tell who somebody is, and all that is computed from them."""
    names = {_question(each) for each in schema.variables if treatment_of(each) in TELLING}
    while True:
        further = {_question(each) for each in schema.variables if each.takes_from & names} - names
        if not further:
            return frozenset(names)
        names |= further


def _question(variable: Variable) -> str:
    return variable.path.rpartition("/")[2]


def _treatment(variable: Variable, telling: frozenset[str]) -> str:
    found = treatment_of(variable)
    computed = bool(variable.takes_from & telling) and not found.startswith(DROPPED)
    return "dropped.computed" if computed else found


def treatment_of(variable: Variable) -> str:
    """Say by which rule a variable is changed or left out; empty where it stays as it is."""
    if variable.role:
        return _of_metadata(variable)
    if variable.table == INTERVIEWS and UNIT_QUESTION in (variable.name, variable.assignment):
        return PSEUDONYM
    if variable.personal in BY_MARK:
        return DROPPED + str(variable.personal)
    if variable.personal not in (None, "demographic", "finance"):
        return "dropped.unknown_mark"
    return _by_question(variable) or (_coarsened(variable) if variable.personal else _of_moment(variable))


def _of_metadata(variable: Variable) -> str:
    if variable.role in (metadata.INSTANCE, metadata.UNIT, metadata.AREA_COARSE, metadata.PSU_COARSE):
        return PSEUDONYM
    if variable.role in LINKING:
        return "dropped.linking"
    if variable.role in (metadata.CLASS_COARSE, metadata.WEIGHT_COARSE):
        return COARSE
    return "dropped.unfit" if variable.role == metadata.UNFIT else _of_moment(variable)


def _by_question(variable: Variable) -> str:
    """Leave out what may hold anything, marked or not: files, places, device numbers, words of one's own."""
    if variable.question_type == "binary":
        return "dropped.file"
    if variable.question_type in PLACES:
        return "dropped.place"
    if variable.device:
        return "dropped.device"
    return "dropped.typed_in" if variable.typed_in else ""


def _coarsened(variable: Variable) -> str:
    if variable.kind in ("choice", "flag"):
        return ""
    if variable.kind == "text":
        # The joined answer of several choices is closed too.
        closed = variable.question_type in ("select_multiple", "rank")
        return "" if closed else f"dropped.{variable.personal}_text"
    if variable.kind in NUMBERS:
        return BANDS if variable.personal == "demographic" else TWO_DIGITS
    return YEARS if variable.kind in ("date", "datetime") else HOUR


def _of_moment(variable: Variable) -> str:
    return {"datetime": WEEK, "date": WEEK, "time": HOUR}.get(variable.kind, "")


def _as_released(variable: Variable) -> Variable:
    if variable.treatment == WEEK:
        return replace(variable, kind="date")
    return replace(variable, kind="integer") if variable.treatment == YEARS else variable


def _change(variable: Variable, key: bytes) -> Change | None:
    if variable.treatment == PSEUDONYM:
        return lambda cell: pseudonym(key, cell) if isinstance(cell, str) else cell
    return _CHANGES.get(variable.treatment)


def _changed(row: Row, changes: tuple[tuple[int, Change | None], ...]) -> Row:
    return [_cell(row[place], change) for place, change in changes]


def _cell(cell: Cell, change: Change | None) -> Cell:
    return cell if change is None or cell is None or isinstance(cell, Missing) else change(cell)


def pseudonym(key: bytes, identifier: str) -> str:
    """Give the pseudonym of an identifier: the same under one key, unrelated under another."""
    return hmac.new(key, identifier.encode("utf-8"), hashlib.sha256).hexdigest()[:_DIGITS]


def _banded(cell: Cell) -> Cell:
    """Give the lower end of 0 to 2, 3 to 5, 6 to 9, then of five, from 80 on 80; of years the first of five."""
    if not isinstance(cell, int | float):
        return cell
    if _FIRST_YEAR <= cell <= _LAST_YEAR:
        return int(cell // _BAND * _BAND)
    if cell < _FIRST_OF_FIVE:
        return next((lowest for lowest in _SMALL_BANDS if cell >= lowest), 0)
    return min(int(cell // _BAND * _BAND), _TOP)


def _of_two_digits(cell: Cell) -> Cell:
    if not isinstance(cell, int | float) or cell == 0:
        return cell
    places = 1 - math.floor(math.log10(abs(cell)))
    return int(round(cell, places)) if isinstance(cell, int) else round(cell, places)


def _week(cell: Cell) -> Cell:
    """Give the Monday of the week, by days in China: whoever was there knows the day of a visit."""
    if not isinstance(cell, date):
        return cell
    day = cell.astimezone(SHANGHAI).date() if isinstance(cell, datetime) else cell
    return day - timedelta(days=day.weekday())


def _hour(cell: Cell) -> Cell:
    return time(cell.hour) if isinstance(cell, time) else cell


def _years(cell: Cell) -> Cell:
    return cell.year // _BAND * _BAND if isinstance(cell, date) else cell


_CHANGES: Mapping[str, Change] = {BANDS: _banded, TWO_DIGITS: _of_two_digits, WEEK: _week, HOUR: _hour, YEARS: _years}
