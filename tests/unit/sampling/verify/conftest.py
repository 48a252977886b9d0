"""The frame and the draw that the tests of verification check."""

from pathlib import Path

import pytest

from sampling.frame import Frame, FrameMapping, read_frame, write_frame
from sampling.manifest import Manifest
from tests.unit.sampling.verify.world import COUNTIES, design_of, drawn


@pytest.fixture(scope="module")
def frame(tmp_path_factory: pytest.TempPathFactory) -> Frame:
    rows = [
        f"c{c},县{c},c{c}v{v},{'xy'[v % 2]},c{c}v{v}h{h:02},{'ab'[h % 2]},{(c * 7 + v * 3 + h) % 6 + 1}"
        for c in range(5)
        for v in range(4)
        for h in range(6 + c + v)
    ]
    path = tmp_path_factory.mktemp("frame") / "frame.csv"
    path.write_text(
        "county_code,county,village_code,kind,household_id,household_class,persons\n" + "\n".join(rows), "utf-8"
    )
    design = design_of(COUNTIES)
    frame = read_frame(path, FrameMapping(design.levels)).frame
    assert frame is not None
    return frame


@pytest.fixture(scope="module")
def whole(frame: Frame, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("whole") / "frame.parquet"
    write_frame(frame, path)
    return path


@pytest.fixture(scope="module")
def manifest(frame: Frame) -> Manifest:
    return drawn(design_of(COUNTIES), frame)
