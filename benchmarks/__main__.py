"""Run every study, one after the other: `.venv/bin/python -m benchmarks`; each writes its page of docs/evidence."""

import subprocess
import sys
import time

from benchmarks.evidence import ROOT, duration

STUDIES = ("form_check", "replacement", "intake", "demo", "demonstration_samples", "byte_flips")
"""The short ones first."""


def main() -> None:
    failed = []
    for name in STUDIES:
        print(f"== {name}", flush=True)
        began = time.monotonic()
        if subprocess.run(
            [sys.executable, "-m", f"benchmarks.{name}", *sys.argv[1:]], cwd=ROOT, check=False
        ).returncode:
            failed.append(name)
        print(f"== {name}: {duration(time.monotonic() - began)}", flush=True)
    if failed:
        raise SystemExit(f"failed: {', '.join(failed)}")


if __name__ == "__main__":
    main()
