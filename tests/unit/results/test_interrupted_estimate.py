"""Long estimates: bars on a terminal only, and nothing half done after Ctrl-C."""

import io
import os

import pytest
import yaml
from click.testing import CliRunner
from rich.console import Console

from evalsvc.cli import main
from evalsvc.results import activity, commands

PLAN = {
    "version": 1,
    "data": "data.csv",
    "design": {"stages": [{}], "weights": "w", "replicates": {"method": "jk1"}},
    "estimates": [{"id": "m", "statistic": "mean", "variables": ["y"]}],
}


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "plan.yaml").write_text(yaml.safe_dump(PLAN), encoding="utf-8")
    (tmp_path / "data.csv").write_text("w,y\n1,2\n1,3\n2,5\n", encoding="utf-8")
    return tmp_path


def call(command, folder, out, *options):
    arguments = [command, str(folder / "plan.yaml"), "--out", str(folder / out), *options]
    return CliRunner().invoke(main, arguments, env={"LANG": "en_XX.UTF-8"})


def interrupted(*_given, **_more):
    raise KeyboardInterrupt


def test_nothing_is_told_of_the_course_in_a_pipe(folder):
    ended = call("estimate", folder, "results.json")
    assert ended.exit_code == 0, ended.output
    assert not any(words in ended.stderr for words in ("making", "estimating", "writing", "%|", "━"))
    assert call("replicates", folder, "weights.csv").stderr == ""


def test_a_terminal_shows_every_activity(monkeypatch):
    screen = io.StringIO()
    monkeypatch.setenv("LANG", "en_XX.UTF-8")
    monkeypatch.delenv("LC_ALL", raising=False)
    monkeypatch.setattr(activity, "Console", lambda **_: Console(file=screen, force_terminal=True, width=100))
    with activity.telling() as tell:
        for name in ("replicates", "weights", "statements", "refits", "files"):
            tell(name, 1, 4)
    assert all(
        words in screen.getvalue()
        for words in (
            *("making replicates", "adjusting replicates", "estimating", "fitting under replicates", "writing files"),
            "25%",
        )
    )


@pytest.mark.parametrize("at", ["run_plan", "write_results"])
def test_an_interrupted_estimate_leaves_no_file(folder, monkeypatch, at):
    before = sorted(folder.iterdir())
    monkeypatch.setattr(commands, at, interrupted)
    ended = call("estimate", folder, "results.json")
    assert ended.exit_code == 130
    assert "interrupted" in ended.stderr
    assert sorted(folder.iterdir()) == before


@pytest.mark.parametrize(("command", "out"), [("estimate", "results.json"), ("replicates", "weights.csv")])
def test_a_file_that_is_replaced_stays_whole_when_writing_is_interrupted(folder, monkeypatch, command, out):
    (folder / out).write_text("old", encoding="utf-8")
    before = sorted(folder.iterdir())
    monkeypatch.setattr(os, "fsync", interrupted)
    assert call(command, folder, out, "--force").exit_code == 130
    assert sorted(folder.iterdir()) == before
    assert (folder / out).read_text(encoding="utf-8") == "old"
    monkeypatch.undo()
    assert call(command, folder, out, "--force").exit_code == 0
    assert (folder / out).read_text(encoding="utf-8") != "old"
