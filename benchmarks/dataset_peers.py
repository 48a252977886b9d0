"""Write a table that lies in memory by pandas and pyreadstat alone, in a Python of their own.

    PYTHON dataset_peers.py csv|sav|dta PARQUET FOLDER

Prints one line of JSON. No submission is read and nothing is counted: these are the writers of the libraries alone.
"""

import json
import sys
import time
from pathlib import Path

import pandas as pd


def main():
    form, table, folder = sys.argv[1], sys.argv[2], Path(sys.argv[3])
    frame = pd.read_parquet(table)
    for name in frame.columns:
        if frame[name].dtype.name == "category":
            frame[name] = frame[name].astype(object)
    for name in ("ev_received_at", "ev_started_at", "ev_ended_at"):
        frame[name] = frame[name].dt.tz_localize(None)
    began, processor = time.monotonic(), time.process_time()
    if form == "csv":
        frame.to_csv(folder / "peer.csv", index=False)
    else:
        import pyreadstat  # noqa: PLC0415 (only where it is timed)

        write = pyreadstat.write_sav if form == "sav" else pyreadstat.write_dta
        write(frame, folder / f"peer.{form}")
    lines = Path("/proc/self/status").read_text().splitlines()
    held = next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:"))
    took = {"seconds": time.monotonic() - began, "processor": time.process_time() - processor, "held": held}
    print(json.dumps(took))


main()
