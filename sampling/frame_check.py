"""Find every problem of a frame's rows at once, with set operations over whole columns."""

# ruff: noqa: S608 (column names are quoted, everything else in a statement is ours)
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
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
from sampling.levels import Column, Level

LISTED_PROBLEMS = 1000
"""Problems of one kind in one column that are listed one by one; the rest are counted in a last line."""

MAXIMUM_DIGITS = 12
"""Digits of an integer or of a decimal's whole part: sums over millions of units stay exact in 64 bits."""

_ROW = '"evalsvc row"'
_CONTROL = "[\\x{0000}-\\x{001F}\\x{007F}-\\x{009F}]"
_INTEGER = re.compile(r"[+-]?\d+(?:\.0*)?", re.ASCII)
_DECIMAL = re.compile(r"[+-]?\d+(?:\.\d*)?", re.ASCII)

_NUMBER_CODES = {
    1: "frame.not_an_integer",
    2: "frame.number_too_large",
    3: "frame.negative_number",
    4: "frame.missing_number",
    5: "frame.not_a_number",
    6: "frame.too_many_decimals",
}


@dataclass(frozen=True)
class CheckedRows:
    """Hold the typed table, null where a value is not what its column declares, and every complaint."""

    table: pa.Table
    complaints: tuple[Complaint, ...]


@dataclass(frozen=True)
class _Problem:
    """Hold one row of a check's result."""

    row: int
    details: Mapping[str, Any]


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
        return None, 4 if column.kind == "integer" else 0
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
    """Hold the columns under check in an engine; each method yields the complaints of one kind."""

    def __init__(self, read: TextTable, levels: Sequence[Level], file: str) -> None:
        self._levels = levels
        self._file = file
        self._sources = read.sources
        columns: dict[str, Any] = {"evalsvc row": pa.array(read.rows)}
        typed: dict[str, Any] = {}
        self._codes: dict[str, str] = {}
        for own in [own for level in levels for own in level.all_columns]:
            texts = read.column(own.name)
            typed[own.name] = texts
            if own.kind != "text":
                typed[own.name], codes = _typed_numbers(texts, own)
                self._codes[own.name] = f"evalsvc code {own.name}"
                columns[self._codes[own.name]] = codes
                columns[f"evalsvc text {own.name}"] = texts
            columns[own.name] = typed[own.name]
        self.typed = pa.table(typed)
        self._connection: Any = duckdb.connect(":memory:")
        self._connection.register("rows", pa.table(columns))

    def close(self) -> None:
        """Let the columns go."""
        self._connection.close()

    def _source(self, name: str) -> str:
        return self._sources.get(name, name)

    def _run(self, step: str) -> list[tuple[Any, ...]]:
        return list(self._connection.execute(step).fetchall())

    def _listed(self, code: str, column: str, names: Sequence[str], step: str) -> Iterator[Complaint]:
        """Turn a step's rows (row of the file, then details by name) into complaints, counted beyond a limit."""
        counted = f"SELECT *, count(*) OVER () FROM ({step}) AS found ORDER BY 1 LIMIT {LISTED_PROBLEMS}"
        found = self._run(counted)
        for line in found:
            details = dict(zip(names, (_plain(value) for value in line[1:-1]), strict=True))
            yield complain(code, file=self._file, row=line[0], column=self._source(column), **details)
        if found and found[0][-1] > LISTED_PROBLEMS:
            yield complain(
                "frame.more_of_the_same",
                file=self._file,
                column=self._source(column),
                kind=code,
                count=found[0][-1] - LISTED_PROBLEMS,
            )

    def control_characters(self) -> Iterator[Complaint]:
        """Complain about characters that do not print, which hashes join values with."""
        for level in self._levels:
            for own in level.all_columns:
                if own.kind != "text":
                    continue
                texts = self.typed[own.name].combine_chunks()
                values = texts.dictionary if pa.types.is_dictionary(texts.type) else texts
                if pc.any(pc.match_substring_regex(values, _CONTROL)).as_py():
                    name = _quote(own.name)
                    step = (
                        f"SELECT {_ROW}, {name} FROM rows "
                        f"WHERE regexp_matches({name}, '[\\x{{0000}}-\\x{{001F}}\\x{{007F}}-\\x{{009F}}]')"
                    )
                    yield from self._listed("frame.control_character", own.name, ["value"], step)

    def empty_ids(self) -> Iterator[Complaint]:
        """Complain about a unit without id, told by its own columns, and about a unit whose parent is not named."""
        for depth, level in enumerate(self._levels):
            unit = _quote(level.id)
            own = [f"{_quote(column.name)} IS NOT NULL" for column in level.columns]
            filled = " OR ".join(own) or "FALSE"
            lower = [f"{_quote(below.id)} IS NOT NULL" for below in self._levels[depth + 1 :]]
            step = f"SELECT {_ROW}, '{level.name}' FROM rows WHERE {unit} IS NULL AND ({filled})"
            yield from self._listed("frame.empty_id", level.id, ["level"], step)
            if lower:
                step = (
                    f"SELECT {_ROW}, '{level.name}' FROM rows "
                    f"WHERE {unit} IS NULL AND NOT ({filled}) AND ({' OR '.join(lower)})"
                )
                yield from self._listed("frame.parent_missing", level.id, ["level"], step)

    def numbers(self) -> Iterator[Complaint]:
        """Complain about numbers that are none, missing, negative or too long: once for each unit and value."""
        for level in self._levels:
            unit = _quote(level.id)
            for own in level.columns:
                if own.name not in self._codes:
                    continue
                code, text = _quote(self._codes[own.name]), _quote(f"evalsvc text {own.name}")
                present = {row[0] for row in self._run(f"SELECT DISTINCT {code} FROM rows WHERE {code} > 0")}
                for number in sorted(present):
                    step = (
                        f"SELECT min({_ROW}), {unit}, max({text}) FROM rows WHERE {code} = {number} "
                        f"AND {unit} IS NOT NULL GROUP BY {unit}, {text}"
                    )
                    names = ["unit", "value"]
                    for one in self._listed(_NUMBER_CODES[number], own.name, names, step):
                        yield complain(
                            one.code,
                            file=one.file,
                            row=one.row,
                            column=one.column,
                            **{**one.details_beyond_place, "decimals": own.decimals},
                        )

    def duplicates(self) -> Iterator[Complaint]:
        """Complain about every row that repeats a unit: of the lowest level, or one said to have no lower units."""
        lowest = len(self._levels) - 1
        for depth, level in enumerate(self._levels):
            unit = _quote(level.id)
            repeats = f"{unit} IS NOT NULL"
            if depth < lowest:
                below = " AND ".join(f"{_quote(lower.id)} IS NULL" for lower in self._levels[depth + 1 :])
                childless = f"SELECT {unit} FROM rows WHERE {unit} IS NOT NULL AND {below}"
                repeats = f"{unit} IN ({childless})"
            rows, distinct = self._run(f"SELECT count({unit}), count(DISTINCT {unit}) FROM rows WHERE {repeats}")[0]
            if rows == distinct:
                continue
            step = (
                f"SELECT {_ROW}, unit, first_row FROM (SELECT {_ROW}, {unit} AS unit, "
                f"min({_ROW}) OVER (PARTITION BY {unit}) AS first_row FROM rows WHERE {repeats}) AS ranked "
                f"WHERE {_ROW} > first_row"
            )
            yield from self._listed("frame.duplicate_unit", level.id, ["unit", "first_row"], step)

    def contradictions(self) -> Iterator[Complaint]:
        """Complain where rows of one upper unit disagree about its parent or about its own columns."""
        for depth, level in enumerate(self._levels[:-1]):
            unit = _quote(level.id)
            names = [own.name for own in level.columns]
            if depth:
                names.insert(0, self._levels[depth - 1].id)
            if not names:
                continue
            listed = ", ".join(_quote(name) for name in names)
            units = f"SELECT DISTINCT {unit}, {listed} FROM rows WHERE {unit} IS NOT NULL"
            rows, distinct = self._run(f"SELECT count(*), count(DISTINCT {unit}) FROM ({units}) AS units")[0]
            if rows == distinct:
                continue
            for name in names:
                code = "frame.parent_differs" if depth and name == names[0] else "frame.value_differs"
                yield from self._differing(code, level, name)

    def _differing(self, code: str, level: Level, name: str) -> Iterator[Complaint]:
        """Name the first row of every value of a unit that is not its first value."""
        unit, value = _quote(level.id), _quote(name)
        # A missing number is complained about as missing, not as another value.
        filled = f" AND {value} IS NOT NULL" if name in self._codes else ""
        values = (
            f"SELECT {unit} AS unit, {value} AS value, min({_ROW}) AS row FROM rows "
            f"WHERE {unit} IS NOT NULL{filled} GROUP BY {unit}, {value}"
        )
        step = (
            "SELECT row, unit, value, first_value, first_row FROM (SELECT row, unit, value, "
            "first_value(value) OVER (PARTITION BY unit ORDER BY row) AS first_value, "
            f"min(row) OVER (PARTITION BY unit) AS first_row FROM ({values}) AS units) AS ordered "
            "WHERE row > first_row"
        )
        yield from self._listed(code, name, ["unit", "value", "first_value", "first_row"], step)

    def ids_on_two_levels(self) -> Iterator[Complaint]:
        """Complain about an id that units of two levels carry."""
        for depth, level in enumerate(self._levels):
            for lower in self._levels[depth + 1 :]:
                upper, below = _quote(level.id), _quote(lower.id)
                step = (
                    f"SELECT min({_ROW}), {below} AS unit, '{level.name}', '{lower.name}' FROM rows WHERE {below} IN "
                    f"(SELECT {upper} FROM rows WHERE {upper} IS NOT NULL) GROUP BY {below}"
                )
                yield from self._listed("frame.id_on_two_levels", lower.id, ["unit", "level", "lower_level"], step)


def _typed_numbers(texts: pa.Array, own: Column) -> tuple[pa.Array, pa.Array]:
    """Type a number column and give each row the number of its problem; only distinct texts are read."""
    coded = texts if pa.types.is_dictionary(texts.type) else texts.dictionary_encode()
    parsed = [parse_number(text, own) for text in coded.dictionary.to_pylist()]
    missing = parse_number(None, own)[1]
    values = pa.array([value for value, _ in parsed], own.arrow_type)
    problems = np.array([problem for _, problem in parsed] + [missing], dtype=np.int8)
    positions: NDArray[np.int64] = coded.indices.fill_null(len(parsed)).to_numpy(zero_copy_only=False)
    return values.take(coded.indices), pa.array(problems[positions])


def _plain(value: Any) -> Any:
    """Write a value so that JSON and sentences can hold it."""
    if value is None:
        return ""
    if isinstance(value, int):
        return value
    return "".join(f"\\u{ord(one):04x}" if unicodedata.category(one) == "Cc" else one for one in str(value))


def _quote(name: str) -> str:
    """Quote a column name."""
    return '"' + name.replace('"', '""') + '"'
