"""Whole draws: refused when anything is not what was committed, the same for any order of rows, checked twice."""

import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sampling.commitment import Commitment, commit, hash_secret
from sampling.design import Design, load_design
from sampling.draw import draw_stage, run_draw
from sampling.engine import DuckDBEngine
from sampling.errors import Complaint, SamplingError
from sampling.frame import Frame, FrameMapping, read_frame
from sampling.hashing import sha256_text
from sampling.levels import levels_from_json
from sampling.manifest import Manifest

SECRET = sha256_text("an invented secret")
AT = "2026-03-01T08:00:00Z"

LEVELS = [
    {"name": "county", "id": "county_code", "columns": {"region": "text"}},
    {"name": "village", "id": "village_code", "columns": {"kind": "text", "land": "decimal(1)"}},
    # Names that the steps use themselves do no harm.
    {"name": "household", "id": "id", "columns": {"stratum": "text", "size": "integer", "weight": "text"}},
]

HEAD = """
version: 1
evaluation: test
draw: 1
frame:
  levels:
    - {name: county, id: county_code, columns: {region: text}}
    - {name: village, id: village_code, columns: {kind: text, land: decimal(1)}}
    - {name: household, id: id, columns: {stratum: text, size: integer, weight: text}}
"""

DESIGNS = {
    "province": """
stages:
  - {name: county, method: pps_systematic, size: {sum: size}, take: {each: 2}, when_short: take_all}
  - {name: village, method: pps_systematic, strata: [kind], size: {count: household}, when_short: take_all,
     take: {total: 3, minimum: 1}}
  - {name: household, method: equal, strata: [stratum], take: {each: 2}, reserves: 1, when_short: take_all}
""",
    "county strata": """
exclude: [{level: household, column: stratum, values: [c], reason: 不评}]
stages:
  - {name: village, strata: [county_code, kind], method: pps_systematic, size: {column: land}, order: frame,
     take: {each: 1, by: [{when: {kind: y}, take: 2}]}, when_short: take_all}
  - {name: household, strata: [stratum], method: equal, take: {each: 1, by: [{when: {kind: y}, take: 2}]},
     reserves: {each: 0, by: [{when: {stratum: a}, take: 2}]}, when_short: take_all}
""",
    "one stage": """
only: [{level: county, column: region, values: [east]}]
stages:
  - {name: household, strata: [region, stratum], method: equal, when_short: take_all, reserves: {total: 3, minimum: 0},
     take: {total: 6, within: [region], allocation: power, exponent: "0.5", minimum: 1}}
""",
    "methods of tickets": """
purposive: [{level: village, column: village_code, values: [c0v0], reason: 偏远}]
stages:
  - {name: county, method: poisson, size: {sum: size}, take: {each: 2}, when_short: take_all}
  - {name: village, method: pareto, strata: [kind], size: {count: household}, when_short: take_all,
     take: {each: 50%, minimum: 1, maximum: 3}}
  - {name: household, method: bernoulli, strata: [stratum], take: {each: 40%, by: [{when: {stratum: b}, take: all}]},
     when_short: take_all}
""",
    "an earlier draw": f"""
prn_from: {{manifest_sha256: {"a" * 64}, seed: {"b" * 64}, shift: "0.3", stages: [village, household]}}
purposive: [{{level: household, column: stratum, values: [c], reason: 线索}}]
stages:
  - {{name: county, method: systematic, order: frame, take: 67%, when_short: take_all, unannounced: 1}}
  - {{name: village, method: sequential_poisson, size: {{column: land}}, take: {{each: 2}}, when_short: take_all}}
  - {{name: household, method: equal, strata: [stratum], take: {{each: 2}}, reserves: 1, unannounced: 1,
     when_short: take_all}}
""",
    "planned values": """
stages:
  - {name: village, method: equal, strata: [region, kind], when_short: take_all,
     take: {total: 6, within: [region], allocation: neyman, minimum: 1, maximum: 4,
            deviation: {each: "0.14", by: [{when: {kind: y}, value: "0.3"}]}}}
  - {name: household, method: equal, strata: [stratum], when_short: take_all,
     take: {precision: {rate: "0.1", half_width: "0.3", design_effect: "1.5"}, allocation: cost-optimal, minimum: 0,
            deviation: "0.3", cost: {each: "60", by: [{when: {stratum: a}, value: "75.5"}]}}}
""",
    "second phase": f"""
first_phase: {{manifest_sha256: {"a" * 64}, weight: weight}}
stages:
  - {{name: household, method: equal, strata: [stratum], take: {{each: 3}}, when_short: take_all}}
""",
    "unequal households with reserves": """
stages:
  - {name: county, method: equal, take: {each: 2}, when_short: take_all}
  - {name: household, strata: [kind], method: pps_systematic, size: {column: size}, take: {each: 2}, reserves: 2,
     when_short: take_all}
""",
}


def design_of(text: str) -> Design:
    design = load_design(HEAD + text).design
    assert design is not None
    return design


def draw(design: Design, frame: Frame, secret: str = SECRET) -> Manifest:
    commitment = commit(design, frame, hash_secret(secret), committed_at=AT)
    return run_draw(design, frame, commitment, secret, None, drawn_at=AT, code_version="test")


@st.composite
def row_lists(draw_from: st.DrawFn) -> list[str]:
    """A few counties, villages and households, some without children."""
    rows = []
    for c in range(draw_from(st.integers(1, 4))):
        county = f"c{c},{draw_from(st.sampled_from(['east', 'west']))}"
        villages = draw_from(st.integers(0, 4))
        if not villages:
            rows.append(f"{county},,,,,,,")
        for v in range(villages):
            kind, land = draw_from(st.sampled_from("xy")), draw_from(st.integers(0, 90)) / 10
            village = f"{county},c{c}v{v},{kind},{land}"
            households = draw_from(st.integers(0, 6))
            if not households:
                rows.append(f"{village},,,,")
            rows += [
                f"{village},c{c}v{v}h{h},{draw_from(st.sampled_from('abc'))},{draw_from(st.integers(0, 9))},{1 + h / 4}"
                for h in range(households)
            ]
    return rows


def frame_of(rows: list[str], folder: Path) -> Frame:
    path = folder / "frame.csv"
    path.write_text(
        "county_code,region,village_code,kind,land,id,stratum,size,weight\n" + "\n".join(rows) + "\n", encoding="utf-8"
    )
    reading = read_frame(path, FrameMapping(levels_from_json(LEVELS)))
    assert reading.frame is not None, reading.complaints
    return reading.frame


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("frames")


@pytest.mark.parametrize("name", list(DESIGNS))
@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=row_lists(), shuffle=st.integers(0, 2**16))
def test_any_frame_and_order_of_rows(
    folder: Path,
    check_independently: Callable[[Manifest, Frame], list[str]],
    name: str,
    rows: list[str],
    shuffle: int,
) -> None:
    design = design_of(DESIGNS[name])
    frame = frame_of(rows, folder)
    mixed = list(range(len(rows)))
    random.Random(shuffle).shuffle(mixed)
    other = Frame(frame.levels, table=frame.table.take(mixed))  # not sorted as an import would
    try:
        manifest = draw(design, frame)
    except SamplingError as refused:
        # Some of these frames lack a class, a stratum or enough units for the minima: told, never drawn.
        assert refused.code == "draw.design_refused"
        assert refused.complaints
        return
    assert draw(design, other) == manifest
    assert check_independently(manifest, frame) == []
    for stage in manifest.stages:
        for stratum in stage.strata:
            group = [unit for unit in stage.units if (unit.parent, unit.stratum) == (stratum.parent, stratum.stratum)]
            group = [unit for unit in group if unit.sample_type != "purposive"]
            main = [unit for unit in group if unit.sample_type != "reserve"]
            assert all((unit.probability == 1) == (unit.sample_type == "certainty") for unit in main)
            if stratum.method == "equal":
                assert all(unit.probability == len(main) / stratum.population for unit in main)
            assert [unit.order for unit in group] == [None] * len(main) + list(range(1, len(group) - len(main) + 1))


def small_frame(folder: Path) -> Frame:
    rows = [
        f"c{c},{'east' if c < 2 else 'west'},c{c}v{v},{'xy'[v % 2]},{v + 1}.0,c{c}v{v}h{h},{'ab'[h % 2]},{h + 1},1.5"
        for c in range(3)
        for v in range(4)
        for h in range(6)
    ]
    return frame_of(rows, folder)


def test_formats_and_files_draw_the_same(folder: Path, tmp_path: Path) -> None:
    frame = small_frame(folder)
    pq.write_table(frame.table, tmp_path / "other.parquet", row_group_size=7)
    again = read_frame(tmp_path / "other.parquet", FrameMapping(frame.levels)).frame
    assert again is not None
    design = design_of(DESIGNS["province"])
    assert draw(design, again) == draw(design, frame)


def test_weights_are_one_over_the_product(folder: Path) -> None:
    manifest = draw(design_of(DESIGNS["province"]), small_frame(folder))
    above = {unit.id: unit for stage in manifest.stages[:-1] for unit in stage.units}
    for unit in manifest.stages[-1].units:
        if unit.sample_type == "reserve":
            assert unit.weight is None
            continue
        village = above[unit.parent or ""]
        county = above[village.parent or ""]
        assert unit.probability is not None
        assert village.probability is not None
        assert county.probability is not None
        assert unit.weight == 1 / (county.probability * village.probability * unit.probability)


def test_frequencies_of_many_draws_are_the_probabilities(folder: Path) -> None:
    frame = small_frame(folder)
    design = design_of(
        "stages: [{name: village, method: pps_systematic, strata: [county_code], "
        "size: {column: land}, take: {each: 2}}]"
    )
    counts: dict[str, int] = {}
    draws = 150
    with DuckDBEngine(frame) as engine:
        for i in range(draws):
            for unit in draw_stage(engine, design, 0, sha256_text(str(i)), None).units:
                counts[unit.id] = counts.get(unit.id, 0) + 1
    for c in range(3):
        for v in range(4):
            probability = 2 * (v + 1) / 10
            error = (probability * (1 - probability) / draws) ** 0.5
            assert abs(counts.get(f"c{c}v{v}", 0) / draws - probability) < 4 * error


def test_progress_is_told(folder: Path) -> None:
    frame, design = small_frame(folder), design_of(DESIGNS["province"])
    told: list[tuple[str, int, int]] = []
    commitment = commit(design, frame, hash_secret(SECRET), committed_at=AT)
    run_draw(
        design, frame, commitment, SECRET, None, drawn_at=AT, code_version="x", progress=lambda *step: told.append(step)
    )
    assert told == [("frame", 1, 5), ("design", 2, 5), ("county", 3, 5), ("village", 4, 5), ("household", 5, 5)]


UNFIT_VALUES = ["09\u200b", "09 ", " 09", "0  9", "0\t9", "09\n", "0\u00a09", "0\u30009", "\uff10\uff19", "e\u0301"]
UNFIT_VALUES += ["\u8c48\ufe00", "\uf900", "9" * 1001, "\ufeff09", "0\u00ad9", "\u03bf9"]


@pytest.mark.parametrize("value", ["09", "04 07 11 19 26 31 + 09", "红球 04 07", "x" * 1000])
def test_a_public_value_with_one_way_to_write_it(folder: Path, value: str) -> None:
    frame, design = small_frame(folder), design_of(DESIGNS["province"] + "public: {source: s, round: r, form: f}\n")
    commitment = commit(design, frame, hash_secret(SECRET), committed_at=AT)
    assert run_draw(design, frame, commitment, SECRET, value, drawn_at=AT, code_version="x").public_value == value


class TestRefusals:
    """Nothing is drawn unless everything is what was committed."""

    @pytest.fixture
    def refused(
        self, folder: Path, say: Callable[[Complaint], tuple[str, str]]
    ) -> Callable[..., tuple[str, tuple[Complaint, ...]]]:
        frame, design = small_frame(folder), design_of(DESIGNS["province"])

        def attempt(
            *,
            other_design: Design | None = None,
            other_frame: Frame | None = None,
            change: Callable[[Commitment], Commitment] = lambda commitment: commitment,
            secret: str = SECRET,
            public_value: str | None = None,
            committed_design: Design = design,
        ) -> tuple[str, tuple[Complaint, ...]]:
            commitment = change(commit(committed_design, frame, hash_secret(SECRET), committed_at=AT))
            with pytest.raises(SamplingError) as error:
                run_draw(
                    other_design or committed_design,
                    other_frame or frame,
                    commitment,
                    secret,
                    public_value,
                    drawn_at=AT,
                    code_version="test",
                )
            say(Complaint(error.value.code, details=error.value.details))
            return error.value.code, error.value.complaints

        return attempt

    def test_another_design(self, refused: Callable[..., tuple[str, tuple[Complaint, ...]]]) -> None:
        assert refused(other_design=design_of(DESIGNS["one stage"]))[0] == "draw.design_differs"

    def test_another_frame(self, refused: Callable[..., tuple[str, tuple[Complaint, ...]]], tmp_path: Path) -> None:
        other = frame_of(["c1,east,c1v1,x,1,c1v1h1,a,1,2"], tmp_path)
        assert refused(other_frame=other)[0] == "draw.frame_differs"

    def test_another_secret(self, refused: Callable[..., tuple[str, tuple[Complaint, ...]]]) -> None:
        assert refused(secret="0" * 64)[0] == "draw.secret_differs"
        assert refused(secret="short")[0] == "draw.secret_form"

    def test_a_changed_commitment(self, refused: Callable[..., tuple[str, tuple[Complaint, ...]]]) -> None:
        changed = refused(change=lambda one: replace(one, committed={**one.committed, "draw": 2}))
        assert changed[0] == "draw.commitment_hash"

    def test_another_protocol(
        self, refused: Callable[..., tuple[str, tuple[Complaint, ...]]], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("sampling.commitment.PROTOCOL", "evalsvc-draw-0")
        assert refused()[0] == "draw.protocol"

    def test_a_public_value_that_was_not_committed(
        self, refused: Callable[..., tuple[str, tuple[Complaint, ...]]]
    ) -> None:
        assert refused(public_value="04 07")[0] == "draw.public_value"
        public = design_of(DESIGNS["province"] + "public: {source: s, round: r, form: f}\n")
        assert refused(committed_design=public)[0] == "draw.public_value"
        assert refused(committed_design=public, public_value="")[0] == "draw.public_value"

    @pytest.mark.parametrize("value", UNFIT_VALUES, ids=ascii)
    def test_a_public_value_with_more_than_one_way_to_write_it(
        self, refused: Callable[..., tuple[str, tuple[Complaint, ...]]], value: str
    ) -> None:
        public = design_of(DESIGNS["province"] + "public: {source: s, round: r, form: f}\n")
        assert refused(committed_design=public, public_value=value)[0] == "draw.public_value_text"

    def test_a_design_that_the_frame_cannot_satisfy(
        self, refused: Callable[..., tuple[str, tuple[Complaint, ...]]]
    ) -> None:
        code, complaints = refused(
            committed_design=design_of("stages: [{name: county, method: equal, take: {each: 9}}]")
        )
        assert code == "draw.design_refused"
        assert [one.code for one in complaints] == ["design.too_few_units_at_top"]


def test_files_of_a_commitment(folder: Path, say: Callable[[Complaint], tuple[str, str]]) -> None:
    commitment = commit(design_of(DESIGNS["one stage"]), small_frame(folder), hash_secret(SECRET), committed_at=AT)
    assert Commitment.from_json(commitment.to_json()) == commitment
    for read, code in (
        (Commitment.from_json, "draw.commitment_unreadable"),
        (Manifest.from_json, "draw.manifest_unreadable"),
    ):
        with pytest.raises(SamplingError) as refused:
            read('{"committed": {}}')
        assert refused.value.code == code
        assert {one.code for one in refused.value.complaints} >= {"document.missing_key_at_top"} | (
            {"document.unknown_key_at_top"} if code == "draw.manifest_unreadable" else set()
        )
        say(Complaint(refused.value.code, details=refused.value.details))
        for one in refused.value.complaints:
            say(one)


def test_a_time_stamp_goes_along_and_has_to_look_like_one(
    folder: Path, say: Callable[[Complaint], tuple[str, str]]
) -> None:
    """A token passes through commitment and manifest as it is; what it proves is verified elsewhere."""
    token = "MIAGCSqGSIb3DQEHAqCA"
    design, frame = design_of(DESIGNS["one stage"]), small_frame(folder)
    commitment = replace(commit(design, frame, hash_secret(SECRET), committed_at=AT), time_stamp=token)
    manifest = run_draw(design, frame, commitment, SECRET, None, drawn_at=AT, code_version="test")
    for read, text in ((Commitment.from_json, commitment.to_json()), (Manifest.from_json, manifest.to_json())):
        assert read(text).time_stamp == token
        assert read(text.replace(f'"{token}"', "null")).time_stamp is None
        for wrong, code in (('"2026-03-01"', "document.pattern"), ("7", "document.type_string_or_null")):
            with pytest.raises(SamplingError) as refused:
                read(text.replace(f'"{token}"', wrong))
            assert [(one.code, one.column) for one in refused.value.complaints] == [(code, "time_stamp")]
            say(refused.value.complaints[0])
