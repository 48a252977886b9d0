"""Find every problem of a frame's rows at once, with set operations over whole columns."""

# ruff: noqa: S608 (columns have short names, everything else in a statement is ours)
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from sampling.complaint_list import ComplaintList
from sampling.errors import complain
from sampling.frame_stage import (
    CONTROL,
    IDENTITY,
    NUMBER,
    SCIENTIFIC,
    SHORTENED,
    ColumnNames,
    Staged,
    problem_of,
    text_of,
)
from sampling.frame_text import CONTROL_CHARACTERS, LISTED_PROBLEMS, plain
from sampling.frame_tidy import MISSING_NUMBER, NUMBER_CODES
from sampling.identity import IDENTITY_CODES
from sampling.levels import Column, Level

Run = Callable[[str], list[tuple[Any, ...]]]
"""Runs a statement and gives its rows."""
VALUES = frozenset({"value", "first_value"})
"""Details that are values of a column; of some columns they are not shown."""
ROW_NUMBERS = frozenset({"first_row"})
"""Details that are rows of the list, which people look for in their file."""


class ListCheck:
    """Check one list, whose rows stand in a view; each method finds the problems of one kind.

    Parameters
    ----------
    view : str
        Name of the view.
    names : mapping
        Short names of the frame's columns.
    """

    def __init__(self, staged: Staged, view: str, names: ColumnNames, run: Run, complaints: ComplaintList) -> None:
        self.staged = staged
        self.view = view
        self._levels = staged.units.named_levels
        self._names = names
        self._run = run
        self._complaints = complaints

    def run(self) -> None:
        """Find everything that the list alone can tell."""
        self._texts()
        self._ids()
        self._numbers()
        self._persons()
        self._duplicates()
        self._contradictions()

    def rows(self, step: str) -> list[tuple[Any, ...]]:
        """Run a step over the list's view."""
        return self._run(step)

    def tell(self, code: str, column: str, row: int, **details: Any) -> None:
        """Complain about a row of the list."""
        file, place = self.staged.place(row)
        source = file.columns.sources.get(column, column)
        self._complaints.add(complain(code, file=file.name, row=place, column=source, **details))

    def listed(self, code: str, column: str, names: Sequence[str], step: str, **more: Any) -> None:
        """Turn a step's rows (row of the list, then details by name) into complaints."""
        found = self._run(f"SELECT *, count(*) OVER () FROM ({step}) AS found ORDER BY 1 LIMIT {LISTED_PROBLEMS}")
        for number, line in enumerate(found):
            file, row = self.staged.place(line[0])
            shown = dict(zip(names, line[1:-1], strict=True))
            details = {name: self._detail(name, value, file.name) for name, value in shown.items()}
            if column in self.staged.units.wanted.hidden:
                details |= {name: "…" for name in VALUES & details.keys()}
            source = file.columns.sources.get(column, column)
            told = complain(code, file=file.name, row=row, column=source, **details, **more)
            rest = line[-1] - len(found) + 1 if number == len(found) - 1 else 1
            self._complaints.count(told, rest)

    def _detail(self, name: str, value: Any, file: str) -> Any:
        """Write a detail; a row of another file with that file's name."""
        if name not in ROW_NUMBERS:
            return plain(value)
        found, row = self.staged.place(value)
        return row if found.name == file else f"{row} ({found.name})"

    def _filled(self, columns: Sequence[Column], word: str) -> str:
        """Write that one of the columns (OR), or none of them (AND NOT), holds a value."""
        parts = [f"{self._names[own.name]} IS NOT NULL" for own in columns]
        return f"{word} ({' OR '.join(parts) or 'FALSE'})"

    def _texts(self) -> None:
        """Find characters that do not print, which hashes join values with, and codes that a spreadsheet shortened."""
        asked = ((CONTROL, "frame.control_character", CONTROL_CHARACTERS), (SHORTENED, "frame.digits_lost", SCIENTIFIC))
        for kind, code, pattern in asked:
            for name in [own.name for own in self.staged.units.columns if (kind, own.name) in self.staged.seen]:
                short = self._names[name]
                step = f"SELECT row, {short} FROM {self.view} WHERE regexp_matches({short}, '{pattern}')"
                self.listed(code, name, ["value"], step)

    def _ids(self) -> None:
        """Find units without id, told by their own columns, and units whose parent is not named."""
        asked = []
        for depth, level in enumerate(self._levels):
            missing = f"{self._names[level.id]} IS NULL"
            asked.append(("frame.empty_id", level, f"{missing} {self._filled(level.columns, 'AND')}"))
            lower = [Column(below.id, "text") for below in self._levels[depth + 1 :]]
            nothing = f"{self._filled(level.columns, 'AND NOT')} {self._filled(lower, 'AND')}"
            asked.append(("frame.parent_missing", level, f"{missing} {nothing}"))
        for (code, level, condition), count in zip(asked, self._counts([one[2] for one in asked]), strict=True):
            if count:
                step = f"SELECT row FROM {self.view} WHERE {condition}"
                self.listed(code, level.id, [], step, level=level.name)

    def _counts(self, conditions: Sequence[str]) -> tuple[int, ...]:
        """Count the rows of several conditions in one pass."""
        sums = ", ".join(f"count(*) FILTER (WHERE {condition})" for condition in conditions)
        return tuple(self._run(f"SELECT {sums} FROM {self.view}")[0])

    def _numbers(self) -> None:
        """Find numbers that are none, missing, negative or too long: once for each unit and value."""
        for level in self._levels:
            for own in level.columns:
                if (NUMBER, own.name) in self.staged.seen:
                    self.values(level, own, NUMBER_CODES)

    def values(self, level: Level, own: Column, codes: Mapping[int, str]) -> None:
        """Find the values of a column that were put aside with the number of a problem."""
        unit, short = self._names[level.id], self._names[own.name]
        problem, text = problem_of(short), text_of(short)
        for (number,) in self._run(f"SELECT DISTINCT {problem} FROM {self.view} WHERE {problem} > 0 ORDER BY 1"):
            # A row without the unit lacks no number; anything else is told even where the id is missing.
            having = f"AND {unit} IS NOT NULL" if number == MISSING_NUMBER else ""
            step = (
                f"SELECT min(row), {unit}, max({text}) FROM {self.view} WHERE {problem} = {number} {having} "
                f"GROUP BY {unit}, {text}, CASE WHEN {unit} IS NULL THEN row END"
            )
            self.listed(codes[number], own.name, ["unit", "value"], step, decimals=own.decimals)

    def _persons(self) -> None:
        """Find identity numbers that are none, and numbers that two units share; only rows are told."""
        for level in self.staged.units.levels:
            for own in [own for own in level.columns if own.name in self.staged.units.wanted.hidden]:
                unit, short = self._names[level.id], self._names[own.name]
                problem = problem_of(short)
                for number, code in IDENTITY_CODES.items() if (IDENTITY, own.name) in self.staged.seen else ():
                    owner = f"coalesce({unit}, CAST(row AS VARCHAR))"
                    step = f"SELECT min(row) FROM {self.view} WHERE {problem} = {number} GROUP BY {owner}"
                    self.listed(code, own.name, [], step)
                pairs = f"SELECT DISTINCT hash({short}) AS person, {unit} FROM {self.view} WHERE {short} IS NOT NULL"
                if not self._run(f"SELECT 1 FROM ({pairs}) AS pairs GROUP BY person HAVING count(*) > 1 LIMIT 1"):
                    continue
                units = f"SELECT {short} AS person, min(row) AS row FROM {self.view} WHERE {short} IS NOT NULL"
                step = (
                    "SELECT row, first_row FROM (SELECT row, min(row) OVER (PARTITION BY person) AS first_row "
                    f"FROM ({units} GROUP BY {short}, {unit}) AS units) AS numbered WHERE row > first_row"
                )
                self.listed("frame.person_twice", own.name, ["first_row"], step, level=level.name)

    def _duplicates(self) -> None:
        """Find every row that repeats a unit: of the lowest level, or one said to have no lower units."""
        names = ["unit", "first_row"]
        upper = range(0 if self.staged.units.parent is None else 1, len(self._levels) - 1)
        for depth in upper:
            if self._counts([self._childless(depth)])[0]:
                self.listed("frame.duplicate_unit", self._levels[depth].id, names, self._childless_repeats(depth))
        lowest = self._levels[-1].id
        unit = self._names[lowest]
        # Equal ids have equal hashes, which take less memory; only if some repeat are the ids themselves compared.
        hashes = f"SELECT hash({unit}) FROM {self.view} WHERE {unit} IS NOT NULL GROUP BY 1 HAVING count(*) > 1"
        if self._run(f"SELECT 1 FROM ({hashes}) AS hashes LIMIT 1"):
            first = f"SELECT {unit} AS unit, min(row) AS row FROM {self.view} GROUP BY {unit} HAVING count(*) > 1"
            step = (
                f"SELECT rows.row, first_rows.unit, first_rows.row FROM {self.view} AS rows "
                f"JOIN ({first}) AS first_rows ON rows.{unit} = first_rows.unit WHERE rows.row > first_rows.row"
            )
            self.listed("frame.duplicate_unit", lowest, names, step)

    def _childless(self, depth: int) -> str:
        """Write that a row holds a unit and nothing below it."""
        below = [own for lower in self._levels[depth + 1 :] for own in lower.all_columns]
        return f"{self._names[self._levels[depth].id]} IS NOT NULL {self._filled(below, 'AND NOT')}"

    def _childless_repeats(self, depth: int) -> str:
        """Write the step that finds rows of a unit without lower units, which stands in another row as well."""
        unit = self._names[self._levels[depth].id]
        below = [own for lower in self._levels[depth + 1 :] for own in lower.all_columns]
        filled = " OR ".join(f"rows.{self._names[own.name]} IS NOT NULL" for own in below)
        childless = f"SELECT row, {unit} AS unit FROM {self.view} WHERE {self._childless(depth)}"
        return (
            f"SELECT childless.row, childless.unit, min(rows.row) FROM ({childless}) AS childless "
            f"JOIN {self.view} AS rows ON rows.{unit} = childless.unit AND rows.row <> childless.row "
            f"WHERE rows.row < childless.row OR {filled} GROUP BY childless.row, childless.unit"
        )

    def _contradictions(self) -> None:
        """Find rows of one upper unit that disagree about its parent or about its own columns."""
        for depth, level in enumerate(self._levels[:-1]):
            parents = [Column(self._levels[depth - 1].id, "text")] if depth else []
            columns = [*parents, *level.columns]
            if not columns:
                continue
            unit = self._names[level.id]
            listed = ", ".join([unit, *(self._names[own.name] for own in columns)])
            units = f"SELECT DISTINCT {listed} FROM {self.view} WHERE {unit} IS NOT NULL"
            rows, distinct = self._run(f"SELECT count(*), count(DISTINCT {unit}) FROM ({units}) AS units")[0]
            if rows == distinct:
                continue
            for own in columns:
                self._differing("frame.parent_differs" if own in parents else "frame.value_differs", level, own)

    def _differing(self, code: str, level: Level, own: Column) -> None:
        """Name the first row of every value of a unit that is not its first value."""
        unit, value = self._names[level.id], self._names[own.name]
        # A missing number or parent is complained about as missing, not as another value.
        missing_is_told = own.kind == "integer" or code == "frame.parent_differs"
        filled = f" AND {value} IS NOT NULL" if missing_is_told else ""
        values = (
            f"SELECT {unit} AS unit, {value} AS value, min(row) AS row FROM {self.view} "
            f"WHERE {unit} IS NOT NULL{filled} GROUP BY {unit}, {value}"
        )
        step = (
            "SELECT row, unit, value, first_value, first_row FROM (SELECT row, unit, value, "
            "first_value(value) OVER (PARTITION BY unit ORDER BY row) AS first_value, "
            f"min(row) OVER (PARTITION BY unit) AS first_row FROM ({values}) AS units) AS ordered "
            "WHERE row > first_row"
        )
        self.listed(code, own.name, ["unit", "value", "first_value", "first_row"], step)


def check_between(checks: Sequence[ListCheck], names: ColumnNames) -> None:
    """Find what lists contradict each other in: parents that do not exist, ids that units of two levels carry."""
    for above, below in pairwise(checks):
        parent = below.staged.units.parent
        if parent is not None:
            unit = names[parent.id]
            known = f"SELECT {unit} FROM {above.view} WHERE {unit} IS NOT NULL"
            step = (
                f"SELECT min(row), {unit} FROM {below.view} WHERE {unit} IS NOT NULL AND {unit} NOT IN ({known}) "
                f"GROUP BY {unit}"
            )
            files = ", ".join(file.name for file in above.staged.files)
            below.listed("frame.unknown_parent", parent.id, ["unit"], step, level=parent.name, parent_file=files)
    for upper, lower, above, below in _pairs(checks):
        known = f"SELECT DISTINCT {names[upper.id]} FROM {above.view} WHERE {names[upper.id]} IS NOT NULL"
        step = f"SELECT min(row), {names[lower.id]} FROM {below.view} WHERE {names[lower.id]} IN ({known}) GROUP BY 2"
        both = {"level": upper.name, "lower_level": lower.name}
        below.listed("frame.id_on_two_levels", lower.id, ["unit"], step, **both)


def _pairs(checks: Sequence[ListCheck]) -> Iterator[tuple[Level, Level, ListCheck, ListCheck]]:
    """Give every two levels, the upper one first, with the lists that they stand in."""
    placed = [(level, check) for check in checks for level in check.staged.units.levels]
    for number, (upper, above) in enumerate(placed):
        for lower, below in placed[number + 1 :]:
            yield upper, lower, above, below
