"""Import a client's files as a frame without ever holding them in memory: put aside, check, sort, write."""

# ruff: noqa: S608 (columns have short names, others are quoted, everything else in a statement is ours)
import tempfile
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pyarrow as pa

from sampling.bounded import bounded_connection, literal, quoted, run_bounded
from sampling.code_changes import Changes, check_changes
from sampling.code_changes_file import COLUMNS, read_changes
from sampling.complaint_list import ComplaintList
from sampling.errors import Complaint, complain
from sampling.frame import Frame, FrameReading
from sampling.frame_arrow import ROW_GROUP_ROWS, frame_metadata
from sampling.frame_batches import FileRefusedError
from sampling.frame_check import ListCheck, check_between
from sampling.frame_code_check import CodeCheck
from sampling.frame_files import open_file
from sampling.frame_lists import UnitList, unit_lists
from sampling.frame_notes import FrameNotes, IdentityNote
from sampling.frame_profile import frame_profile
from sampling.frame_stage import ColumnNames, Staged, short_names, stage
from sampling.frame_text import FRAME_FILE
from sampling.frame_treatment import Treatment
from sampling.identity import ALGORITHM, IdentityKey
from sampling.mapping import FrameMapping

USUAL_COLUMNS = 12
LEAST_GROUP_ROWS = 8_192


def import_files(
    sources: Sequence[Path], mapping: FrameMapping, out: Path, key: IdentityKey | None = None
) -> FrameReading:
    """Import a client's files, as ``sampling.frame.import_frame`` tells."""
    lists, complaints = unit_lists(sources, mapping)
    if mapping.identities and key is None:
        columns = ", ".join(sorted(mapping.identities))
        complaints.append(complain("frame.identity_key_missing", columns=columns))
    changes, problems = _code_changes(sources, mapping)
    if complaints or problems:
        return FrameReading(None, (*complaints, *problems), None)
    treatment = Treatment(mapping.codes, changes, mapping.identities, key)
    with tempfile.TemporaryDirectory(prefix=".frame-", dir=out.parent) as folder:
        return _Import(mapping, treatment, Path(folder)).run(lists, out)


def _code_changes(sources: Sequence[Path], mapping: FrameMapping) -> tuple[dict[str, Changes], list[Complaint]]:
    """Gather the changes of codes by column, of the mapping and of the files that it names."""
    found: dict[str, Changes] = {}
    complaints: list[Complaint] = []
    for rule in mapping.codes:
        changes = list(rule.changes)
        if rule.changes_file is not None:
            path = next((each for each in sources if each.name == rule.changes_file), None)
            if path is None:
                complaints.append(complain("frame.changes_missing", file=rule.changes_file, column=rule.column))
                continue
            try:
                changes = read_changes(path)
            except FileRefusedError as error:
                complaints += error.complaints
                continue
            complaints += check_changes(changes, path.name, COLUMNS[0])
        if changes:
            found[rule.column] = Changes(changes, rule.vintage)
    return found, complaints


def header_complaints(source: Path, mapping: FrameMapping) -> tuple[Complaint, ...]:
    """Tell what stops a file before its rows are read: its form and its header."""
    try:
        open_file(source, unit_lists([source], mapping)[0][0].wanted)
    except FileRefusedError as error:
        return error.complaints
    return ()


class _Import:
    """Hold the folder and the statements of one import."""

    def __init__(self, mapping: FrameMapping, treatment: Treatment, folder: Path) -> None:
        self._mapping = mapping
        self._treatment = treatment
        self._folder = folder
        self._columns = tuple(own for level in mapping.levels for own in level.all_columns)
        self._names: ColumnNames = short_names(self._columns)
        self._complaints = ComplaintList()
        self._connection: Any = None

    def run(self, lists: Sequence[UnitList], out: Path) -> FrameReading:
        """Put the rows aside, check them and write the frame."""
        try:
            staged = self._stage(lists)
        except FileRefusedError as error:
            self._complaints.extend(error.complaints)
            return FrameReading(None, self._complaints.listed(), None)
        encoding = next((file.encoding for each in staged for file in each.files if file.encoding), None)
        unused = tuple(dict.fromkeys(name for each in staged for file in each.files for name in file.columns.unused))
        pa.default_memory_pool().release_unused()  # the engine takes as much again
        with closing(bounded_connection(self._folder)) as self._connection:
            notes = self._check(staged)
            if self._complaints:
                return FrameReading(None, self._complaints.listed(), None, encoding, unused)
            partial = self._folder / FRAME_FILE
            self._write(staged, notes, partial)
        # The frame appears under its name only when it is whole.
        partial.replace(out)
        frame = Frame(self._mapping.levels, path=out, notes=notes)
        return FrameReading(frame, (), frame_profile(frame), encoding, unused)

    def _stage(self, lists: Sequence[UnitList]) -> list[Staged]:
        staged = []
        refused: list[Complaint] | None = None
        for number, each in enumerate(lists):
            try:
                staged.append(
                    stage(each, self._names, self._folder / f"list{number}.parquet", self._treatment, self._complaints)
                )
            except FileRefusedError as error:
                refused = [*(refused or ()), *error.complaints]
        if refused is not None:
            raise FileRefusedError(*refused)
        return staged

    def _run(self, statement: str) -> list[tuple[Any, ...]]:
        return run_bounded(self._connection, lambda: list(self._connection.execute(statement).fetchall()))

    def _check(self, staged: Sequence[Staged]) -> FrameNotes:
        checks = []
        for number, each in enumerate(staged):
            view = f"list{number}"
            self._run(f"CREATE VIEW {view} AS SELECT * FROM read_parquet({literal(str(each.path))})")
            checks.append(ListCheck(each, view, self._names, self._run, self._complaints))
        codes = [CodeCheck(check, self._names, self._mapping.codes) for check in checks]
        for check, of_codes in zip(checks, codes, strict=True):
            check.run()
            of_codes.run()
        check_between(checks, self._names)
        top = self._names[self._mapping.levels[0].id]
        if not self._complaints and not self._run(f"SELECT 1 FROM list0 WHERE {top} IS NOT NULL LIMIT 1"):
            self._complaints.add(complain("frame.no_units", file=staged[0].files[0].name))
        known = self._mapping.notes
        made = tuple(note for each in codes for note in each.notes())
        return FrameNotes(made or known.codes, self._identity_note() or known.identity)

    def _identity_note(self) -> IdentityNote | None:
        if self._treatment.key is None or not self._mapping.identities:
            return None
        return IdentityNote(tuple(sorted(self._mapping.identities)), ALGORITHM, self._treatment.key.fingerprint)

    def _write(self, staged: Sequence[Staged], notes: FrameNotes, path: Path) -> None:
        """Join the lists, sort by the ids, outermost first (binary order of UTF-8 is code-point order), and write."""
        owner = {
            own.name: n for n, each in enumerate(staged) for level in each.units.levels for own in level.all_columns
        }
        columns = ", ".join(
            f"list{owner[own.name]}.{self._names[own.name]} AS {quoted(own.name)}" for own in self._columns
        )
        order = ", ".join(
            f"list{owner[level.id]}.{self._names[level.id]} NULLS FIRST" for level in self._mapping.levels
        )
        joined = "list0"
        for number, each in enumerate(staged[1:], start=1):
            first, parent = self._names[each.units.levels[0].id], self._names[each.units.named_levels[0].id]
            rows = f"SELECT * FROM list{number} WHERE {first} IS NOT NULL"
            joined += f" LEFT JOIN ({rows}) AS list{number} ON list{number - 1}.{parent} = list{number}.{parent}"
        # Rows without anything are left out.
        named = f"list0.{self._names[self._mapping.levels[0].id]} IS NOT NULL"
        metadata = ", ".join(
            f"{literal(name)}: {literal(text)}" for name, text in frame_metadata(self._mapping.levels, notes).items()
        )
        self._run(
            f"COPY (SELECT {columns} FROM {joined} WHERE {named} ORDER BY {order}) TO {literal(str(path))} "
            f"(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {self._group_rows()}, KV_METADATA {{{metadata}}})"
        )

    def _group_rows(self) -> int:
        """Give the rows that are written at a time: fewer where a row is long."""
        return max(LEAST_GROUP_ROWS, ROW_GROUP_ROWS * USUAL_COLUMNS // max(USUAL_COLUMNS, len(self._columns)))
