"""`evalsvc estimate` with a manifest in place of a design gives what the service gives."""

import json

import pytest
import yaml
from click.testing import CliRunner

from evalsvc.cli import main
from evalsvc.results.compute import compute_results


@pytest.fixture(scope="module")
def computed(sources, world):
    return compute_results(sources, world.frame).computed


@pytest.fixture
def folder(tmp_path, sources, computed):
    (tmp_path / "draw-manifest.json").write_text(sources.manifest.to_json(), encoding="utf-8")
    (tmp_path / "answers.csv").write_bytes(computed.answers.to_csv())
    return tmp_path


def estimate(folder, computed, **design):
    plan = {**computed.plan, "design": {"manifest": "draw-manifest.json", **design}}
    (folder / "plan.yaml").write_text(yaml.safe_dump(plan, allow_unicode=True), encoding="utf-8")
    options = ["estimate", str(folder / "plan.yaml"), "--out", str(folder / "results.json"), "--force"]
    return CliRunner().invoke(main, options, env={"LANG": "en_XX.UTF-8"})


def test_a_manifest_stands_for_the_design_that_the_service_writes(folder, computed):
    lonely = computed.plan["design"]["lonely_psu"]
    ended = estimate(folder, computed, weights="weight", lonely_psu=lonely)
    assert ended.exit_code == 0, ended.output
    found = json.loads((folder / "results.json").read_text("utf-8"))["estimates"]
    expected = json.loads(computed.results.to_json())["estimates"]
    assert len(found) == len(expected)
    for row, other in zip(found, expected, strict=True):
        numbers = [name for name, value in other.items() if isinstance(value, float)]
        assert [row[name] for name in numbers] == pytest.approx([other[name] for name in numbers], rel=1e-9)
        rest = other.keys() - {*numbers, "threshold"}
        assert {name: row[name] for name in rest} == {name: other[name] for name in rest}


def test_without_weights_those_of_the_draw_are_taken(folder, computed):
    ended = estimate(folder, computed, lonely_psu="certainty")
    assert ended.exit_code == 0, ended.output
    assert json.loads((folder / "results.json").read_text("utf-8")) != json.loads(computed.results.to_json())


@pytest.mark.parametrize(
    ("design", "words"),
    [
        ({"stages": [{}]}, "design.stages"),
        ({"unit": "house"}, "house"),
        ({"manifest": "other.json"}, "other.json"),
        ({"manifest": 7}, "design.manifest"),
    ],
)
def test_refuses_what_does_not_fit(folder, computed, design, words):
    ended = estimate(folder, computed, **design)
    assert ended.exit_code == 1
    assert words in ended.output


def test_a_missing_household_is_named(folder, computed):
    lines = (folder / "answers.csv").read_bytes().splitlines(keepends=True)
    (folder / "answers.csv").write_bytes(b"".join(lines[:1] + lines[2:]))
    ended = estimate(folder, computed)
    assert ended.exit_code == 1
    assert lines[1].split(b",")[0].decode() in ended.output
