"""Read lists that were made later from what somebody hands in: by the frames' own import, against the draw so far."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evalsvc.errors import InvalidError
from evalsvc.frames.reading import MAPPING_FILE, check_files
from evalsvc.frames.values import CheckedFrame
from sampling.documents import document_text, parse_document
from sampling.engine import DuckDBEngine
from sampling.errors import Complaint, complain
from sampling.frame import Frame
from sampling.frame_extension import ListedUnits, list_levels, same_ids
from sampling.identity import IdentityKey
from sampling.levels import levels_as_json, levels_as_text, same_levels
from sampling.mapping import IDENTITY, load_mapping

MOST_NAMED = 200


@dataclass(frozen=True)
class ReadLists:
    """Lists without a fault in themselves: the file of the import, and how many units each parent has in it."""

    checked: CheckedFrame
    counts: Mapping[str, int]

    @property
    def listed(self) -> ListedUnits:
        """Return all lists of the file, as the frame is extended by them."""
        if self.checked.frame.path is None:
            raise ValueError("the lists stand in no file")
        return ListedUnits(self.checked.frame.path, tuple(self.counts))


def list_mapping(frame: Frame, frame_mapping: str) -> str:
    """Write the mapping of a list: the village's id and the columns of a household, called as the frame's file did."""
    levels = levels_as_json(list_levels(frame.levels))
    columns: dict[str, Any] = dict(levels[1]["columns"])  # type: ignore[call-overload]  # written by us just now
    hashed = _identity_columns(frame)
    levels[1]["columns"] = {name: IDENTITY if name in hashed else kind for name, kind in columns.items()}
    wanted = {own.name for level in list_levels(frame.levels) for own in level.all_columns}
    given = parse_document(frame_mapping, MAPPING_FILE).value
    said = given if isinstance(given, dict) else {}
    rename = {source: target for source, target in (said.get("rename") or {}).items() if target in wanted}
    codes = {name: rule for name, rule in (said.get("codes") or {}).items() if name in columns}
    return document_text(
        {"levels": levels} | ({"rename": rename} if rename else {}) | ({"codes": codes} if codes else {})
    )


def read_lists(
    sources: Sequence[Path], mapping_text: str, frame: Frame, out: Path, *, key: IdentityKey | None
) -> ReadLists:
    """Read the lists of one or several drawn units; all of them or none.

    Parameters
    ----------
    frame : Frame
        The frame that the draw was committed with.
    out : Path
        Where the import writes what was read.

    Raises
    ------
    InvalidError
        ``frame.refused`` with every complaint, row by row.
    """
    complaints = _mapping_complaints(mapping_text, frame, key)
    if not complaints:
        checked = check_files(sources, mapping_text, out, key=key)
        counts = _counts(checked.frame)
        complaints = [complain("draw.list_empty", parent=parent) for parent, count in counts.items() if not count]
        if not complaints:
            return ReadLists(checked, counts)
    name = "、".join(path.name for path in sources)
    raise InvalidError("frame.refused", complaints, file=name, count=len(complaints))


def complaints_beside(
    frame: Frame, before: Sequence[ListedUnits], new: ReadLists, drawn: frozenset[str], bound: frozenset[str]
) -> list[Complaint]:
    """Name what stands against lists beside those before them: units not drawn, bound already, ids that exist."""
    strange = sorted(new.counts.keys() - drawn)
    complaints = []
    if strange:
        complaints.append(complain("draw.list_of_undrawn", parents="、".join(strange[:MOST_NAMED]), count=len(strange)))
    complaints += [complain("draw.list_already_bound", parent=parent) for parent in sorted(new.counts.keys() & bound)]
    # A list that is there already has all its ids twice: that is said once.
    others = ListedUnits(new.listed.path, tuple(parent for parent in new.counts if parent not in bound))
    twice = same_ids(frame, before, others) if others.parents else []
    return complaints + [
        complain("draw.list_same_id", unit=each.id, parent=each.parent, other=each.other) for each in twice[:MOST_NAMED]
    ]


def _mapping_complaints(text: str, frame: Frame, key: IdentityKey | None) -> list[Complaint]:
    """Complain about a mapping of other levels or columns, or of other identity numbers, than the frame has."""
    reading = load_mapping(text, MAPPING_FILE)
    if reading.mapping is None:
        return list(reading.complaints)
    wanted = list_levels(frame.levels)
    if not same_levels(reading.mapping.levels, wanted):
        found = levels_as_text(reading.mapping.levels)
        return [complain("draw.list_levels", file=MAPPING_FILE, expected=levels_as_text(wanted), found=found)]
    hashed = _identity_columns(frame)
    if reading.mapping.identities != hashed:
        columns = "、".join(sorted(hashed)) or "-"
        return [complain("draw.list_identity", file=MAPPING_FILE, columns=columns)]
    note = frame.notes.identity
    if hashed and note is not None and key is not None and note.key != key.fingerprint:
        return [complain("draw.list_identity_key", expected=note.key, found=key.fingerprint)]
    return []


def _identity_columns(frame: Frame) -> frozenset[str]:
    """Name the columns of what is listed that the frame keeps as hashes of identity numbers."""
    note = frame.notes.identity
    own = {each.name for each in frame.levels[-1].columns}
    return frozenset() if note is None else frozenset(note.columns) & own


def _counts(frame: Frame) -> dict[str, int]:
    with DuckDBEngine(frame) as engine:
        parent, unit = engine.quote(frame.levels[0].id), engine.quote(frame.levels[1].id)
        # Names are quoted by the engine.
        rows = engine.rows(f"SELECT {parent}, count({unit}) FROM frame GROUP BY {parent} ORDER BY {parent}")  # noqa: S608
    return {str(row[0]): int(row[1]) for row in rows}
