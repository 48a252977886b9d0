"""Find every problem of a frame's rows at once, with set operations over whole columns."""

# ruff: noqa: S608 (column names are quoted, everything else in a statement is ours)
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from sampling.errors import Complaint, complain
from sampling.frame_files import TextTable
from sampling.frame_text import CONTROL_CHARACTERS, LISTED_PROBLEMS, plain
from sampling.interruption import interruptible
from sampling.levels import Column, Level

MAXIMUM_DIGITS = 12
"""Digits of an integer or of a decimal's whole part: sums over millions of units stay exact in 64 bits."""

_SCIENTIFIC = r"^[0-9]([.][0-9]+)?[Ee][+][0-9]+$"
_INTEGER = re.compile(r"[+-]?\d+(?:\.0*)?", re.ASCII)
_DECIMAL = re.compile(r"[+-]?\d+(?:\.\d*)?", re.ASCII)

_MISSING = 4
_NUMBER_CODES = {
    1: "frame.not_an_integer",
    2: "frame.number_too_large",
    3: "frame.negative_number",
    _MISSING: "frame.missing_number",
    5: "frame.not_a_number",
    6: "frame.too_many_decimals",
}


@dataclass(frozen=True)
class CheckedRows:
    """Hold the typed table, null where a value is not what its column declares, and every complaint."""

    table: pa.Table
    complaints: tuple[Complaint, ...]


def check_rows(read: TextTable, levels: Sequence[Level], file: str) -> CheckedRows:
    """Type the columns and list every problem of their values and of the units they describe.

    Parameters
    ----------
    read : TextTable
        Text columns of the file; ``read.table`` must not be None.
    levels : sequence of Level
        Outermost first.
    file : str
        Name for the complaints.
    """
    check = _RowCheck(read, levels, file)
    complaints = [
        *check.control_characters(),
        *check.lost_digits(),
        *check.empty_ids(),
        *check.numbers(),
        *check.duplicates(),
        *check.contradictions(),
        *check.ids_on_two_levels(),
    ]
    check.close()
    complaints.sort(key=lambda one: (one.row or 0, one.column or "", one.code))
    return CheckedRows(check.typed, tuple(complaints))


def parse_number(text: str | None, column: Column) -> tuple[int | Decimal | None, int]:
    """Read a number as its column declares it: the value and the number of a problem, 0 for none."""
    if text is None:
        return None, _MISSING if column.kind == "integer" else 0
    pattern = _INTEGER if column.kind == "integer" else _DECIMAL
    if not pattern.fullmatch(text):
        return None, 1 if column.kind == "integer" else 5
    value = Decimal(text)
    if abs(value) >= 10**MAXIMUM_DIGITS or abs(value).scaleb(column.decimals) >= 10**18:
        return None, 2
    if column.kind == "integer":
        return int(value), 3 if value < 0 else 0
    places = value.quantize(Decimal(1).scaleb(-column.decimals))
    return (places, 0) if places == value else (None, 6)


class _RowCheck:
    """Hold the columns under check in an engine; each method yields the complaints of one kind.

    Columns are called c0, c1, ... in the engine, so that no name of a file can meet a word of a statement; k is the
    number of a number column's problem, t its text.
    """

    def __init__(self, read: TextTable, levels: Sequence[Level], file: str) -> None:
        self._levels = levels
        self._file = file
        self._sources = read.sources
        columns: dict[str, Any] = {"row": pa.array(read.rows)}
        typed: dict[str, Any] = {}
        self._names: dict[str, str] = {}
        for i, own in enumerate(own for level in levels for own in level.all_columns):
            texts = read.column(own.name)
            typed[own.name] = texts
            if own.kind != "text":
                typed[own.name], columns[f"k{i}"] = _typed_numbers(texts, own)
                columns[f"t{i}"] = texts
            self._names[own.name] = f"c{i}"
            columns[f"c{i}"] = typed[own.name]
        self.typed = pa.table(typed)
        self._connection: Any = duckdb.connect(":memory:")
        self._connection.register("rows", pa.table(columns))

    def close(self) -> None:
        """Let the columns go."""
        self._connection.close()

    def _run(self, step: str) -> list[tuple[Any, ...]]:
        return interruptible(self._connection, lambda: list(self._connection.execute(step).fetchall()))

    def _listed(self, code: str, column: str, names: Sequence[str], step: str, **more: Any) -> Iterator[Complaint]:
        """Turn a step's rows (row of the file, then details by name) into complaints, counted beyond a limit."""
        source = self._sources.get(column, column)
        found = self._run(f"SELECT *, count(*) OVER () FROM ({step}) AS found ORDER BY 1 LIMIT {LISTED_PROBLEMS}")
        for line in found:
            details = dict(zip(names, (plain(value) for value in line[1:-1]), strict=True))
            yield complain(code, file=self._file, row=line[0], column=source, **details, **more)
        if found and found[0][-1] > LISTED_PROBLEMS:
            count = found[0][-1] - LISTED_PROBLEMS
            yield complain("frame.more_of_the_same", file=self._file, column=source, kind=code, count=count)

    def _filled(self, columns: Sequence[Column], word: str) -> str:
        """Write that one of the columns (OR), or none of them (AND NOT), holds a value."""
        parts = [f"{self._names[own.name]} IS NOT NULL" for own in columns]
        return f"{word} ({' OR '.join(parts) or 'FALSE'})"

    def control_characters(self) -> Iterator[Complaint]:
        """Complain about characters that do not print, which hashes join values with."""
        texts = [own.name for level in self._levels for own in level.all_columns if own.kind == "text"]
        yield from self._matching("frame.control_character", texts, CONTROL_CHARACTERS)

    def lost_digits(self) -> Iterator[Complaint]:
        """Complain about ids like 3.50125E+17, which a spreadsheet wrote instead of a long code."""
        yield from self._matching("frame.digits_lost", [level.id for level in self._levels], _SCIENTIFIC)

    def _matching(self, code: str, names: Sequence[str], pattern: str) -> Iterator[Complaint]:
        """Complain about texts that match a pattern; of a dictionary only the distinct values are tried first."""
        for own in names:
            texts = self.typed[own].combine_chunks()
            values = texts.dictionary if pa.types.is_dictionary(texts.type) else texts
            if pc.any(pc.match_substring_regex(values, pattern)).as_py():
                name = self._names[own]
                step = f"SELECT row, {name} FROM rows WHERE regexp_matches({name}, '{pattern}')"
                yield from self._listed(code, own, ["value"], step)

    def empty_ids(self) -> Iterator[Complaint]:
        """Complain about a unit without id, told by its own columns, and about a unit whose parent is not named."""
        for depth, level in enumerate(self._levels):
            unit = self._names[level.id]
            step = f"SELECT row FROM rows WHERE {unit} IS NULL {self._filled(level.columns, 'AND')}"
            yield from self._listed("frame.empty_id", level.id, [], step, level=level.name)
            lower = [Column(below.id, "text") for below in self._levels[depth + 1 :]]
            step = (
                f"SELECT row FROM rows WHERE {unit} IS NULL {self._filled(level.columns, 'AND NOT')} "
                f"{self._filled(lower, 'AND')}"
            )
            yield from self._listed("frame.parent_missing", level.id, [], step, level=level.name)

    def numbers(self) -> Iterator[Complaint]:
        """Complain about numbers that are none, missing, negative or too long: once for each unit and value."""
        for level in self._levels:
            unit = self._names[level.id]
            for own in level.columns:
                if own.kind == "text":
                    continue
                name = self._names[own.name]
                problem, text = name.replace("c", "k"), name.replace("c", "t")
                for (number,) in self._run(f"SELECT DISTINCT {problem} FROM rows WHERE {problem} > 0 ORDER BY 1"):
                    # A row without the unit lacks no number; anything else is told even where the id is missing.
                    having = f"AND {unit} IS NOT NULL" if number == _MISSING else ""
                    step = (
                        f"SELECT min(row), {unit}, max({text}) FROM rows WHERE {problem} = {number} {having} "
                        f"GROUP BY {unit}, {text}, CASE WHEN {unit} IS NULL THEN row END"
                    )
                    names = ["unit", "value"]
                    yield from self._listed(_NUMBER_CODES[number], own.name, names, step, decimals=own.decimals)

    def duplicates(self) -> Iterator[Complaint]:
        """Complain about every row that repeats a unit: of the lowest level, or one said to have no lower units."""
        names = ["unit", "first_row"]
        for depth, level in enumerate(self._levels[:-1]):
            yield from self._listed("frame.duplicate_unit", level.id, names, self._childless_repeats(depth))
        lowest = self._levels[-1].id
        unit = self._names[lowest]
        rows, distinct = self._run(f"SELECT count({unit}), count(DISTINCT {unit}) FROM rows")[0]
        if rows == distinct:
            return
        step = (
            f"SELECT row, unit, first_row FROM (SELECT row, {unit} AS unit, "
            f"min(row) OVER (PARTITION BY {unit}) AS first_row FROM rows WHERE {unit} IS NOT NULL) AS ranked "
            "WHERE row > first_row"
        )
        yield from self._listed("frame.duplicate_unit", lowest, names, step)

    def _childless_repeats(self, depth: int) -> str:
        """Write the step that finds rows of a unit without lower units, which stands in another row as well."""
        unit = self._names[self._levels[depth].id]
        below = [own for lower in self._levels[depth + 1 :] for own in lower.all_columns]
        childless = f"SELECT row, {unit} AS unit FROM rows WHERE {unit} IS NOT NULL {self._filled(below, 'AND NOT')}"
        return (
            f"SELECT childless.row, childless.unit, min(rows.row) FROM ({childless}) AS childless "
            f"JOIN rows ON rows.{unit} = childless.unit AND rows.row <> childless.row "
            f"WHERE rows.row < childless.row {self._filled(below, 'OR')} GROUP BY childless.row, childless.unit"
        )

    def contradictions(self) -> Iterator[Complaint]:
        """Complain where rows of one upper unit disagree about its parent or about its own columns."""
        for depth, level in enumerate(self._levels[:-1]):
            parents = [Column(self._levels[depth - 1].id, "text")] if depth else []
            columns = [*parents, *level.columns]
            unit = self._names[level.id]
            listed = ", ".join([unit, *(self._names[own.name] for own in columns)])
            units = f"SELECT DISTINCT {listed} FROM rows WHERE {unit} IS NOT NULL"
            rows, distinct = self._run(f"SELECT count(*), count(DISTINCT {unit}) FROM ({units}) AS units")[0]
            if rows == distinct:
                continue
            for own in columns:
                code = "frame.parent_differs" if own in parents else "frame.value_differs"
                yield from self._differing(code, level, own)

    def _differing(self, code: str, level: Level, own: Column) -> Iterator[Complaint]:
        """Name the first row of every value of a unit that is not its first value."""
        unit, value = self._names[level.id], self._names[own.name]
        # A missing number or parent is complained about as missing, not as another value.
        missing_is_told = own.kind == "integer" or code == "frame.parent_differs"
        filled = f" AND {value} IS NOT NULL" if missing_is_told else ""
        values = (
            f"SELECT {unit} AS unit, {value} AS value, min(row) AS row FROM rows "
            f"WHERE {unit} IS NOT NULL{filled} GROUP BY {unit}, {value}"
        )
        step = (
            "SELECT row, unit, value, first_value, first_row FROM (SELECT row, unit, value, "
            "first_value(value) OVER (PARTITION BY unit ORDER BY row) AS first_value, "
            f"min(row) OVER (PARTITION BY unit) AS first_row FROM ({values}) AS units) AS ordered "
            "WHERE row > first_row"
        )
        yield from self._listed(code, own.name, ["unit", "value", "first_value", "first_row"], step)

    def ids_on_two_levels(self) -> Iterator[Complaint]:
        """Complain about an id that units of two levels carry."""
        for depth, level in enumerate(self._levels):
            for lower in self._levels[depth + 1 :]:
                upper, below = self._names[level.id], self._names[lower.id]
                step = (
                    f"SELECT min(row), {below} FROM rows WHERE {below} IN "
                    f"(SELECT {upper} FROM rows WHERE {upper} IS NOT NULL) GROUP BY {below}"
                )
                both = {"level": level.name, "lower_level": lower.name}
                yield from self._listed("frame.id_on_two_levels", lower.id, ["unit"], step, **both)


def _typed_numbers(texts: pa.Array, own: Column) -> tuple[pa.Array, pa.Array]:
    """Type a number column and give each row the number of its problem; only distinct texts are read."""
    coded = texts if pa.types.is_dictionary(texts.type) else texts.dictionary_encode()
    parsed = [parse_number(text, own) for text in coded.dictionary.to_pylist()]
    missing = parse_number(None, own)[1]
    values = pa.array([value for value, _ in parsed], arrow_type(own))
    problems = np.array([problem for _, problem in parsed] + [missing], dtype=np.int8)
    positions: NDArray[np.int64] = coded.indices.fill_null(len(parsed)).to_numpy(zero_copy_only=False)
    return values.take(coded.indices), pa.array(problems[positions])


def arrow_type(column: Column) -> pa.DataType:
    """Give the type that a column has in Parquet."""
    if column.kind == "text":
        return pa.string()
    return pa.int64() if column.kind == "integer" else pa.decimal128(18, column.decimals)
