"""Spark runs the same steps: the same hash, the same sample, the same complaints.

Without the extra `spark` there is nothing to try, which is said; a run under CI=true has to try it.
"""

import importlib.util
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sampling import engine_java, engine_spark
from sampling.commitment import commit, hash_secret
from sampling.design import Design, load_design
from sampling.design_check import check_design
from sampling.draw import run_draw
from sampling.engine import DuckDBEngine, OpenEngine
from sampling.engine_spark import SparkEngine
from sampling.engines import engine_named
from sampling.errors import Complaint, SamplingError
from sampling.frame import Frame, FrameMapping, read_frame, write_frame
from sampling.hashing import sha256_text
from sampling.levels import levels_from_json
from sampling.manifest import Manifest
from sampling.verify import verify_draw

pytestmark = [
    # Spark's own: it leaves the closing of its gateway to the end of the process.
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"),
]

AT = "2026-03-01T08:00:00Z"
SECRET = sha256_text("an invented secret for Spark")
# In the order of code points; UTF-16, and the order of a dictionary, would put them otherwise.
COUNTIES = ("B乙", "a甲", "Å", "￮", "𝄞")
KINDS = ("脱贫村", "其他'村", "c\\d")
CLASSES = ("x ${spark.app.name}", "a", "b'")
LEVELS = [
    {"name": "county", "id": "县代码", "columns": {"区域": "text"}},
    {"name": "village", "id": "village", "columns": {"size": "text", "面积 `亩`": "decimal(2)"}},
    {"name": "household", "id": "id", "columns": {"stratum": "text", "persons": "integer"}},
]
DESIGN = """
version: 1
evaluation: test
draw: 1
frame:
  levels:
    - {name: county, id: 县代码, columns: {区域: text}}
    - {name: village, id: village, columns: {size: text, "面积 `亩`": decimal(2)}}
    - {name: household, id: id, columns: {stratum: text, persons: integer}}
exclude: [{level: household, column: stratum, values: ["x ${spark.app.name}"], reason: 不评}]
stages:
  - {name: county, method: equal, strata: [区域], take: {each: 2}, when_short: take_all}
  - {name: village, method: pps_systematic, order: ORDER, size: SIZE, strata: [size], take: {each: 1},
     when_short: take_all}
  - {name: household, method: equal, strata: [stratum], take: {each: 2, by: [{when: {stratum: "b'"}, take: 1}]},
     reserves: 2, when_short: take_all}
"""


AGAIN = "method: with_replacement, size: {count: household}, take: {each: 5}"


def design_of(order: str, size: str, change: tuple[str, str] = ("", "")) -> Design:
    design = load_design(DESIGN.replace(*change).replace("ORDER", order).replace("SIZE", size)).design
    assert design is not None
    return design


@pytest.fixture(scope="module")
def frame(tmp_path_factory: pytest.TempPathFactory) -> Frame:
    """Five counties with villages and households; some have none below, some texts are missing."""
    rows = ["县代码,区域,village,size,面积 `亩`,id,stratum,persons", "空县,东,,,,,,"]
    for c, county in enumerate(COUNTIES):
        area = "东西"[c % 2]
        rows.append(f"{county},{area},{county}空村,{KINDS[2]},0.05,,,")
        for v in range(6):
            village = f"{county}{'Zaé中'[v % 4]}{v}"
            head = f"{county},{area},{village},{KINDS[v % 3]},{(v + 1) * 1.25}"
            rows += [f"{head},{village}户{h},{CLASSES[h % 3]},{h}" for h in range(7)]
    path = tmp_path_factory.mktemp("spark") / "名册.csv"
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    reading = read_frame(path, FrameMapping(levels_from_json(LEVELS)))
    assert reading.frame is not None, reading.complaints
    return reading.frame


@pytest.fixture(scope="module")
def spark() -> Iterator[OpenEngine]:
    """A real Spark on two threads; its Java compiles quickly rather than well, which suits steps this small."""
    with pytest.MonkeyPatch.context() as surroundings:
        surroundings.setenv("JDK_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1")
        yield engine_named("spark", "local[2]")
        engine_spark.stop()


def drawn(design: Design, frame: Frame, **options: OpenEngine) -> Manifest:
    commitment = commit(design, frame, hash_secret(SECRET), committed_at=AT)  # holds the hash that DuckDB found
    return run_draw(design, frame, commitment, SECRET, None, drawn_at=AT, code_version="test", **options)


def test_the_same_sample(frame: Frame, spark: OpenEngine) -> None:
    design = design_of("ticket", "{count: household}")
    manifest = drawn(design, frame)
    assert drawn(design, frame, engine=spark).to_json() == manifest.to_json()
    kinds = {unit.sample_type for stage in manifest.stages for unit in stage.units}
    assert kinds == {"certainty", "probability", "reserve"}


def test_the_same_sample_below_units_that_were_drawn_several_times(frame: Frame, spark: OpenEngine) -> None:
    often = ("method: pps_systematic, order: ORDER, size: SIZE, strata: [size], take: {each: 1}", AGAIN)
    design = design_of("ticket", "{count: household}", often)
    manifest = drawn(design, frame)
    assert drawn(design, frame, engine=spark).to_json() == manifest.to_json()
    times = {unit.id: unit.times or 0 for unit in manifest.stages[1].units}
    assert max(times.values()) > 1
    households = Counter(unit.parent for unit in manifest.stages[2].units if unit.sample_type != "reserve")
    assert any(households[village] > 3 for village in times)  # one take is of three at most


def test_the_same_check(frame: Frame, spark: OpenEngine, tmp_path: Path) -> None:
    manifest = drawn(design_of("frame", '{column: "面积 `亩`"}'), frame)
    write_frame(frame, tmp_path / "frame.parquet")
    findings = verify_draw(manifest, tmp_path / "frame.parquet", spark)
    assert findings
    assert all(finding.ok for finding in findings), findings


def test_the_same_complaints(frame: Frame, spark: OpenEngine) -> None:
    assert frame.table is not None
    place = frame.table.schema.get_field_index("stratum")
    values = frame.table["stratum"].to_pylist()
    values[3], values[40] = "a\x1fb", ""
    touched = Frame(frame.levels, table=frame.table.set_column(place, "stratum", [values]))
    design = design_of("ticket", "{count: household}", ("take: {each: 2}, when_short: take_all", "take: {each: 20}"))
    found = check_design(design, touched, engine=spark)
    assert found == check_design(design, touched)
    assert {one.code for one in found} >= {"frame.control_character", "frame.empty_text", "design.too_few_units_at_top"}


def test_words_that_differ(frame: Frame, spark: OpenEngine) -> None:
    text = "\\b' ${x} :a ? \" ` -- 中\n"
    for opened in (DuckDBEngine, spark):
        with opened(frame) as engine:
            assert engine.rows(f"SELECT {engine.literal(text)} AS text") == [(text,)]
            engine.load("handed", {"id": ["a", "B"], "n": [1, 2]})
            engine.load("handed", {"id": ["é", "a", "B"], "n": [1, 2, 3]})
            engine.define("sorted", "SELECT id, n FROM handed ORDER BY id")
            assert engine.table("SELECT n FROM sorted ORDER BY id").to_pydict() == {"n": [3, 2, 1]}
            with pytest.raises(Exception, match="no_such_column"):
                engine.define("wrong", "SELECT no_such_column FROM frame")


class TestRefusals:
    """What is missing is said, and what to do."""

    def test_no_spark(
        self, frame: Frame, monkeypatch: pytest.MonkeyPatch, say: Callable[[Complaint], tuple[str, str]]
    ) -> None:
        monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
        with pytest.raises(SamplingError, match="spark_missing") as refused:
            SparkEngine(frame)
        assert refused.value.code == "draw.spark_missing"
        say(Complaint(refused.value.code, details=refused.value.details))

    def test_no_java(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, say: Callable[[Complaint], tuple[str, str]]
    ) -> None:
        old = tmp_path / "bin" / "java"
        old.parent.mkdir()
        old.write_text("#!/bin/sh\necho 'openjdk version \"11.0.2\"' >&2\n", encoding="utf-8")
        old.chmod(0o755)
        monkeypatch.setenv("JAVA_HOME", str(tmp_path))
        monkeypatch.setenv("PATH", "/nowhere")
        assert engine_java.system_java() is None
        monkeypatch.setattr(engine_java, "packaged_java", lambda: None)
        with pytest.raises(SamplingError, match="java_missing") as refused:
            engine_java.java_home.__wrapped__()
        assert refused.value.code == "draw.java_missing"
        say(Complaint(refused.value.code, details=refused.value.details))

    def test_no_such_place(self, frame: Frame, say: Callable[[Complaint], tuple[str, str]]) -> None:
        with pytest.raises(SamplingError, match="spark_failed") as refused:
            SparkEngine(frame, "nonsense")
        assert refused.value.code == "draw.spark_failed"
        say(Complaint(refused.value.code, details=refused.value.details))


def test_a_java_in_the_package() -> None:
    """Where the system has none, the one that the extra brings serves."""
    java = engine_java.packaged_java()
    assert java is not None
    assert engine_java.version_of(java) >= engine_java.OLDEST
    assert engine_java.version_of(Path("/nowhere/java")) == 0
