"""Memory of a tree of processes, seen from outside."""

import subprocess
import sys
import time

from benchmarks.memory import Watch, megabytes, processor_seconds, size_of, tree_of

HELD = 60 * 2**20
CHILD = f"import time; held = b'x' * {HELD}; print('ready', flush=True); time.sleep(60)"
PARENT = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {CHILD!r}])"


def test_the_memory_of_a_child_of_a_child_is_seen_while_it_lives() -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", PARENT], stdout=subprocess.PIPE, start_new_session=True, text=True
    )
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == "ready\n"
        with Watch(process.pid) as watch:
            began = time.monotonic()
            members = list(tree_of(process.pid))
        assert len(members) == 2 and members[0] == process.pid
        assert watch.peak > HELD
        assert watch.looks[0].processes == 2
        assert watch.peak_between(0, began) == watch.looks[0].bytes
        assert watch.peak_between(began + 100, began + 200) == 0
        assert processor_seconds(process.pid) > 0
    finally:
        for member in reversed(list(tree_of(process.pid))):
            subprocess.run(["kill", str(member)], check=False)
        process.wait()
        process.stdout.close()
    assert size_of(process.pid) == 0


def test_sizes_are_written_for_people() -> None:
    assert megabytes(3 * 2**30) == "3,072 MiB"
