"""Verification says exactly which line of a manifest differs."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sampling.commitment import commit, committed_object, hash_secret, seed_of
from sampling.draw import run_draw
from sampling.errors import SamplingError
from sampling.frame import Frame
from sampling.hashing import sha256_json
from sampling.manifest import Manifest
from sampling.verify import verify_draw
from tests.unit.sampling.verify.world import (
    COMMITTED,
    COUNTIES,
    DRAWN,
    HEX,
    SECRET,
    append_unit,
    changed,
    design_of,
    drop_stratum,
    drop_unit,
    set_in,
    swap_units,
    wrong,
)


def test_a_sound_draw(manifest: Manifest, whole: Path) -> None:
    findings = verify_draw(manifest, whole)
    assert all(finding.ok for finding in findings)
    assert all(finding.extent == "full" for finding in findings)
    places = [finding.place for finding in findings]
    for place in ("protocol", "commitment", "seed", "frame", "design", "frame ids", "stages[1].units household"):
        assert place in places


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


def test_a_manifest_that_is_none() -> None:
    with pytest.raises(SamplingError) as refused:
        Manifest.from_json('{"protocol": 1, "stages": []}')
    codes = [(one.code, one.details.get("key"), one.column) for one in refused.value.complaints]
    assert ("document.missing_key_at_top", "commitment", "") in codes
    assert ("document.type_string", None, "protocol") in codes
    assert ("document.too_few", None, "stages") in codes
