"""The study of long lists in its short form: both programs read the list that it makes."""

import sys
from pathlib import Path

import pytest

from benchmarks import frame_import


def test_the_short_form_shows_a_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["frame_import", "--short", "--folder", str(tmp_path)])
    frame_import.main()
    page = capsys.readouterr().out
    assert page.count("| 20,000 |") == 2 and "evalsvc frame import" in page
    lines = (tmp_path / "20000.csv").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 20_001
    assert (tmp_path / "frame.parquet").exists() and (tmp_path / "peer.parquet").exists()


def test_a_list_is_the_same_for_the_same_number(tmp_path: Path) -> None:
    for name in ("a.csv", "b.csv"):
        frame_import.write_list(tmp_path / name, 1000)
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()
