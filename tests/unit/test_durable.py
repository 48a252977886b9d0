"""Files on disk: whole or absent, never over another, synced before anybody is told."""

import os
import stat

import pytest

from evalsvc import durable
from evalsvc.config import read_config
from evalsvc.errors import InvalidError
from evalsvc.text_files import read_text


def test_a_new_file_is_whole_or_absent(tmp_path, monkeypatch):
    path = tmp_path / "secret.json"

    def full(_descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        durable.write_new(path, b"half", private=True)
    assert list(tmp_path.iterdir()) == []


def test_a_new_file_never_takes_the_place_of_another(tmp_path):
    path = tmp_path / "secret.json"
    durable.write_new(path, b"first", private=True)
    with pytest.raises(FileExistsError):
        durable.write_new(path, b"second")
    assert [each.name for each in tmp_path.iterdir()] == ["secret.json"]
    assert (path.read_bytes(), stat.S_IMODE(path.stat().st_mode)) == (b"first", 0o600)


def test_files_and_their_names_are_synced(tmp_path, monkeypatch):
    synced, real = [], os.fsync

    def watch(descriptor):
        synced.append(stat.S_ISDIR(os.fstat(descriptor).st_mode))
        real(descriptor)

    monkeypatch.setattr(os, "fsync", watch)
    durable.write_new(tmp_path / "a", b"1")
    durable.append(tmp_path / "log", b"1\n")
    durable.append(tmp_path / "log", b"2\n")
    read_config({"EVALSVC_DATA_DIRECTORY": str(tmp_path / "data")})
    assert synced == [False, True] * 4
    assert (tmp_path / "log").read_bytes() == b"1\n2\n"


def test_text_is_read_as_editors_save_it(tmp_path):
    path = tmp_path / "design.yaml"
    for encoding in ("utf-8", "utf-8-sig", "gb18030"):
        path.write_text("title: 四县退出评估抽样方案\n", encoding=encoding)
        assert read_text(path) == "title: 四县退出评估抽样方案\n"
    path.write_bytes(b"version: 1\n\xff\xfe\xfd\n")
    with pytest.raises(InvalidError) as caught:
        read_text(path)
    assert (caught.value.code, caught.value.details) == ("file.not_text", {"file": "design.yaml", "row": 2})
