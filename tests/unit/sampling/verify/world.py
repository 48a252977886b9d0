"""A small frame of five counties, designs for it, and draws that somebody changed."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.compute as pc

from sampling.commitment import commit, hash_secret
from sampling.design import Design, load_design
from sampling.draw import run_draw
from sampling.frame import Frame, write_frame
from sampling.hashing import sha256_text
from sampling.manifest import Manifest
from sampling.verify import verify_draw

SECRET = sha256_text("an invented secret")
COMMITTED, DRAWN = "2026-03-01T08:00:00Z", "2026-03-02T08:00:00Z"

HEAD = """
version: 1
evaluation: test
draw: 1
frame:
  levels:
    - {name: county, id: county_code, columns: {county: text}}
    - {name: village, id: village_code, columns: {kind: text}}
    - {name: household, id: household_id, columns: {household_class: text, persons: integer}}
"""

COUNTIES = """
stages:
  - {name: village, strata: [county_code], method: pps_systematic, size: {count: household}, take: {each: 2}}
  - {name: household, strata: [household_class], method: equal, take: {each: 2}, reserves: 1}
"""

PROVINCE = """
stages:
  - {name: county, method: pps_systematic, size: {sum: persons}, take: {each: 3}}
  - {name: village, method: pps_systematic, size: {count: household}, take: {each: 2}}
  - {name: household, method: equal, take: {each: 3}}
"""

SHARED = """
stages:
  - {name: village, strata: [county_code], method: METHOD, take: {total: 8}}
  - {name: household, method: equal, take: {each: 2}, reserves: 1}
"""

SHARED_SIZES = SHARED.replace("METHOD", "pps_systematic, size: {count: household}")

SHARED_RESERVES = """
stages:
  - name: household
    strata: [county_code, household_class]
    method: equal
    take: {each: 2}
    reserves: {total: 13, within: [household_class]}
"""

WITHIN = SHARED_SIZES.replace("total: 8", "total: 2, within: [county_code]")

EQUAL = """
stages:
  - {name: county, method: equal, take: {each: 3}}
  - {name: household, method: equal, take: {each: 3}}
"""


def branch(frame: Frame, folder: Path, county: str) -> Path:
    path = folder / f"{county}.parquet"
    table = frame.table
    assert table is not None
    write_frame(Frame(frame.levels, table=table.filter(pc.equal(table["county_code"], county))), path)
    return path


def design_of(text: str) -> Design:
    design = load_design(HEAD + text).design
    assert design is not None
    return design


def drawn(design: Design, frame: Frame) -> Manifest:
    commitment = commit(design, frame, hash_secret(SECRET), committed_at=COMMITTED)
    return run_draw(design, frame, commitment, SECRET, None, drawn_at=DRAWN, code_version="test")


def changed(manifest: Manifest, change: Callable[[dict[str, Any]], None]) -> Manifest:
    value = json.loads(manifest.to_json())
    change(value)
    return Manifest.from_json(json.dumps(value))


def wrong(manifest: Manifest, path: Path) -> list[str]:
    return [finding.place for finding in verify_draw(manifest, path) if not finding.ok]


def set_in(*path: Any, value: Any) -> Callable[[dict[str, Any]], None]:
    def change(manifest: dict[str, Any]) -> None:
        place: Any = manifest
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = value

    return change


def drop_unit(manifest: dict[str, Any]) -> None:
    del manifest["stages"][1]["units"][4]


def swap_units(manifest: dict[str, Any]) -> None:
    units = manifest["stages"][1]["units"]
    units[0], units[1] = units[1], units[0]


def append_unit(manifest: dict[str, Any]) -> None:
    units = manifest["stages"][1]["units"]
    units.append({**units[0], "id": "chosen", "ticket": "0" * 64, "sample_type": "appended"})


def drop_stratum(manifest: dict[str, Any]) -> None:
    del manifest["stages"][0]["strata"][2]


HEX = "0123456789abcdef" * 4
