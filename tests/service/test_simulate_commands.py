"""Simulations on a terminal: tables, JSON, going on after a stop, and what cannot be simulated."""

import json
import re

import pytest
from click.testing import CliRunner

from evalsvc.cli import main
from evalsvc.draws import simulating
from sampling.frame import write_frame
from sampling.simulate import Simulator
from tests.unit.simulate.small_world import DESIGN, RATES, frame


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("simulation")
    write_frame(frame(villages=16, households=20), made / "frame.parquet")
    (made / "design.yaml").write_text(DESIGN, encoding="utf-8")
    (made / "rates.yaml").write_text(RATES, encoding="utf-8")
    return made


def invoke(folder, *arguments, rates="rates.yaml"):
    common = ("--frame", folder / "frame.parquet", "--rates", folder / rates)
    given = ["design", "simulate", folder / "design.yaml", *common, *arguments]
    return CliRunner().invoke(main, [str(each) for each in given])


def simulated(folder, *arguments):
    ended = invoke(folder, *arguments, "--json")
    assert ended.exit_code == 0, ended.output
    return json.loads(ended.stdout)


def test_precision_coverage_and_verdicts_are_printed(folder):
    told = invoke(folder, "--runs", 4)
    assert told.exit_code == 0, told.output
    assert all(
        words in told.stdout
        for words in ("共 4 次模拟", "各域的精度", "各种结论的机会", "总量", "不能判定", "真值固定")
    )
    # On 80 columns no figure is broken: its error stands in a line of its own.
    assert "│" not in told.stdout
    assert re.search(r"  ±\d+\.\d\d ", told.stdout)
    assert re.search(r" \d+\.\d %  ", told.stdout)
    as_data = simulated(folder, "--runs", 4)
    rates = [each for each in as_data["domains"] if each["quantity"]["kind"] == "rate"]
    assert {each["quantity"]["domain"]["county_code"] for each in rates} == {"990101", "990102"}
    assert all(sum(share["count"] for share in each["verdicts"].values()) == 4 for each in rates)
    assert (as_data["runs"], as_data["asked"], as_data["interrupted"]) == (4, 4, False)


def test_a_stopped_simulation_goes_on_and_ends_as_if_it_had_not_been_stopped(folder, monkeypatch):
    state = folder / "state.jsonl"
    whole = simulated(folder, "--runs", 6)
    real, done = Simulator.run, []

    def stop_after_two(simulator, number):
        if len(done) == 2:
            raise KeyboardInterrupt
        done.append(number)
        return real(simulator, number)

    with monkeypatch.context() as patched:
        patched.setattr(Simulator, "run", stop_after_two)
        stopped = invoke(folder, "--runs", 6, "--state", state, "--json")
    assert (stopped.exit_code, json.loads(stopped.stdout)["runs"]) == (130, 2)
    assert "已停下" in stopped.stderr
    state.write_text(state.read_text(encoding="utf-8") + "[2,240,", encoding="utf-8")  # the machine went down
    resumed = simulated(folder, "--runs", 6, "--state", state)
    assert (resumed.pop("kept"), whole.pop("kept")) == (2, 0)
    assert resumed == whole
    assert simulated(folder, "--runs", 6, "--state", state)["kept"] == 6
    assert simulated(folder, "--runs", 3, "--state", state)["runs"] == 3


def test_a_state_of_another_simulation_is_left_alone(folder):
    state = folder / "other.jsonl"
    simulated(folder, "--runs", 2, "--state", state)
    before = state.read_bytes()
    for arguments in (("--seed", "2"), ("--runs", 3, "--seed", "种子")):
        refused = invoke(folder, *arguments, "--state", state)
        assert (refused.exit_code, "另一次模拟" in refused.stderr) == (1, True), refused.output
    state.write_bytes(b"not a state\n")
    assert invoke(folder, "--state", state).exit_code == 1
    assert state.read_bytes() == b"not a state\n"
    assert before


def test_every_run_is_on_disk_before_the_next(folder, monkeypatch):
    state = folder / "lines.jsonl"
    seen = []
    monkeypatch.setattr(
        simulating,
        "_add",
        lambda path, line: (seen.append(path.read_text(encoding="utf-8").count("\n")), _add(path, line)),
    )
    simulated(folder, "--runs", 3, "--state", state)
    assert seen == [1, 2, 3]


_add = simulating._add


def test_faulty_rates_and_designs_are_told_at_once(folder):
    (folder / "wrong.yaml").write_text(RATES.replace("[county_code]", "[county, klass]"), encoding="utf-8")
    refused = invoke(folder, rates="wrong.yaml")
    assert refused.exit_code == 1
    assert all(words in refused.stderr for words in ("by[0]", "by[1]", "没有模拟"))
    (folder / "value.yaml").write_text(RATES.replace("[脱贫户]", "[脱贫湖]"), encoding="utf-8")
    refused = invoke(folder, "--json", rates="value.yaml")
    assert [each["code"] for each in json.loads(refused.stdout)["complaints"]] == ["rates.unknown_value"]
    (folder / "wrong-design.yaml").write_text(DESIGN.replace("take: {each: 5}", "take: {each: 99}"), encoding="utf-8")
    common = ("--frame", folder / "frame.parquet", "--rates", folder / "rates.yaml")
    ended = CliRunner().invoke(main, ["design", "simulate", *map(str, (folder / "wrong-design.yaml", *common))])
    assert ended.exit_code == 1
