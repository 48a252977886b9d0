"""Make one dataset in a process of its own, and print what it took as one line of JSON.

    .venv/bin/python -m benchmarks.dataset_lane FORMAT full|deidentified COUNT FOLDER

`FORMAT` may be `none`: the submissions are read into rows and nothing is written.
"""

import json
import sys
import threading
import time
from pathlib import Path

from benchmarks.dataset_form import definition, submissions
from benchmarks.memory import most_held
from forms.dataset.making import Plan, Source, make_dataset, readers_of
from forms.dataset.release import deidentified_release, full_release
from forms.dataset.schema import schema_of
from forms.dataset.writing import Wish


def main() -> None:
    form, kind, count, folder = sys.argv[1], sys.argv[2], int(sys.argv[3]), Path(sys.argv[4])
    wide = definition()
    schema = schema_of([wide])
    release = full_release(schema) if kind == "full" else deidentified_release(schema, b"a key of the benchmark")
    peak = Anonymous()
    began, processor = time.monotonic(), time.process_time()
    if form == "none":
        reader = readers_of(schema, [wide])["1"]
        for instance, envelope in submissions(count):
            reader.rows(instance, envelope)
    else:
        plan = Plan(schema, release, form, Wish(folder))
        make_dataset(Source([wide], submissions(count), count), plan, lambda _done, _all: None)
    print(
        json.dumps(
            {
                "seconds": time.monotonic() - began,
                "processor": time.process_time() - processor,
                "held": most_held(),
                "anonymous": peak.end(),
                "columns": len(schema.tables[0].variables),
                "bytes": sum(path.stat().st_size for path in folder.glob("interviews.*"))
                or sum(path.stat().st_size for path in folder.glob("dataset.*")),
            }
        )
    )


class Anonymous:
    """The most memory of this process's own, without the pages of files, which the system takes back at will."""

    def __init__(self) -> None:
        self._most = 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def end(self) -> int:
        """Return the most bytes seen."""
        self._ended.set()
        self._thread.join()
        return self._most

    def _watch(self) -> None:
        while not self._ended.wait(0.1):
            lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
            now = next(int(line.split()[1]) * 1024 for line in lines if line.startswith("RssAnon:"))
            self._most = max(self._most, now)


if __name__ == "__main__":
    main()
