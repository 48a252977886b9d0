"""Verification says exactly where a manifest differs, with the whole frame or with one county's branch."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from sampling.commitment import commit, hash_secret, seed_of
from sampling.design import Design, load_design
from sampling.design_check import check_design
from sampling.draw import run_draw
from sampling.engine import DuckDBEngine
from sampling.errors import Complaint, SamplingError
from sampling.frame import Frame, FrameMapping, open_frame, read_frame, write_frame
from sampling.frame_text import check_frame_text
from sampling.hashing import sha256_json, sha256_text
from sampling.manifest import Manifest
from sampling.verify import committed_object, verify_draw

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


@pytest.fixture(scope="module")
def manifest(frame: Frame) -> Manifest:
    return drawn(design_of(COUNTIES), frame)


def changed(manifest: Manifest, change: Callable[[dict[str, Any]], None]) -> Manifest:
    value = json.loads(manifest.to_json())
    change(value)
    return Manifest.from_json(json.dumps(value))


def wrong(manifest: Manifest, path: Path) -> list[str]:
    return [finding.place for finding in verify_draw(manifest, path) if not finding.ok]


def test_a_sound_draw(manifest: Manifest, whole: Path) -> None:
    findings = verify_draw(manifest, whole)
    assert all(finding.ok for finding in findings)
    assert all(finding.extent == "full" for finding in findings)
    places = [finding.place for finding in findings]
    for place in ("protocol", "commitment", "seed", "frame", "design", "frame ids", "stages[1].units household"):
        assert place in places


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

TAMPERED: list[tuple[str, Callable[[dict[str, Any]], None], list[str]]] = [
    ("weight", set_in("stages", 1, "units", 3, "weight", value=9.5), ["stages[1].units[3].weight {h3}"]),
    ("probability", set_in("stages", 0, "units", 1, "probability", value=0.5), ["stages[0].units[1].probability {v1}"]),
    ("ticket", set_in("stages", 1, "units", 0, "ticket", value=HEX), ["stages[1].units[0].ticket {h0}"]),
    ("order", set_in("stages", 1, "units", 2, "order", value=2), ["stages[1].units[2].order {h2}"]),
    (
        "sample type",
        set_in("stages", 0, "units", 0, "sample_type", value="certainty"),
        ["stages[0].units[0].sample_type {v0}"],
    ),
    ("id", set_in("stages", 1, "units", 0, "id", value="c0v9h00"), ["stages[1].units[0].id c0v9h00"]),
    ("parent", set_in("stages", 1, "units", 0, "parent", value="c4v3"), ["stages[1].units[0].parent {h0}"]),
    ("population", set_in("stages", 1, "strata", 0, "population", value=99), ["stages[1].strata[0].population {s0}"]),
    (
        "joint method",
        set_in("stages", 0, "strata", 0, "joint_method", value="brewer"),
        ["stages[0].strata[0].joint_method :c0"],
    ),
    ("dropped unit", drop_unit, ["stages[1].units {h4}", "stages[1].units household"]),
    ("swapped units", swap_units, ["stages[1].units[0]"]),
    ("appended unit", append_unit, ["stages[1].units[{n}] chosen", "stages[1].units household"]),
    ("dropped stratum", drop_stratum, ["stages[0].strata :c2"]),
    ("stage name", set_in("stages", 1, "name", value="hamlet"), ["stages"]),
    ("title", set_in("design", "title", value="another"), ["commitment"]),
    ("evaluation", set_in("evaluation", value="other"), ["evaluation", "commitment"]),
    (
        "committed late",
        set_in("committed_at", value="2026-03-09T08:00:00Z"),
        ["committed_at", *(f"frames[{i}].committed_at" for i in range(6))],
    ),
    ("no such day", set_in("drawn_at", value="2026-02-31T08:00:00Z"), ["committed_at"]),
    ("secret", set_in("secret", value="0" * 64), ["commitment", "seed"]),
    ("seed", set_in("seed", value="0" * 64), ["seed"]),
    ("commitment", set_in("commitment", value="0" * 64), ["commitment"]),
    ("public value", set_in("public_value", value="1"), ["public_value", "seed"]),
    ("public source", set_in("public_source", value="s"), ["public_source", "public_value", "commitment"]),
    ("protocol", set_in("protocol", value="other"), ["protocol", "commitment"]),
    ("a county's hash", set_in("frames", 2, "sha256", value=HEX), ["commitment", "frames[2] c1"]),
    ("the frame's hash", set_in("frames", 0, "sha256", value=HEX), ["commitment", "frame"]),
    ("a frame's stage", set_in("frames", 1, "stage", value="household"), ["commitment", "frames[1].stage"]),
    ("a county renamed", set_in("frames", 1, "parent", value="c9"), ["commitment", "frames c0", "frames[1] c9"]),
]


@pytest.mark.parametrize(("change", "places"), [case[1:] for case in TAMPERED], ids=[case[0] for case in TAMPERED])
def test_one_changed_line_is_the_one_named(
    manifest: Manifest, whole: Path, change: Callable[[dict[str, Any]], None], places: list[str]
) -> None:
    households, villages = manifest.stages[1].units, manifest.stages[0].units
    first = manifest.stages[1].strata[0]
    names = {f"h{i}": households[i].id for i in range(5)} | {f"v{i}": villages[i].id for i in range(2)}
    names |= {"s0": f"{first.parent}:{first.stratum}", "n": str(len(households))}
    assert wrong(changed(manifest, change), whole) == [place.format(**names) for place in places]


@pytest.mark.parametrize("value", ["09\u200b", "09 ", "", "0\u30009"], ids=ascii)
def test_a_public_value_that_could_be_written_in_other_ways(
    frame: Frame, whole: Path, value: str, check_independently: Callable[[Manifest, Frame], list[str]]
) -> None:
    """An institute that knows the round could else choose among seeds by what nobody sees."""
    design = design_of("public: {source: s, round: r, form: f}" + COUNTIES)
    commitment = commit(design, frame, hash_secret(SECRET), committed_at=COMMITTED)
    sound = run_draw(design, frame, commitment, SECRET, "09", drawn_at=DRAWN, code_version="test")
    assert wrong(sound, whole) == check_independently(sound, frame) == []
    chosen = changed(sound, set_in("public_value", value=value))
    chosen = changed(chosen, set_in("seed", value=seed_of(commitment.commitment, SECRET, value)))
    findings = [finding for finding in verify_draw(chosen, whole) if not finding.ok]
    assert findings[0].place == "public_value"
    assert str(findings[0].found).startswith("draw.public_value_text")
    assert "public value" in check_independently(chosen, frame)


def test_a_design_that_is_none(manifest: Manifest, whole: Path) -> None:
    tampered = changed(manifest, set_in("design", "stages", 0, "method", value="by hand"))
    assert wrong(tampered, whole) == ["commitment", "design.stages[0].method"]
    short = changed(manifest, lambda value: value["design"].pop("title"))
    assert wrong(short, whole) == ["commitment", "design"]


def test_another_frame_names_the_county_and_the_units(manifest: Manifest, frame: Frame, tmp_path: Path) -> None:
    table = frame.table
    assert table is not None
    less = table.filter(pc.not_equal(table["household_id"], "c3v1h00"))
    write_frame(Frame(frame.levels, table=less), tmp_path / "frame.parquet")
    places = wrong(manifest, tmp_path / "frame.parquet")
    assert places[:2] == ["frame", "frames[4] c3"]
    assert any(place.startswith("stages[0].strata[3].total_size") for place in places)
    assert not any("c1" in place for place in places)


def test_a_frame_that_lists_a_unit_twice(frame: Frame, tmp_path: Path) -> None:
    # An institute could commit such a frame; that it was committed does not make it sound.
    table = frame.table
    assert table is not None
    twice = Frame(frame.levels, table=table.take([*range(table.num_rows), 0]))
    write_frame(twice, tmp_path / "frame.parquet")
    assert "frame household" in wrong(drawn(design_of(COUNTIES), twice), tmp_path / "frame.parquet")


def with_value(frame: Frame, column: str, place: int, value: str) -> Frame:
    table = frame.table
    assert table is not None
    values = table[column].to_pylist()
    values[place] = value
    position = table.column_names.index(column)
    return Frame(frame.levels, table=table.set_column(position, column, pa.array(values, pa.string())))


UNBOUND = [
    ("county", "县\x1fc0", "frame.control_character"),
    ("household_id", "c0v0h\x9f", "frame.control_character"),
    ("household_class", "", "frame.empty_text"),
    ("village_code", "", "frame.empty_text"),
]


@pytest.mark.parametrize(("column", "value", "code"), UNBOUND, ids=[f"{one[0]} {one[2]}" for one in UNBOUND])
def test_a_frame_with_text_that_its_hash_cannot_bind(
    frame: Frame,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    say: Callable[[Complaint], tuple[str, str]],
    check_independently: Callable[[Manifest, Frame], list[str]],
    column: str,
    value: str,
    code: str,
) -> None:
    """A frame made by other means than an import: not committed, not drawn from, not verified."""
    unbound = with_value(frame, column, 2, value)
    write_frame(unbound, tmp_path / "frame.parquet")
    opened = open_frame(tmp_path / "frame.parquet")
    design = design_of(COUNTIES)
    for complaint in (check_design(design, opened)[0], refusal(commit, design, opened, hash_secret(SECRET))[0]):
        assert (complaint.code, complaint.file, complaint.row, complaint.column) == (code, "frame.parquet", 4, column)
        assert "\x1f" not in "".join(say(complaint))
    with monkeypatch.context() as earlier:  # an institute that commits by a program of its own
        earlier.setattr("sampling.commitment.check_frame_text", lambda *_: [])
        commitment = commit(design, opened, hash_secret(SECRET), committed_at=COMMITTED)
    options = {"drawn_at": DRAWN, "code_version": "test"}
    assert code in {one.code for one in refusal(run_draw, design, opened, commitment, SECRET, None, **options)}
    with monkeypatch.context() as earlier:
        earlier.setattr("sampling.draw.check_frame_text", lambda *_: [])
        earlier.setattr("sampling.draw.check_design_on", lambda *_: [])
        manifest = run_draw(design, opened, commitment, SECRET, None, drawn_at=DRAWN, code_version="test")
    places = wrong(manifest, tmp_path / "frame.parquet")
    assert {f"frame {column} row 4", "frame text"} <= set(places)
    if column == "household_class":  # elsewhere the ids no longer make a tree
        assert check_independently(manifest, unbound)[0] == f"text {column}"


def refusal(act: Callable[..., object], *given: object, **named: object) -> tuple[Complaint, ...]:
    """The complaints with which an act is refused."""
    named = named or {"committed_at": COMMITTED}
    with pytest.raises(SamplingError) as refused:
        act(*given, **named)
    assert refused.value.code == "draw.design_refused"
    return refused.value.complaints


def test_many_texts_of_one_kind_are_counted(frame: Frame, tmp_path: Path) -> None:
    table = frame.table
    assert table is not None
    rows = pa.concat_tables([table] * 8)
    position = rows.column_names.index("household_class")
    emptied = rows.set_column(position, "household_class", pa.array([""] * rows.num_rows, pa.string()))
    with DuckDBEngine(Frame(frame.levels, table=emptied)) as engine:
        complaints = check_frame_text(engine, frame)
    assert len(complaints) == 1001
    assert complaints[-1].code == "frame.more_of_the_same"
    assert complaints[-1].details["count"] == rows.num_rows - 1000


def test_no_frame_and_other_levels(manifest: Manifest, frame: Frame, tmp_path: Path) -> None:
    assert wrong(manifest, tmp_path / "none.parquet") == ["frame"]
    upper = Frame(frame.levels[:1], table=frame.table)
    write_frame(upper, tmp_path / "frame.parquet")
    assert "levels" in wrong(manifest, tmp_path / "frame.parquet")


def test_a_rewritten_draw_shows_its_new_commitment(manifest: Manifest, whole: Path) -> None:
    """Who changes the design and all that follows cannot keep the commitment that was published, nor the tickets."""

    def rewrite(value: dict[str, Any]) -> None:
        value["design"]["title"] = "another"

    tampered = changed(manifest, rewrite)
    commitment = sha256_json(committed_object(tampered))
    assert commitment != manifest.commitment
    again = changed(tampered, set_in("commitment", value=commitment))
    assert seed_of(commitment, SECRET, None) != manifest.seed
    assert wrong(changed(again, set_in("seed", value=seed_of(commitment, SECRET, None))), whole)


class TestBranch:
    """One county checks its own part with its own rows."""

    @pytest.mark.parametrize("text", [COUNTIES, PROVINCE, EQUAL], ids=["county strata", "province", "equal counties"])
    @pytest.mark.parametrize("county", ["c0", "c3"])
    def test_a_sound_draw(self, frame: Frame, tmp_path: Path, text: str, county: str) -> None:
        findings = verify_draw(drawn(design_of(text), frame), branch(frame, tmp_path, county))
        assert [finding for finding in findings if not finding.ok] == []
        assert any(finding.place.startswith("frames[") and finding.place.endswith(county) for finding in findings)
        assert {finding.extent for finding in findings} == ({"full"} if text == COUNTIES else {"full", "partial"})

    @pytest.mark.parametrize(
        ("change", "places"),
        [
            (set_in("stages", 0, "units", 0, "probability", value=0.123), ["stages[0].units[0].probability {v0}"]),
            (set_in("stages", 0, "strata", 0, "population", value=9), ["stages[0].strata[0].population :c0"]),
            (set_in("stages", 1, "units", 0, "id", value="c0v9h00"), ["stages[1].units[0].id c0v9h00"]),
            (drop_unit, ["stages[1].units {h4}", "stages[1].units household"]),
            (set_in("frames", 1, "sha256", value=HEX), ["commitment", "frames[1] c0"]),
        ],
    )
    def test_its_own_lines(
        self,
        manifest: Manifest,
        frame: Frame,
        tmp_path: Path,
        change: Callable[[dict[str, Any]], None],
        places: list[str],
    ) -> None:
        names = {"h4": manifest.stages[1].units[4].id, "v0": manifest.stages[0].units[0].id}
        found = wrong(changed(manifest, change), branch(frame, tmp_path, "c0"))
        if places[0].startswith("stages[0].units"):
            # The weights below were made from the probability that should stand there.
            assert found[0] == places[0].format(**names)
        else:
            assert found == [place.format(**names) for place in places]

    def test_other_counties_lines_are_not_its_business(self, manifest: Manifest, frame: Frame, tmp_path: Path) -> None:
        last = len(manifest.stages[1].units) - 1
        assert manifest.stages[1].units[last].parent is not None
        tampered = changed(manifest, set_in("stages", 1, "units", last, "weight", value=1.5))
        assert wrong(tampered, branch(frame, tmp_path, "c0")) == []
        assert wrong(tampered, branch(frame, tmp_path, "c4")) != []

    def test_a_county_that_should_have_been_drawn(self, frame: Frame, tmp_path: Path) -> None:
        manifest = drawn(design_of(EQUAL), frame)
        taken = manifest.stages[0].units[0]

        def forget(value: dict[str, Any]) -> None:
            value["stages"][0]["units"].pop(0)
            value["stages"][1]["units"] = [one for one in value["stages"][1]["units"] if one["parent"] != taken.id]
            value["stages"][1]["strata"] = [one for one in value["stages"][1]["strata"] if one["parent"] != taken.id]

        findings = verify_draw(changed(manifest, forget), branch(frame, tmp_path, taken.id))
        assert [(one.place, one.extent) for one in findings if not one.ok] == [
            (f"stages[0].units {taken.id}", "partial")
        ]

    @pytest.mark.parametrize(
        ("text", "extent"),
        [
            (SHARED.replace("METHOD", "equal"), {"full", "partial"}),
            (SHARED_SIZES, {"full", "partial"}),
            (SHARED_RESERVES, {"full", "partial"}),
            (WITHIN, {"full"}),
        ],
        ids=["equal", "sizes", "reserves", "within the county"],
    )
    def test_a_total_that_counties_share(self, frame: Frame, tmp_path: Path, text: str, extent: set[str]) -> None:
        """How much of a shared total falls to a county depends on the others, whose rows it does not hold."""
        manifest = drawn(design_of(text), frame)
        for county in ("c0", "c3"):
            findings = verify_draw(manifest, branch(frame, tmp_path, county))
            assert [finding for finding in findings if not finding.ok] == []
            assert {finding.extent for finding in findings} == extent
            told = [finding.found for finding in findings if finding.place == "stages[0].take"]
            assert told == ([] if text == WITHIN else ["a total that units beyond the branch share"])

    def test_what_a_shared_total_leaves_to_check(self, frame: Frame, tmp_path: Path) -> None:
        manifest = drawn(design_of(SHARED_SIZES), frame)
        i, stratum = next((i, one) for i, one in enumerate(manifest.stages[0].strata) if one.stratum == "c3")
        for key, value in (("population", stratum.population + 1), ("total_size", 999)):
            forged = changed(manifest, set_in("stages", 0, "strata", i, key, value=value))
            findings = [one for one in verify_draw(forged, branch(frame, tmp_path, "c3")) if not one.ok]
            assert (f"stages[0].strata[{i}].{key} :c3", "partial") in [(one.place, one.extent) for one in findings]
        forged = changed(manifest, set_in("stages", 0, "strata", i, "stratum", value="c9"))
        assert "stages[0].strata :c3" in wrong(forged, branch(frame, tmp_path, "c3"))

    def test_a_county_with_a_forged_chance(self, frame: Frame, tmp_path: Path) -> None:
        manifest = drawn(design_of(PROVINCE), frame)
        i, taken = next((i, one) for i, one in enumerate(manifest.stages[0].units) if one.sample_type == "probability")
        for key, value in (("probability", 0.01), ("ticket", HEX)):
            forged = changed(manifest, set_in("stages", 0, "units", i, key, value=value))
            assert f"stages[0].units[{i}].{key} {taken.id}" in wrong(forged, branch(frame, tmp_path, taken.id))

    def test_a_county_that_takes_no_part(self, frame: Frame, tmp_path: Path) -> None:
        only = "only: [{level: county, column: county_code, values: [c0, c1]}]\n"
        manifest = drawn(design_of(only + COUNTIES), frame)
        findings = verify_draw(manifest, branch(frame, tmp_path, "c4"))
        assert all(finding.ok for finding in findings)
        assert findings[-1].found == 0

    def test_a_changed_row(self, manifest: Manifest, frame: Frame, tmp_path: Path) -> None:
        table = frame.table
        assert table is not None
        own = table.filter(pc.equal(table["county_code"], "c2"))
        write_frame(Frame(frame.levels, table=own.slice(1)), tmp_path / "c2.parquet")
        assert wrong(manifest, tmp_path / "c2.parquet")[0] == "frames[3] c2"


def test_a_manifest_that_is_none() -> None:
    with pytest.raises(SamplingError) as refused:
        Manifest.from_json('{"protocol": 1, "stages": []}')
    codes = [(one.code, one.details.get("key"), one.column) for one in refused.value.complaints]
    assert ("document.missing_key", "commitment", ".") in codes
    assert ("document.wrong_type", None, "protocol") in codes
    assert ("document.out_of_range", None, "stages") in codes
