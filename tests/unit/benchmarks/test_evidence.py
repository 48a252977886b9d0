"""The pages of evidence: what stands on them, and the table of all of them."""

import sys
from pathlib import Path

import pytest

from benchmarks import evidence


@pytest.fixture
def study() -> evidence.Study:
    return evidence.Study("stars", "Stars", "How many are there?", "benchmarks.stars", ("numpy",))


def given(pages: Path, *arguments: str):
    return evidence.parser("doc").parse_args([*arguments, "--pages", str(pages)])


def test_a_page_tells_how_its_figures_came_about(study: evidence.Study, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["stars", "--database-url", "postgresql+psycopg://me:secret@host/stars"])
    page = evidence.compose(study, ["## Figures", "Seven."])
    assert page.startswith("# Stars\n\nHow many are there?\n\n")
    assert page.endswith("## Figures\n\nSeven.\n")
    cells = dict(evidence.circumstances(study))
    assert {"Command", "Date", "State", "Machine", "System", "Libraries", "Took"} <= cells.keys()
    assert cells["Command"] == "`.venv/bin/python -m benchmarks.stars --database-url postgresql+psycopg://…@host/stars`"
    assert "numpy" in cells["Libraries"] and "SQLite" in cells["Libraries"]
    assert "secret" not in page


def test_pages_are_listed_with_command_date_and_state(study: evidence.Study, tmp_path: Path) -> None:
    evidence.publish(study, given(tmp_path), ["Seven."])
    other = evidence.Study("moons", "Moons", "And moons?", "benchmarks.moons")
    evidence.publish(other, given(tmp_path), ["One."])
    lines = (tmp_path / "README.md").read_text(encoding="utf-8").splitlines()
    rows = [line for line in lines if line.startswith("| [")]
    assert [row.split("](")[0] for row in rows] == ["| [Moons", "| [Stars"]
    assert "(stars.md)" in rows[1] and "-m benchmarks.stars" in rows[1]
    assert dict(evidence.circumstances(study))["State"] in rows[1]
    assert all(row.count("|") == lines[-4].count("|") for row in rows)


def test_a_short_form_writes_no_page(study: evidence.Study, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    evidence.publish(study, given(tmp_path, "--short"), ["Seven."])
    assert "Seven." in capsys.readouterr().out
    assert list(tmp_path.iterdir()) == []


def test_figures_stand_to_the_right() -> None:
    lines = evidence.table(("what", "how many", "verdict"), [("a|b", 7, "yes"), ("c", "–", "no")]).splitlines()
    assert lines == ["| what | how many | verdict |", "| --- | ---: | --- |", "| a\\|b | 7 | yes |", "| c | – | no |"]


def test_the_state_names_the_commit_that_git_names() -> None:
    assert evidence.state().startswith("commit ") or evidence.state() == "not in a git repository"


def test_times_are_written_for_people() -> None:
    assert [evidence.duration(seconds) for seconds in (0.4, 119, 150)] == ["0 s", "119 s", "2.5 min"]
