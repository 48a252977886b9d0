"""Do one piece of work of the draw study in a process of its own, so that its memory is its own.

    python -m benchmarks.draw_lanes LANE FOLDER

Runs it once without counting, which warms the disk's cache, then once more; prints one line of JSON: label, seconds,
processor seconds, the most bytes held, and a count of what came out.
"""

import atexit
import json
import sys
import time
from collections.abc import Callable, Mapping
from importlib.metadata import version
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from benchmarks.draw_data import COUNTRY, HOUSEHOLDS, LISTED_VILLAGES, VILLAGES_FILE
from benchmarks.memory import most_held
from sampling.design import Design, load_design
from sampling.design_check import check_design_on
from sampling.engine import DuckDBEngine
from sampling.frame import Frame, open_frame
from sampling.frame_hash import hash_frame
from sampling.frame_text import check_frame_text
from sampling.hashing import sha256_text
from sampling.levels import levels_as_json
from sampling.manifest import ManifestStage
from sampling.stage_draw import draw_stage
from sampling.stage_weights import with_weights
from sampling.tickets import tickets

SEED = sha256_text("a seed for the draw study")
Work = Callable[[], int]

NATIONAL = """
  - {name: county, method: equal, strata: [province], take: {each: 10}}
  - {name: village, method: equal, take: {each: 10}}
  - {name: household, method: equal, take: {each: 10}}
"""
NATIONAL_PPS = """
  - {name: county, method: pps_systematic, size: {count: household}, strata: [province], take: {each: 10}}
  - {name: village, method: pps_systematic, size: {count: household}, take: {each: 10}}
  - {name: household, method: equal, take: {each: 10}}
"""
POINTS = """
  - {name: village, method: pps_systematic, order: ORDER, size: {column: households}, strata: [stratum],
     take: {each: 1, by: [LINES]}}
"""
VILLAGES = """
  - {name: village, method: equal, take: {each: COUNT}}
  - {name: household, method: equal, take: {each: 20}}
"""


def design_for(frame: Frame, stages: str) -> Design:
    """Put a design together for a frame."""
    levels = json.dumps(levels_as_json(frame.levels), ensure_ascii=False)
    head = f"version: 1\nevaluation: benchmark\ndraw: 1\nframe:\n  levels: {levels}\nstages:"
    reading = load_design(head + stages)
    if reading.design is None:
        raise ValueError(f"not a design: {reading.complaints}")
    return reading.design


def drawn(frame: Frame, design: Design) -> tuple[ManifestStage, ...]:
    """Draw all stages and weigh the last."""
    with DuckDBEngine(frame) as engine:
        return drawn_on(engine, design)


def drawn_on(engine: DuckDBEngine, design: Design) -> tuple[ManifestStage, ...]:
    """Draw all stages on an engine that is open, and weigh the last."""
    stages: list[ManifestStage] = []
    for number in range(len(design.stages)):
        stages.append(draw_stage(engine, design, number, SEED, stages[-1] if stages else None))
    return with_weights(engine, design, stages)


def draw(file: str, stages: str) -> Callable[[Path], Work]:
    def prepare(folder: Path) -> Work:
        frame = open_frame(folder / file)
        design = design_for(frame, stages)
        return lambda: len(drawn(frame, design)[-1].units)

    return prepare


def design_check(folder: Path) -> Work:
    frame = open_frame(folder / COUNTRY)
    design = design_for(frame, NATIONAL)

    def work() -> int:
        with DuckDBEngine(frame) as engine:
            return len(check_design_on(engine, design, frame))

    return work


def text_check(folder: Path) -> Work:
    frame = open_frame(folder / COUNTRY)

    def work() -> int:
        with DuckDBEngine(frame) as engine:
            return len(check_frame_text(engine, frame))

    return work


def frame_hash(folder: Path) -> Work:
    frame = open_frame(folder / COUNTRY)
    return lambda: len(hash_frame(frame).nodes)


def scan(folder: Path) -> Work:
    """Hash the two code columns once; the sums are kept apart, for one of both leaves 64 bits, which is an error."""
    path = folder / COUNTRY

    def work() -> int:
        with duckdb.connect() as connection:
            asked = "sum(hash(village_code)) + sum(hash(household_id)), count(*)"
            found = connection.execute(f"SELECT {asked} FROM read_parquet(?)", [str(path)]).fetchone()
        return int(found[1]) if found else 0

    return work


def candidates(folder: Path) -> Work:
    """Hash the tickets of all candidates and keep none."""
    path, prefix = folder / HOUSEHOLDS, f"{SEED}:household:"

    def work() -> int:
        with duckdb.connect() as connection:
            asked = "max(sha256(concat(?, household_id))), count(*)"
            found = connection.execute(f"SELECT {asked} FROM read_parquet(?)", [prefix, str(path)]).fetchone()
        return int(found[1]) if found else 0

    return work


def points(order: str) -> Callable[[Path], Work]:
    """Draw villages from a list that lies in memory, by numbers for each stratum, as the peers do."""

    def prepare(folder: Path) -> Work:
        table = pq.read_table(folder / VILLAGES_FILE)
        frame = Frame(LISTED_VILLAGES, table=table)
        totals = table.group_by("stratum").aggregate([("households", "sum")]).to_pylist()
        whole = sum(each["households_sum"] for each in totals)
        shares = {each["stratum"]: round(5000 * each["households_sum"] / whole) for each in totals}
        lines = ", ".join(f"{{when: {{stratum: {name}}}, take: {share}}}" for name, share in shares.items())
        design = design_for(frame, POINTS.replace("ORDER", order).replace("LINES", lines))
        engine = DuckDBEngine(frame)
        atexit.register(engine.__exit__, None, None, None)
        return lambda: len(drawn_on(engine, design)[-1].units)

    return prepare


def point_tickets(folder: Path) -> Work:
    """Hash the tickets of all villages, from a list of text."""
    ids = pq.read_table(folder / VILLAGES_FILE).column("village_code").to_pylist()
    return lambda: len(tickets(SEED, "village", ids))


def of_villages(folder: Path) -> Work:
    frame = open_frame(folder / HOUSEHOLDS)
    with DuckDBEngine(frame) as engine:
        count = engine.rows("SELECT count(DISTINCT village_code) FROM frame")[0][0]
    design = design_for(frame, VILLAGES.replace("COUNT", str(count)))
    return lambda: len(drawn(frame, design)[-1].units)


LANES: Mapping[str, Callable[[Path], Work]] = {
    "scan": scan,
    "draw": draw(COUNTRY, NATIONAL),
    "draw-pps": draw(COUNTRY, NATIONAL_PPS),
    "design-check": design_check,
    "text-check": text_check,
    "frame-hash": frame_hash,
    "points-frame": points("frame"),
    "points-ticket": points("ticket"),
    "point-tickets": point_tickets,
    "candidates": candidates,
    "of-villages": of_villages,
}
OTHERS = {"scan": "duckdb", "candidates": "duckdb"}
"""Lanes that are not ours, and whose they are."""


def main() -> None:
    name, folder = sys.argv[1:3]
    work = LANES[name](Path(folder))
    if "--once" not in sys.argv:
        work()
    wall, processor = time.perf_counter(), time.process_time()
    count = work()
    seconds = {"wall": time.perf_counter() - wall, "processor": time.process_time() - processor}
    library = OTHERS.get(name, "evalsvc")
    told = {"label": f"{library} {version(library)}", "count": count, "peak": most_held()}
    print(json.dumps({**told, **seconds}))


if __name__ == "__main__":
    main()
