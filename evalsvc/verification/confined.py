"""A stranger's files are checked in a process of their own, within limits: whatever they do, the server goes on.

The process is forked from a helper that has loaded what a check needs (`forkserver` of the standard library), so that
it starts in milliseconds, with nothing of the server in it: no database, no store, no key. The system holds it to its
time and memory, whatever code of whichever library runs wild, and it ends with the helper, which ends with the server.
"""

import multiprocessing
import os
import resource
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from multiprocessing import forkserver
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

from asn1crypto.x509 import Certificate

from evalsvc.bound import end_with_parent
from evalsvc.errors import InvalidError
from evalsvc.verification.archive import Limits
from evalsvc.verification.outcome import Verification
from evalsvc.verification.record import read_outcome, write_outcome

LARGEST_ANSWER = 50_000_000
"""Bytes of an outcome that are read."""
GRACE_SECONDS = 5
"""How much longer the system waits than the server does before it ends a check by itself."""
NICENESS = 5
"""A check yields to what people and their phones wait for."""
OUT_OF_MEMORY = b"\x00"
_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["evalsvc.verification.run"])


@dataclass(frozen=True)
class Confinement:
    """What one check may use."""

    seconds: int
    """By the clock, and of one processor."""
    memory: int
    """Bytes of address space; about a third of it is really used."""
    unpacked: Limits


@dataclass(frozen=True)
class _Files:
    """What was sent."""

    pdf: bytes
    bundle: bytes | None
    logs: Mapping[str, bytes]
    authorities: tuple[bytes, ...] | None
    """Certificates of time-stamping authorities that the service trusts, DER."""


def make_ready() -> None:
    """Start the helper from which checks are forked; it loads in the background, once for this process."""
    forkserver.ensure_running()


def verify_apart(
    pdf: bytes,
    bundle: bytes | None,
    confinement: Confinement,
    logs: Mapping[str, bytes] | None = None,
    authorities: Sequence[Certificate] | None = None,
) -> Verification:
    """Check a report in a process of its own, with copies of the public log by their names.

    Raises
    ------
    InvalidError
        ``verification.too_slow``, ``verification.out_of_memory``, ``verification.broke_off``
    """
    with tempfile.TemporaryDirectory(prefix="evalsvc-check-") as folder:
        receiving, sending = _CONTEXT.Pipe(duplex=False)
        trusted = None if authorities is None else tuple(each.dump() for each in authorities)
        given = (sending, _Files(pdf, bundle, dict(logs or {}), trusted), confinement, folder)
        process = _CONTEXT.Process(target=_check, args=given, daemon=True)
        with receiving:
            try:
                with sending:
                    process.start()
                answer = _answer(receiving, process, confinement)
            finally:
                _end(process)
    if answer == OUT_OF_MEMORY:
        raise InvalidError("verification.out_of_memory", memory=confinement.memory)
    try:
        return read_outcome(answer)
    except (ValueError, TypeError, LookupError, AttributeError) as error:
        raise InvalidError("verification.broke_off", memory=confinement.memory) from error


def _answer(receiving: Connection, process: BaseProcess, confinement: Confinement) -> bytes:
    """Wait for the outcome; a process that is killed at the end of its time, or ends by itself, closes the pipe."""
    started = time.monotonic()
    watch = threading.Timer(confinement.seconds, process.kill)
    watch.start()
    try:
        return receiving.recv_bytes(LARGEST_ANSWER)
    except (EOFError, OSError) as error:
        process.join(GRACE_SECONDS)
        if time.monotonic() - started >= confinement.seconds or process.exitcode == -signal.SIGXCPU:
            raise InvalidError("verification.too_slow", seconds=confinement.seconds) from error
        raise InvalidError("verification.broke_off", memory=confinement.memory) from error
    finally:
        watch.cancel()
        watch.join()


def _end(process: BaseProcess) -> None:
    if process.pid is None:
        return
    if process.is_alive():  # its number may be another's once it has ended
        process.kill()
    process.join()
    process.close()


def _check(sending: Connection, files: _Files, confinement: Confinement, folder: str) -> None:
    """Run the check in the new process, and send its outcome."""
    _confine(confinement, folder)
    try:
        # Loaded in the helper and in its forks alone: the server needs none of what lays out and estimates.
        from evalsvc.verification.run import verify  # noqa: PLC0415

        authorities = None if files.authorities is None else [Certificate.load(each) for each in files.authorities]
        found = verify(files.pdf, files.bundle, logs=files.logs, authorities=authorities, limits=confinement.unpacked)
        answer = write_outcome(found)
    except MemoryError:
        answer = OUT_OF_MEMORY
    sending.send_bytes(answer)


def _confine(confinement: Confinement, folder: str) -> None:
    """Let the system hold this process to its limits, and keep what it writes where the server removes it."""
    end_with_parent(signal.SIGKILL)
    signal.setitimer(signal.ITIMER_REAL, confinement.seconds + GRACE_SECONDS)
    _limit(resource.RLIMIT_CPU, confinement.seconds, confinement.seconds + GRACE_SECONDS)
    _limit(resource.RLIMIT_FSIZE, confinement.unpacked.total)
    _limit(resource.RLIMIT_CORE, 0)
    if sys.platform == "linux":
        _limit(resource.RLIMIT_AS, confinement.memory)
        # Where memory runs out in spite of that, this process goes first, not the server.
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
    os.nice(NICENESS)
    os.chdir(folder)
    tempfile.tempdir = folder


def _limit(kind: int, soft: int, hard: int | None = None) -> None:
    """Set a limit, never above the one that holds already."""
    held = resource.getrlimit(kind)[1]
    most = hard or soft if held == resource.RLIM_INFINITY else min(hard or soft, held)
    resource.setrlimit(kind, (min(soft, most), most))
