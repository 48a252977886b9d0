"""Draw one sample from one list in every form that it may come in: rows mixed, other formats, more files, Spark."""

import importlib.util
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import openpyxl
import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from benchmarks.draw_data import NATIONAL, Size, country, country_rows
from benchmarks.draw_lanes import design_for
from sampling.commitment import commit, hash_secret
from sampling.design import Design
from sampling.draw import run_draw
from sampling.engine import DuckDBEngine, OpenEngine
from sampling.engines import engine_named
from sampling.frame import Frame, FrameMapping, import_frame, open_frame
from sampling.frame_arrow import frame_metadata
from sampling.frame_hash import FrameHash, hash_frame
from sampling.hashing import sha256_text

SMALL = Size(20_000, 4, 3, 40)
STAGES = """
  - {name: county, method: pps_systematic, size: {count: household}, strata: [province], take: {each: 2}}
  - {name: village, method: pps_systematic, order: frame, size: {count: household}, take: {each: 5}}
  - {name: household, method: equal, strata: [household_class], take: {each: 3}, reserves: 2, when_short: take_all}
"""
AT, SECRET = "2026-03-01T08:00:00Z", sha256_text("a secret for the draw study")
PARTS = 5


@dataclass(frozen=True)
class Form:
    """One form of the list, and what was found with it."""

    name: str
    frame_sha256: str
    manifest_sha256: str
    units: int


def forms(folder: Path) -> list[Form]:
    """Draw the sample from every form; the first is the list as it was made."""
    folder.mkdir(parents=True, exist_ok=True)
    found = []
    design: Design | None = None
    for name, frame, engine in _frames(folder):
        design = design or design_for(frame, STAGES)
        hashed = hash_frame(frame, engine)
        found.append(_form(name, frame, hashed, design, engine))
    return found


def _form(name: str, frame: Frame, hashed: FrameHash, design: Design, engine: OpenEngine) -> Form:
    commitment = commit(design, frame, hash_secret(SECRET), committed_at=AT, frame_hash=hashed)
    made = run_draw(design, frame, commitment, SECRET, None, drawn_at=AT, code_version="benchmark", engine=engine)
    return Form(name, hashed.sha256, sha256_text(made.to_json()), sum(len(stage.units) for stage in made.stages))


def _frames(folder: Path) -> Iterator[tuple[str, Frame, OpenEngine]]:
    table = pa.concat_tables(list(country_rows(country(SMALL))))
    mixed = table.take(np.random.default_rng(20260107).permutation(table.num_rows))
    mapping = FrameMapping(NATIONAL)

    def imported(sources: list[Path], name: str) -> Frame:
        reading = import_frame(sources, mapping, folder / f"{name}.parquet")
        if reading.frame is None:
            raise ValueError(f"{name}: {reading.complaints}")
        return reading.frame

    whole = folder / "list.csv"
    pacsv.write_csv(table, whole)
    first = imported([whole], "whole")
    yield "CSV, in order", first, DuckDBEngine
    pacsv.write_csv(mixed, folder / "mixed.csv")
    yield "CSV, rows mixed", imported([folder / "mixed.csv"], "mixed"), DuckDBEngine
    text = (folder / "mixed.csv").read_text(encoding="utf-8")
    (folder / "gb18030.csv").write_text(text, encoding="gb18030")
    yield "CSV in GB18030, rows mixed", imported([folder / "gb18030.csv"], "gb18030"), DuckDBEngine
    yield "XLSX, rows mixed", imported([_workbook(mixed, folder / "list.xlsx")], "workbook"), DuckDBEngine
    parts = [folder / f"part{number}.csv" for number in range(PARTS)]
    for number, part in enumerate(parts):
        pacsv.write_csv(mixed.take(np.arange(number, mixed.num_rows, PARTS)), part)
    yield f"{PARTS} CSV files, rows mixed", imported(parts, "parts"), DuckDBEngine
    pq.write_table(mixed, folder / "foreign.parquet")
    yield "Parquet of another program, rows mixed", imported([folder / "foreign.parquet"], "foreign"), DuckDBEngine
    unsorted = folder / "unsorted.parquet"
    pq.write_table(mixed.replace_schema_metadata(frame_metadata(NATIONAL)), unsorted, row_group_size=1000)
    yield "a frame's Parquet, rows mixed, small row groups", open_frame(unsorted), DuckDBEngine
    yield "in memory, rows mixed", Frame(NATIONAL, table=mixed), DuckDBEngine
    if importlib.util.find_spec("pyspark") is not None:
        yield "CSV, in order, drawn by Spark", first, engine_named("spark", "local[2]")


def _workbook(table: pa.Table, path: Path) -> Path:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(table.column_names)
    for row in zip(*(column.to_pylist() for column in table.columns), strict=True):
        sheet.append(row)
    book.save(path)
    return path
