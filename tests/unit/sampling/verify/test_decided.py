"""What of a draw its public value did not decide is told to whoever checks it, and to whoever draws."""

from dataclasses import replace
from importlib.metadata import version

import pytest

from evalsvc.draws.decided import decided
from evalsvc.draws.telling import stage_drawn
from sampling.frame import Frame
from tests.unit.sampling.verify.world import COUNTIES, design_of, drawn

RULES = """
only:
  - {level: household, column: household_class, values: [a]}
exclude:
  - {level: county, column: county_code, values: [c4], reason: 封路}
purposive:
  - {level: village, column: village_code, values: [c0v0], reason: 委托方指定}
"""
BROKEN = COUNTIES.replace("strata: [household_class], ", "")
EARLIER = f"prn_from: {{manifest_sha256: {'ab' * 32}, seed: {'cd' * 32}, shift: '0.25'}}"


def test_the_program_that_drew_is_told_and_the_one_that_checks(frame: Frame) -> None:
    manifest = replace(drawn(design_of(COUNTIES), frame), code_version="0.0.7")
    (line,) = decided(manifest, frame, "zh")
    assert "0.0.7" in line and version("evalsvc") in line
    stream = COUNTIES.replace("pps_systematic", "brewer")
    told = "\n".join(decided(drawn(design_of(stream), frame), frame, "zh"))
    assert "行政村的抽取方法只能用同一版本的程序重抽" in told


def test_what_the_institute_settled_itself_is_counted(frame: Frame) -> None:
    manifest = drawn(design_of(BROKEN + RULES + EARLIER), frame)
    told = "\n".join(decided(manifest, frame, "zh"))
    table = frame.table
    assert table is not None
    others = table["household_class"].to_pylist().count("b")
    for known in (
        f"不属于 household_class 为“a”的 {others} 个",
        "county_code 为“c4”的 1 个被排除；理由：封路",
        "village_code 为“c0v0”的 1 个按判断指定；理由：委托方指定",
        "清单上行政村有 1 个是指定的",
        "清单上农户有 2 个是指定的，或抽自指定的单位",
        "清单 abababababab…，位移 0.25",
    ):
        assert known in told
    followed = sum(unit.sample_type != "purposive" for unit in manifest.stages[1].units)
    assert f"农户中 {followed} 个按以前一次抽取" in told
    other = Frame(frame.levels[:2], table.drop_columns(["household_id", "household_class", "persons"]))
    assert "被排除" not in "\n".join(decided(manifest, other, "zh"))  # another list: nothing of it is counted


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_chosen_unit_is_not_called_drawn(frame: Frame, language: str) -> None:
    stage = drawn(design_of(BROKEN + RULES), frame).stages[0]
    told = stage_drawn(stage, language)
    assert str(len(stage.units) - 1) in told and ("另有按判断指定的 1 个" in told or "1 more were chosen" in told)
    without = stage_drawn(drawn(design_of(COUNTIES), frame).stages[0], language)
    assert "10" in without and "判断" not in without and "judgement" not in without
