"""Run every study, one after the other: `.venv/bin/python -m benchmarks`; each writes its page of docs/evidence.

`.venv/bin/python -m benchmarks draw …` runs one of them, as `-m benchmarks.draw …` does.
"""

import subprocess
import sys
import time

from benchmarks.evidence import ROOT, duration

STUDIES = (
    "client",
    "client_many",
    "form_check",
    "phone_pictures",
    "form_verdicts",
    "report_pages",
    "report_layout",
    "report_batches",
    "frame_import",
    "datasets",
    "draw",
    "estimate",
    "levels",
    "signatures",
    "replacement",
    "interruptions",
    "coverage",
    "intake",
    "intake_kill",
    "demo",
    "demonstration_samples",
    "byte_flips",
)
"""The short ones first."""


def main() -> None:
    given = sys.argv[1:]
    named, options = (given[:1], given[1:]) if given and given[0] in STUDIES else (STUDIES, given)
    failed = []
    for name in named:
        print(f"== {name}", flush=True)
        began = time.monotonic()
        if subprocess.run([sys.executable, "-m", f"benchmarks.{name}", *options], cwd=ROOT, check=False).returncode:
            failed.append(name)
        print(f"== {name}: {duration(time.monotonic() - began)}", flush=True)
    if failed:
        raise SystemExit(f"failed: {', '.join(failed)}")


if __name__ == "__main__":
    main()
