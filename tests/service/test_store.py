"""The file store: written once, durable before it is named, checked when it is read."""

import hashlib
import os
import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evalsvc.errors import NotFoundError
from evalsvc.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """An empty store; it needs no database."""
    return Store(tmp_path / "store")


@given(data=st.binary(max_size=300))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None)
def test_what_is_put_comes_back_under_its_hash(store: Store, data: bytes) -> None:
    digest = store.put(data)
    assert digest == hashlib.sha256(data).hexdigest()
    assert store.get(digest) == data
    with store.open(digest) as file:
        assert file.read() == data


def test_a_file_is_put_piece_by_piece_and_only_once(store: Store, tmp_path: Path) -> None:
    source = tmp_path / "large.bin"
    source.write_bytes(os.urandom(300_000))
    digest = store.put_file(source)
    first = store.path(digest).stat()
    assert store.put_file(source) == store.put(source.read_bytes()) == digest
    assert store.path(digest).stat().st_ino == first.st_ino
    assert [path.name for path in store.path(digest).parent.iterdir()] == [digest]


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Every folder and file that is synced, in order."""
    found: list[Path] = []
    real = os.fsync

    def watch(descriptor: int) -> None:
        found.append(Path(f"/proc/self/fd/{descriptor}").readlink())
        real(descriptor)

    monkeypatch.setattr(os, "fsync", watch)
    return found


def test_a_folder_that_another_writer_has_just_made_is_synced_too(store: Store, synced: list[Path]) -> None:
    data = b"the other writer has not come to its sync yet"
    folder = store.directory / hashlib.sha256(data).hexdigest()[:2]
    folder.mkdir()
    store.put(data)
    assert store.directory in synced
    synced.clear()
    store.put(data + b", but this process has")
    store.put(data)
    assert synced.count(store.directory) <= 1


def test_a_new_store_is_named_durably_by_the_folder_above(tmp_path: Path, synced: list[Path]) -> None:
    Store(tmp_path / "deep" / "store")
    assert tmp_path / "deep" in synced


def test_a_write_that_fails_leaves_nothing_behind(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        store.put(b"too much")
    monkeypatch.setattr(os, "fsync", lambda _descriptor: None)
    with pytest.raises(OSError, match="No space left"):
        monkeypatch.setattr("shutil.copyfileobj", lambda *_given: full(0))
        store.put(b"too much")
    assert [path for path in store.directory.rglob("*") if path.is_file()] == []


def test_file_and_folders_are_synced_before_the_hash_is_returned(store: Store, synced: list[Path]) -> None:
    digest = store.put(b"new")
    folder = store.directory / digest[:2]
    part, *folders = synced
    assert (part.parent, folders) == (folder, [folder, store.directory])
    synced.clear()
    store.put(b"new")
    assert synced == [folder], "its writer may still be on the way"


def test_a_damaged_file_is_not_given_out(store: Store) -> None:
    digest = store.put(b"answer: yes")
    store.path(digest).write_bytes(b"answer: no!")
    with pytest.raises(NotFoundError) as caught:
        store.get(digest)
    assert caught.value.code == "store.damaged"


@pytest.mark.parametrize("name", ["0" * 64, "", "../../etc/passwd", "A" * 64, "0" * 63 + "/"])
def test_a_name_that_is_no_hash_of_ours_is_missing(store: Store, name: str) -> None:
    for read in (store.get, store.open, store.path):
        with pytest.raises(NotFoundError) as caught:
            read(name)
        assert caught.value.code == "store.missing"


def test_many_writers_of_the_same_bytes_agree(store: Store) -> None:
    together, found = threading.Barrier(8), []

    def write() -> None:
        together.wait()
        found.append(store.put(b"the same bytes"))

    threads = [threading.Thread(target=write) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 1
    assert store.get(found[0]) == b"the same bytes"


def test_the_store_is_closed_to_other_users(store: Store) -> None:
    digest = store.put(b"private")
    assert store.directory.stat().st_mode & 0o077 == 0
    assert store.path(digest).stat().st_mode & 0o077 == 0
