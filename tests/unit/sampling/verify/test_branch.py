"""One county checks its own part of a draw with its own rows."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pytest

from sampling.errors import Complaint
from sampling.frame import Frame, write_frame
from sampling.manifest import Manifest
from sampling.tickets import ticket
from sampling.verify import verify_draw
from tests.unit.sampling.verify.world import (
    COUNTIES,
    EQUAL,
    HEX,
    PROVINCE,
    SHARED,
    SHARED_RESERVES,
    SHARED_SIZES,
    WITHIN,
    branch,
    changed,
    design_of,
    drawn,
    drop_unit,
    set_in,
    wrong,
)


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
        "stage",
        [
            "method: bernoulli, take: 40%",
            "method: bernoulli, take: {each: 3, by: [{when: {kind: x}, take: 5}]}, strata: [kind]",
            "method: poisson, size: {count: household}, take: 6",
        ],
    )
    def test_units_that_are_taken_each_by_itself(self, frame: Frame, tmp_path: Path, stage: str) -> None:
        """Its own villages' chances follow from the stated N or total, so one left out or put in shows."""
        manifest = drawn(design_of(f"stages: [{{name: village, {stage}}}]"), frame)
        ids = [unit.id for unit in manifest.stages[0].units]
        taken, county = ids[0], ids[0][:2]
        path = branch(frame, tmp_path, county)
        findings = verify_draw(manifest, path)
        assert all(finding.ok and finding.complaint is None for finding in findings)
        assert "partial" in {finding.extent for finding in findings}
        assert wrong(changed(manifest, lambda value: value["stages"][0]["units"].pop(0)), path)[:1] == [
            f"stages[0].units {taken}"
        ]
        other = next(f"{county}v{number}" for number in range(4) if f"{county}v{number}" not in ids)
        source = next(unit for unit in manifest.stages[0].units if unit.id == taken)

        def put_in(value: dict[str, Any]) -> None:
            made = ticket(manifest.seed, "village", other)
            stratum = "xy"[int(other[-1]) % 2] if source.stratum else ""
            value["stages"][0]["units"].append({**value["stages"][0]["units"][0], "id": other} | {"ticket": made})
            value["stages"][0]["units"][-1]["stratum"] = stratum

        assert f"stages[0].units[{len(ids)}] {other}" in wrong(changed(manifest, put_in), path)
        assert wrong(changed(manifest, set_in("stages", 0, "units", 0, "probability", value=0.123)), path) != []

    def test_what_a_branch_cannot_show_of_its_own_units_is_told(
        self, frame: Frame, tmp_path: Path, say: Callable[[Complaint], tuple[str, str]]
    ) -> None:
        manifest = drawn(design_of(PROVINCE), frame)
        (found,) = [one for one in verify_draw(manifest, branch(frame, tmp_path, "c0")) if one.complaint is not None]
        assert found.complaint is not None
        assert (found.ok, found.extent, found.complaint.code) == (True, "partial", "draw.taking_not_checked")
        assert "county" in say(found.complaint)[0]

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
