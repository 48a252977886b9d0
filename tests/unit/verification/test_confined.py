"""A check in a process of its own: the same outcome, and every way of not getting one."""

import multiprocessing
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from evalsvc.errors import InvalidError
from evalsvc.verification.archive import Limits
from evalsvc.verification.confined import Confinement, verify_apart
from evalsvc.verification.record import read_outcome, write_outcome
from evalsvc.verification.run import verify
from evalsvc.words import sentence

UNPACKED = Limits(total=50_000_000, single=20_000_000)
AMPLE = Confinement(300, 4_000_000_000, UNPACKED)
ENDS_SUDDENLY = """
import os, signal, sys, threading, time
from pathlib import Path
from evalsvc.verification.archive import Limits
from evalsvc.verification.confined import Confinement, verify_apart

def children(pid):
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if int(entry.joinpath("stat").read_text().rsplit(")", 1)[1].split()[1]) == pid:
                    yield int(entry.name)
            except (OSError, IndexError):
                continue

pdf = Path(sys.argv[1]).read_bytes()
limits = Confinement(300, 4_000_000_000, Limits(50_000_000, 20_000_000))
threading.Thread(target=verify_apart, args=(pdf, None, limits), daemon=True).start()
while True:
    below = list(children(os.getpid()))
    checks = [pid for helper in below for pid in children(helper)]
    if checks:
        print(*below, *checks, flush=True)
        os.kill(os.getpid(), getattr(signal, sys.argv[2]))
        time.sleep(60)
    time.sleep(0.05)
"""


def test_the_outcome_is_the_same_as_without_limits(issued):
    name = next(name for name in issued.content if b"<recognition_overall>yes" in issued.content[name])
    bundle = issued.changed(name, b"<recognition_overall>yes", b"<recognition_overall>no")
    expected = verify(issued.pdf, bundle, limits=UNPACKED)
    assert any(step.complaints for step in expected.steps) and expected.figures and expected.signatures
    assert verify_apart(issued.pdf, bundle, AMPLE) == expected
    assert read_outcome(write_outcome(expected)) == expected


def test_what_no_check_can_read_is_an_outcome_too():
    found = verify_apart(b"%PDF-1.7 broken", b"PK broken", AMPLE)
    assert not found.holds


@pytest.mark.parametrize(
    ("confinement", "codes"),
    [
        (Confinement(1, 4_000_000_000, UNPACKED), {"verification.too_slow"}),
        # Where memory ends, Python says so and a library of C may just stop.
        (Confinement(300, 400_000_000, UNPACKED), {"verification.out_of_memory", "verification.broke_off"}),
    ],
)
def test_a_check_ends_at_its_limits_and_says_which(issued, confinement, codes):
    with pytest.raises(InvalidError) as caught:
        verify_apart(issued.pdf, issued.bundle, confinement)
    assert caught.value.code in codes
    assert multiprocessing.active_children() == []
    for language in ("zh", "en"):
        assert "evalsvc verify" in sentence(caught.value.code, caught.value.details, language)


def test_a_check_that_dies_is_told_and_leaves_nothing(issued, monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    codes = []

    def check():
        try:
            verify_apart(issued.pdf, issued.bundle, AMPLE)
        except InvalidError as error:
            codes.append(error.code)

    thread = threading.Thread(target=check)
    thread.start()
    while not multiprocessing.active_children():
        time.sleep(0.01)
    multiprocessing.active_children()[0].kill()
    thread.join()
    assert codes == ["verification.broke_off"]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("end", ["SIGTERM", "SIGKILL"])
def test_no_check_outlives_the_server(issued, tmp_path, end):
    report = tmp_path / "report.pdf"
    report.write_bytes(issued.pdf)
    made = subprocess.run(
        [sys.executable, "-c", ENDS_SUDDENLY, str(report), end],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={**os.environ, "TMPDIR": str(tmp_path)}, check=False,
    )  # fmt: skip
    assert made.returncode != 0
    processes = [Path("/proc", each) for each in made.stdout.decode().split()]
    assert len(processes) >= 2
    deadline = time.monotonic() + 20
    while any(process.exists() for process in processes):
        assert time.monotonic() < deadline, [process.name for process in processes if process.exists()]
        time.sleep(0.05)
