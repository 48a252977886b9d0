"""What a draw takes from other draws is checked when their manifests are given, and told as not seen when not."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest
from click.testing import CliRunner, Result

from evalsvc.cli import main
from sampling.commitment import commit, hash_secret
from sampling.compare import Finding
from sampling.design import Design, design_text, load_design
from sampling.draw import run_draw
from sampling.errors import Complaint, SamplingError
from sampling.frame import Frame, write_frame
from sampling.hashing import sha256_text
from sampling.levels import Column, Level
from sampling.manifest import Manifest
from sampling.other_draws import OtherDraws
from sampling.verify import verify_draw

Say = Callable[[Complaint], tuple[str, str]]

LEVEL = Level("village", "village_code", (Column("weight", "text"),))
PUBLIC = "public: {source: lottery, round: 'ROUND', form: digits}\n"


def frame_of(weights: dict[str, str]) -> Frame:
    return Frame((LEVEL,), pa.table({"village_code": list(weights), "weight": list(weights.values())}))


VILLAGES = frame_of({f"v{number:03d}": "1" for number in range(100)})


def design_of(number: int, beside: str = "", *, public: bool = True, take: int = 20) -> Design:
    reading = load_design(
        f"version: 1\nevaluation: x\ndraw: {number}\n"
        "frame: {levels: [{name: village, id: village_code, columns: {weight: text}}]}\n"
        f"stages: [{{name: village, method: equal, take: {take}}}]\n"
        f"{PUBLIC.replace('ROUND', str(number)) * public}{beside}"
    )
    assert reading.design is not None, reading.complaints
    return reading.design


def drawn(design: Design, frame: Frame = VILLAGES) -> Manifest:
    secret = f"{design.draw:064x}"
    bound = commit(design, frame, hash_secret(secret), committed_at="2026-03-01T08:00:00Z")
    value = "04 07 11" if design.public.source else None
    return run_draw(design, frame, bound, secret, value, drawn_at="2026-03-02T08:00:00Z", code_version="test")


def following(earlier: Manifest, seed: str | None = None) -> str:
    sha256 = sha256_text(earlier.to_json())
    return f"prn_from: {{manifest_sha256: {sha256}, seed: {seed or earlier.seed}, shift: '0.5'}}"


def findings(folder: Path, manifest: Manifest, frame: Frame = VILLAGES, **others: str) -> list[Finding]:
    path = folder / "frame.parquet"
    write_frame(frame, path)
    found = verify_draw(manifest, path, others=OtherDraws(**others))
    return [each for each in found if each.place in ("stages[0].tickets", "stages[0].weights")]


def codes(found: list[Finding], say: Say) -> list[tuple[bool, str, str]]:
    for each in found:
        if each.complaint is not None:
            say(each.complaint)
    return [(each.ok, each.extent, each.complaint.code if each.complaint else "") for each in found]


def test_an_earlier_draw_is_seen_only_with_its_manifest(tmp_path: Path, say: Say) -> None:
    first = drawn(design_of(1))
    second = drawn(design_of(2, following(first)))
    assert codes(findings(tmp_path, second), say) == [(True, "partial", "draw.earlier_not_shown")]
    assert codes(findings(tmp_path, second, earlier=first.to_json()), say) == [(True, "full", "")]
    other = drawn(design_of(3)).to_json()
    assert codes(findings(tmp_path, second, earlier=other), say) == [(False, "full", "draw.earlier_differs")]


def test_a_seed_that_no_draw_had_is_found(tmp_path: Path, say: Say) -> None:
    first = drawn(design_of(1))
    picked = drawn(design_of(2, following(first, "ab" * 32)))
    assert codes(findings(tmp_path, picked, earlier=first.to_json()), say) == [(False, "full", "draw.earlier_seed")]
    # An earlier manifest whose own seed does not follow from its commitment is none either.
    forged = replace(first, seed="ab" * 32)
    follower = drawn(design_of(2, following(forged)))
    assert codes(findings(tmp_path, follower, earlier=forged.to_json()), say) == [(False, "full", "draw.earlier_seed")]
    alone = drawn(design_of(1, public=False))
    second = drawn(design_of(2, following(alone)))
    told = codes(findings(tmp_path, second, earlier=alone.to_json()), say)
    assert told == [(True, "partial", "draw.earlier_without_public")]


def test_a_draw_that_followed_another_cannot_be_followed(tmp_path: Path, say: Say) -> None:
    first = drawn(design_of(1))
    second = drawn(design_of(2, following(first)))
    third = drawn(design_of(3, following(second)))
    found = findings(tmp_path, third, earlier=second.to_json())
    assert codes(found, say) == [(False, "full", "draw.earlier_chained")]
    assert found[0].complaint is not None
    assert first.seed in say(found[0].complaint)[0]


def test_units_and_weights_of_a_first_phase_are_compared(tmp_path: Path, say: Say) -> None:
    first = drawn(design_of(1))
    phase = f"first_phase: {{manifest_sha256: {sha256_text(first.to_json())}, weight: weight}}\n"
    weights = {unit.id: repr(unit.weight) for unit in first.stages[0].units}
    right, design = frame_of(weights), design_of(2, phase, take=5)
    second = drawn(design, right)
    assert codes(findings(tmp_path, second, right), say) == [(True, "partial", "draw.first_phase_not_shown")]
    assert codes(findings(tmp_path, second, right, first_phase=first.to_json()), say) == [(True, "full", "")]
    other = drawn(design_of(3)).to_json()
    told = codes(findings(tmp_path, second, right, first_phase=other), say)
    assert told == [(False, "full", "draw.first_phase_differs")]
    adjusted = frame_of({**weights, next(iter(weights)): "7.5"})
    found = findings(tmp_path, drawn(design, adjusted), adjusted, first_phase=first.to_json())
    assert codes(found, say) == [(True, "partial", "draw.first_phase_adjusted"), (True, "full", "")]
    assert [each.found for each in found] == [1, 19]
    strange = frame_of({**weights, "v999": "5.0"})
    found = findings(tmp_path, drawn(design, strange), strange, first_phase=first.to_json())
    assert codes(found, say)[0] == (False, "full", "draw.first_phase_strangers")


@pytest.mark.parametrize(
    ("name", "code"), [("earlier", "draw.follows_no_draw"), ("first_phase", "draw.no_first_phase")]
)
def test_a_manifest_that_nothing_names_is_refused(tmp_path: Path, name: str, code: str, say: Say) -> None:
    first = drawn(design_of(1))
    with pytest.raises(SamplingError) as error:
        findings(tmp_path, first, **{name: first.to_json()})
    assert error.value.code == code
    say(Complaint(code))


def test_the_command_takes_both_and_says_what_it_did_not_see(tmp_path: Path) -> None:
    first = drawn(design_of(1))
    second = drawn(design_of(2, following(first)))
    for name, manifest in (("first", first), ("second", second)):
        (tmp_path / f"{name}.json").write_text(manifest.to_json(), encoding="utf-8")
    write_frame(VILLAGES, tmp_path / "frame.parquet")
    command = ["draw", "verify", str(tmp_path / "second.json"), "--frame", str(tmp_path / "frame.parquet")]
    without = CliRunner().invoke(main, command)
    assert without.exit_code == 0 and "◐ 行政村一级" in without.output and "--earlier" in without.output
    whole = CliRunner().invoke(main, [*command, "--earlier", str(tmp_path / "first.json")])
    assert whole.exit_code == 0 and "✓ 行政村一级" in whole.output
    refused = CliRunner().invoke(main, [*command, "--first-phase", str(tmp_path / "first.json")])
    assert refused.exit_code == 1 and "不是两相抽样" in refused.output


def test_a_chain_is_refused_before_anything_is_committed(tmp_path: Path) -> None:
    first = drawn(design_of(1))
    second = drawn(design_of(2, following(first)))
    (tmp_path / "second.json").write_text(second.to_json(), encoding="utf-8")
    write_frame(VILLAGES, tmp_path / "frame.parquet")
    design = tmp_path / "design.yaml"

    def told(beside: str) -> Result:
        design.write_text(design_text(design_of(3, beside)), encoding="utf-8")
        command = ["design", "check", str(design), "--frame", str(tmp_path / "frame.parquet")]
        return CliRunner().invoke(main, [*command, "--earlier", str(tmp_path / "second.json")])

    chained = told(following(second))
    assert chained.exit_code == 1 and first.seed in "".join(chained.output.replace("│", "").split())
    assert told(following(first)).exit_code == 1  # another manifest than the one given
    (tmp_path / "second.json").write_text(first.to_json(), encoding="utf-8")
    assert told(following(first)).exit_code == 0
