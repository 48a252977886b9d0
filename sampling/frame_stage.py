"""Put the rows of a client's files aside as they come, tidied and typed, so that they can be checked without memory."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from sampling.complaint_list import ComplaintList
from sampling.errors import Complaint, complain
from sampling.frame_batches import FileRefusedError, TextBatch
from sampling.frame_columns import Columns
from sampling.frame_files import open_file
from sampling.frame_lists import UnitList
from sampling.frame_text import CONTROL_CHARACTERS
from sampling.frame_tidy import CODED, arrow_type, coded, tidy_column, typed_numbers
from sampling.frame_treatment import Treatment
from sampling.identity import LIKE_A_NUMBER, identity_problem
from sampling.levels import Column

SCIENTIFIC = r"^[0-9]([.][0-9]+)?[Ee][+][0-9]+$"
"""How a spreadsheet writes a long code that it took for a number."""

CONTROL, SHORTENED, NUMBER, IDENTITY = "control", "shortened", "number", "identity"
"""What a column may have been seen to hold; only then is it asked which rows do."""

LOOKED_AT = 1000
"""Values of a column in a batch that are looked at for identity numbers."""

ColumnNames = Mapping[str, str]


@dataclass(frozen=True)
class StagedFile:
    """Say where the rows of a file begin among those of its list, and what the file calls the columns."""

    before: int
    name: str
    columns: Columns
    encoding: str | None


@dataclass(frozen=True)
class Staged:
    """Hold a list's rows in a Parquet file of its own.

    Its columns: ``row``, counted through all files of the list; the frame's columns under short names, so that no name
    of a file can meet a word of a statement; for a number column with short name c0 also ``k0``, the number of a
    problem, and ``t0``, the text where there is one. Of identity numbers only hashes are put aside, and ``k0``.

    Parameters
    ----------
    seen : frozenset of (str, str)
        What was seen somewhere in a column: one of the words above, and the column.
    """

    units: UnitList
    path: Path
    files: tuple[StagedFile, ...]
    seen: frozenset[tuple[str, str]]

    def place(self, row: int) -> tuple[StagedFile, int]:
        """Give the file of a row and its row there."""
        file = next(each for each in reversed(self.files) if each.before < row)
        return file, row - file.before


def short_names(columns: tuple[Column, ...]) -> ColumnNames:
    """Give each column of a frame a name that needs no quotes."""
    return {own.name: f"c{number}" for number, own in enumerate(columns)}


def stage(units: UnitList, names: ColumnNames, path: Path, treatment: Treatment, complaints: ComplaintList) -> Staged:
    """Read the files of a list to their ends.

    Raises
    ------
    FileRefusedError
        A file cannot be read as a list; what was wrong with rows until then stands among the complaints.
    """
    stager = _Stager(units, names, treatment)
    files = []
    before = 0
    refused: list[Complaint] | None = None
    with pq.ParquetWriter(path, stager.schema, compression="lz4") as writer:
        for source in units.sources:
            try:
                opened = open_file(source, units.wanted)
                files.append(StagedFile(before, source.name, opened.columns, opened.encoding))
                for batch in opened.batches(complaints):
                    for part in stager.typed(batch, files[-1]):
                        writer.write_batch(part, row_group_size=len(part))
                    before = max(before, files[-1].before + int(batch.rows[-1])) if len(batch.rows) else before
            except FileRefusedError as error:
                refused = [*(refused or ()), *error.complaints]
    clear = [complain("frame.identity_in_clear", file=files[0].name, column=name) for name in stager.in_clear()]
    if refused is not None or clear:
        raise FileRefusedError(*clear, *(refused or ()))
    return Staged(units, path, tuple(files), frozenset(stager.seen))


class _Stager:
    """Tidy and type batches, and note what they may hold."""

    def __init__(self, units: UnitList, names: ColumnNames, treatment: Treatment) -> None:
        self._units = units
        self._names = names
        self._treatment = treatment
        self._looks: Counter[str] = Counter()
        self._numbers_of_persons: Counter[str] = Counter()
        self._ids = {level.id for level in units.named_levels}
        self.seen: set[tuple[str, str]] = set()
        fields = [pa.field("row", pa.int64())]
        for own in units.columns:
            short = names[own.name]
            if own.name in treatment.identities:
                fields += [pa.field(short, pa.string()), pa.field(problem_of(short), pa.int8())]
            elif own.kind == "text":
                fields.append(pa.field(short, pa.string() if own.name == units.wanted.unique else CODED))
            else:
                kinds = {short: arrow_type(own), problem_of(short): pa.int8(), text_of(short): pa.string()}
                fields += [pa.field(name, kind) for name, kind in kinds.items()]
        self.schema = pa.schema(fields)

    def typed(self, batch: TextBatch, file: StagedFile) -> Iterator[pa.RecordBatch]:
        """Give a batch as it is put aside; nothing of an empty one."""
        if not len(batch.rows):
            return
        made: dict[str, pa.Array] = {"row": pa.array(batch.rows + file.before)}
        tidied = {name: tidy_column(column) for name, column in batch.columns.items()}
        tidied |= self._treatment.codes(tidied, {own.name for own in self._units.columns}, len(batch.rows))
        for own in self._units.columns:
            texts = tidied[own.name]
            if own.name in self._treatment.identities:
                made |= self._identities(coded(texts), own)
            elif own.kind == "text":
                self._look_at(texts, own)
                plain = own.name == self._units.wanted.unique
                made[self._names[own.name]] = texts.cast(pa.string()) if plain else coded(texts)
            else:
                made |= self._numbers(coded(texts), own)
        yield pa.record_batch([made[name] for name in self.schema.names], schema=self.schema)

    def _look_at(self, texts: pa.Array, own: Column) -> None:
        """Note characters that do not print, which hashes join values with, and ids like 3.50125E+17."""
        values = texts.dictionary if pa.types.is_dictionary(texts.type) else texts
        sample = values[:LOOKED_AT].drop_null()
        like = pc.filter(sample, pc.match_substring_regex(sample, LIKE_A_NUMBER)).to_pylist()
        self._looks[own.name] += len(sample)
        self._numbers_of_persons[own.name] += sum(identity_problem(each) == 0 for each in like)
        self._note(CONTROL, own, values, CONTROL_CHARACTERS)
        if own.name in self._ids:
            self._note(SHORTENED, own, values, SCIENTIFIC)

    def in_clear(self) -> list[str]:
        """Name the columns most of whose values are identity numbers, though the mapping does not say so."""
        return [name for name, count in self._numbers_of_persons.items() if 2 * count > self._looks[name]]

    def _identities(self, texts: pa.DictionaryArray, own: Column) -> dict[str, pa.Array]:
        short = self._names[own.name]
        hashes, problems = self._treatment.hashed(texts)
        if problems.any():
            self.seen.add((IDENTITY, own.name))
        return {short: hashes, problem_of(short): pa.array(problems)}

    def _note(self, kind: str, own: Column, values: pa.Array, pattern: str) -> None:
        known = (kind, own.name) in self.seen
        if not known and pc.any(pc.match_substring_regex(values, pattern)).as_py():
            self.seen.add((kind, own.name))

    def _numbers(self, texts: pa.DictionaryArray, own: Column) -> dict[str, pa.Array]:
        short = self._names[own.name]
        typed = typed_numbers(texts, own)
        wrong: NDArray[np.bool_] = typed.problems > 0
        shown = pa.nulls(len(texts), pa.string())
        if wrong.any():
            self.seen.add((NUMBER, own.name))
            shown = pc.if_else(pa.array(wrong), texts.cast(pa.string()), pa.scalar(None, pa.string()))
        return {short: typed.values, problem_of(short): pa.array(typed.problems), text_of(short): shown}


def problem_of(short: str) -> str:
    """Name the column that holds the number of a value's problem."""
    return short.replace("c", "k")


def text_of(short: str) -> str:
    """Name the column that holds the text of a value with a problem."""
    return short.replace("c", "t")
