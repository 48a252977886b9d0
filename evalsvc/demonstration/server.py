"""The service as its own process on a free loopback port, with its own data folder."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from evalsvc.config import PREFIX
from evalsvc.errors import EvalsvcError

START_SECONDS, STOP_SECONDS = 120, 30
COMMAND = (sys.executable, "-c", "from evalsvc.cli import main; main()")
"""`evalsvc`, wherever it is installed."""
BOUND = (sys.executable, "-c", "import evalsvc.demonstration.bound as bound; bound.main()")
"""The same, ended by the system when the demonstration dies before it could end it."""
LOG = "serve.log"


class ServerError(EvalsvcError):
    """Raise when the server does not come up."""


@dataclass(frozen=True)
class Server:
    """A server that has been started, and may still be coming up."""

    url: str
    log: Path
    process: subprocess.Popen[bytes]

    def wait(self) -> None:
        """Wait until it answers.

        Raises
        ------
        ServerError
            ``demonstration.server_failed`` with the last lines of its log.
        """
        deadline = time.monotonic() + START_SECONDS
        while self.process.poll() is None and time.monotonic() < deadline:
            try:
                if httpx.get(f"{self.url}/sign-in", timeout=2, trust_env=False).status_code == httpx.codes.OK:
                    return
            except httpx.TransportError:
                time.sleep(0.1)
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        raise ServerError("demonstration.server_failed", lines="\n".join(lines[-8:]))


def settings_of(data: Path, url: str, database_url: str | None = None) -> dict[str, str]:
    """Return the settings of a service whose data lie in a folder."""
    settings = {
        f"{PREFIX}DATA_DIRECTORY": str(data),
        f"{PREFIX}PUBLIC_URL": url,
        f"{PREFIX}SECURE_COOKIES": "no",
    }
    return settings if database_url is None else settings | {f"{PREFIX}DATABASE_URL": database_url}


def own_settings(settings: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of a process of ours: the caller's, with these settings in place of the caller's own."""
    return {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)} | dict(settings)


def free_port() -> int:
    """Return a loopback port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def started(port: int, settings: Mapping[str, str], logs: Path, options: Sequence[str] = ()) -> Iterator[Server]:
    """Start `evalsvc serve` with these options and end it with the block; other work may go on while it comes up."""
    log = logs / LOG
    with log.open("wb") as file:
        process = subprocess.Popen(  # noqa: S603  (our own command)
            [*BOUND, "serve", "--bind", f"127.0.0.1:{port}", "--no-access-log", *options],
            env=own_settings(settings),
            stdout=file,
            stderr=subprocess.STDOUT,
            # Ctrl-C reaches the demonstration alone, which then ends the server in order.
            start_new_session=True,
        )
    try:
        yield Server(f"http://127.0.0.1:{port}", log, process)
    finally:
        _stop(process)


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End the server and whatever it started: they share one process group of their own."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
