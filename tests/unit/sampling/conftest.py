"""What several tests of draws use: the worked example of the protocol page, the second checker, the sentences."""

import json
import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from sampling.errors import Complaint
from sampling.frame import Frame, FrameReading, load_mapping, read_frame
from sampling.levels import levels_as_json
from sampling.manifest import Manifest
from tests.unit.sampling import independent_checker
from tests.unit.sampling.frame_reading import HEADER

ROOT = Path(__file__).resolve().parents[3]

MAPPING = """
levels:
  - {name: county, id: county_code, columns: {county: text, remaining: integer}}
  - {name: village, id: village_code, columns: {village: text, village_kind: text, area: decimal(2)}}
  - {name: household, id: household_id, columns: {household_class: text, persons: integer}}
rename: {县代码: county_code, 户编号: household_id}
"""

GOOD_ROWS = (
    "350125,永泰县,12,350125001,东村,脱贫村,3.50,H1,脱贫户,4",
    "350125,永泰县,12,350125001,东村,脱贫村,3.50,H2,一般农户,2",
    "350125,永泰县,12,350125002,西村,其他村,12,H3,一般农户,3",
    "350128,平潭县,0,350128001,南村,其他村,,H4,脱贫户,1",
)


@pytest.fixture(scope="session")
def page() -> str:
    """The protocol page."""
    return (ROOT / "docs" / "draw-protocol.md").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def page_block(page: str) -> Callable[[str], str]:
    """The first fenced block of a kind on the protocol page."""

    def block(kind: str) -> str:
        found = re.search(rf"```{kind}\n(.*?)```", page, re.S)
        assert found is not None
        return found.group(1)

    return block


@pytest.fixture(scope="session")
def checker() -> ModuleType:
    """The second checker."""
    return independent_checker


@pytest.fixture(scope="session")
def check_independently(checker: ModuleType) -> Callable[[Manifest, Frame], list[str]]:
    """Check a manifest by the second checker: the places that differ."""

    def check(manifest: Manifest, frame: Frame) -> list[str]:
        assert frame.table is not None
        found: list[str] = checker.check(
            json.loads(manifest.to_json()), levels_as_json(frame.levels), frame.table.to_pylist()
        )
        return found

    return check


@pytest.fixture(scope="session")
def say() -> Callable[[Complaint], tuple[str, str]]:
    """Fill both sentences of a complaint from its details; a missing detail fails the test."""
    sentences: dict[str, dict[str, str]] = {}
    for path in (ROOT / "evalsvc/translations/codes").glob("sampling*.toml"):
        sentences |= tomllib.loads(path.read_text(encoding="utf-8"))

    def fill(complaint: Complaint) -> tuple[str, str]:
        own = sentences[complaint.code]
        return own["zh"] % complaint.details, own["en"] % complaint.details

    return fill


@pytest.fixture
def read_csv(tmp_path: Path) -> Callable[..., FrameReading]:
    """Import rows of CSV text under the usual header and mapping."""

    def read(*rows: str, header: str = HEADER, mapping: str = MAPPING, encoding: str = "utf-8") -> FrameReading:
        path = tmp_path / "名册.csv"
        path.write_bytes("\n".join([header, *rows, ""]).encode(encoding))
        made = load_mapping(mapping).mapping
        assert made is not None
        return read_frame(path, made)

    return read


@pytest.fixture
def good_rows() -> tuple[str, ...]:
    """Four households in three villages of two counties."""
    return GOOD_ROWS
