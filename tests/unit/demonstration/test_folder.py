import sqlite3

import pytest

from evalsvc.demonstration.folder import MARK, prepared
from evalsvc.errors import ConflictError, InvalidError


def run(wanted, text):
    with prepared(wanted) as folder:
        (folder.work / "result").write_text(text)
    return folder


def test_a_run_stands_only_when_it_is_done(tmp_path):
    wanted = tmp_path / "deep" / "out"
    with prepared(wanted) as folder:
        (folder.work / "result").write_text("1")
        assert not wanted.exists()
    assert (wanted / "result").read_text() == "1"
    assert sorted(path.name for path in wanted.parent.iterdir()) == ["out"]
    assert not folder.replaces and not folder.started_anew


def test_an_interrupted_run_leaves_the_finished_one_alone(tmp_path):
    wanted = tmp_path / "out"
    run(wanted, "1")
    with pytest.raises(KeyboardInterrupt), prepared(wanted) as folder:
        assert folder.replaces
        (folder.work / "result").write_text("half")
        raise KeyboardInterrupt
    assert (wanted / "result").read_text() == "1"
    assert not folder.work.exists()
    assert run(wanted, "2").replaces
    assert (wanted / "result").read_text() == "2"


def test_the_remains_of_a_killed_run_are_removed_and_said(tmp_path):
    remains = tmp_path / ".out.unfinished"
    remains.mkdir()
    (remains / "half").touch()
    assert run(tmp_path / "out", "1").started_anew
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [MARK, "result"]


def test_a_run_killed_while_the_folders_change_places_loses_nothing(tmp_path):
    run(tmp_path / "out", "1")
    (tmp_path / "out").rename(tmp_path / ".out.previous")
    with pytest.raises(KeyboardInterrupt), prepared(tmp_path / "out"):
        raise KeyboardInterrupt
    assert (tmp_path / "out" / "result").read_text() == "1"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_folder_of_somebody_else_is_never_replaced(tmp_path, monkeypatch):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.txt").touch()
    with pytest.raises(InvalidError) as error:
        run(tmp_path / "out", "1")
    assert error.value.code == "demonstration.folder_not_ours"
    (tmp_path / "file").touch()
    with pytest.raises(InvalidError):
        run(tmp_path / "file", "1")
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    with pytest.raises(InvalidError):
        run(tmp_path / "empty", "1")
    monkeypatch.chdir(tmp_path)
    run(tmp_path / "empty", "1")
    assert (tmp_path / "out" / "thesis.txt").exists()


def test_two_runs_for_one_folder_do_not_meet(tmp_path):
    with prepared(tmp_path / "out"), pytest.raises(ConflictError) as error:
        run(tmp_path / "out", "2")
    assert error.value.code == "demonstration.running"


def test_a_folder_whose_service_runs_is_not_replaced(tmp_path):
    run(tmp_path / "out", "1")
    (tmp_path / "out" / "service").mkdir()
    serving = sqlite3.connect(tmp_path / "out" / "service" / "evalsvc.sqlite3", isolation_level=None)
    serving.execute("PRAGMA journal_mode = WAL")
    serving.execute("CREATE TABLE kept (id INTEGER)")
    with pytest.raises(ConflictError) as error:
        run(tmp_path / "out", "2")
    assert error.value.code == "demonstration.served"
    assert (tmp_path / "out" / "service").is_dir()
    serving.close()
    run(tmp_path / "out", "2")
    assert not (tmp_path / "out" / "service").exists()
