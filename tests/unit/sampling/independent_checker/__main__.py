"""`python -m independent_checker manifest.json frame.parquet`, from the folder that holds it; needs pyarrow alone."""

import json
import sys
from pathlib import Path

import pyarrow.parquet

from . import check


def main(manifest, frame):
    table = pyarrow.parquet.read_table(frame)
    levels = json.loads(table.schema.metadata[b"evalsvc.frame"])["levels"]
    wrong = check(json.loads(Path(manifest).read_text(encoding="utf-8")), levels, table.to_pylist())
    sys.stdout.write("\n".join(wrong or ["every line is as recomputed"]) + "\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
