"""Several threads lay out and read reports at once, as a server does: the same bytes, and nothing dies."""

import hashlib
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
SEVERAL = """
import hashlib
from concurrent.futures import ThreadPoolExecutor
from tests.unit.reports import sample
from reports.pdf import build
from reports.seal import Seal, seal_pdf
from reports.verify import printed_text

def work(turn):
    pdf = build(sample.document(rows=1), {"results.json": b"{}"})
    seal_pdf(Seal("示例评估中心", "样章"))
    return hashlib.sha256(pdf).hexdigest(), printed_text(pdf)

with ThreadPoolExecutor(3) as threads:
    found = set(threads.map(work, range(6)))
assert len(found) == 1, "the threads disagree"
print(next(iter(found))[0])
"""


def test_threads_print_and_read_alike() -> None:
    """In a process of its own: what is not guarded here does not fail, it kills."""
    done = subprocess.run([sys.executable, "-c", SEVERAL], capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr[-500:]
    assert len(done.stdout.strip()) == len(hashlib.sha256().hexdigest())
