"""Find text in a frame that its hash cannot bind: control characters, and empty text beside null."""

# ruff: noqa: S608 (column names are quoted, everything else in a step is ours)
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any

from sampling.engine import Engine
from sampling.errors import Complaint, complain
from sampling.frame import Frame

FRAME_FILE = "frame.parquet"
LISTED_PROBLEMS = 1000
"""Problems of one kind in one column that are listed one by one; the rest are counted in a last line."""
FAULTS = ("frame.control_character", "frame.empty_text")
CONTROL_CHARACTERS = "[\\x{0000}-\\x{001F}\\x{007F}-\\x{009F}]"


def check_frame_text(engine: Engine, frame: Frame) -> list[Complaint]:
    """List texts that an import refuses or never writes, in a frame that may have been made by other means.

    U+001F joins values and nodes in the frame hash, and empty text hashes like null: with either, two different frames
    could have one hash. Rows are looked up only where there is a problem.

    Parameters
    ----------
    engine : Engine
        Holds the frame.
    frame : Frame
        Says which columns are text, and the file's name.

    Returns
    -------
    list of Complaint
        ``frame.control_character``, ``frame.empty_text``; at most 1000 of a kind in a column, then
        ``frame.more_of_the_same``. Rows count as an import counts them: the first is row 2.
    """
    file = FRAME_FILE if frame.path is None else frame.path.name
    texts = [[own.name for own in level.all_columns if own.kind == "text"] for level in frame.levels]
    found: dict[str, list[int]] = {}
    for name in (name for names in texts[:-1] for name in names):
        found |= _counts(engine, [name], repeated=True)
    found |= _counts(engine, texts[-1], repeated=False)
    asked = [(code, name) for code in FAULTS for names in texts for name in names]
    counts = [found[name][FAULTS.index(code)] for code, name in asked]
    complaints: list[Complaint] = []
    for (code, name), count in zip(asked, counts, strict=True):
        if count:
            condition = _conditions(engine, engine.quote(name))[FAULTS.index(code)]
            complaints.extend(_listed(engine, file, code, name, condition))
        if count > LISTED_PROBLEMS:
            rest = int(count) - LISTED_PROBLEMS
            complaints.append(complain("frame.more_of_the_same", file=file, column=name, kind=code, count=rest))
    return complaints


def _conditions(engine: Engine, value: str) -> tuple[str, str]:
    """Write the conditions that a text has one of the faults, in their order."""
    return engine.matches(value, CONTROL_CHARACTERS), f"{value} = ''"


def _counts(engine: Engine, names: Sequence[str], *, repeated: bool) -> dict[str, list[int]]:
    """Count the rows of each fault in columns, in one pass.

    Parameters
    ----------
    repeated : bool
        The one column holds the text of a unit once for each unit below it: each text is looked at once only.
    """
    source, values, rows = "frame", [engine.quote(name) for name in names], "1"
    if repeated:
        counted = f"SELECT {values[0]} AS value, count(*) AS number FROM frame GROUP BY {values[0]}"
        source, values, rows = f"({counted}) AS texts", ["value"], "number"
    conditions = [condition for value in values for condition in _conditions(engine, value)]
    sums = ", ".join(f"coalesce(sum(CASE WHEN {condition} THEN {rows} ELSE 0 END), 0)" for condition in conditions)
    found = [int(count) for count in engine.rows(f"SELECT {sums} FROM {source}")[0]] if names else []
    faults = len(FAULTS)
    return {name: found[faults * i : faults * (i + 1)] for i, name in enumerate(names)}


def _listed(engine: Engine, file: str, code: str, name: str, condition: str) -> Iterator[Complaint]:
    """Name the rows of one problem; rows keep the order of the file."""
    numbered = f"SELECT {engine.row_index()} + 2 AS row, {engine.quote(name)} AS value, {condition} AS found FROM frame"
    step = f"SELECT row, value FROM ({numbered}) AS numbered WHERE found ORDER BY row LIMIT {LISTED_PROBLEMS}"
    for row, value in engine.rows(step):
        yield complain(code, file=file, row=int(row), column=name, value=plain(value))


def plain(value: Any) -> Any:
    """Write a value so that JSON and sentences can hold it."""
    if value is None:
        return ""
    if isinstance(value, int):
        return value
    return "".join(f"\\u{ord(one):04x}" if unicodedata.category(one) == "Cc" else one for one in str(value))
