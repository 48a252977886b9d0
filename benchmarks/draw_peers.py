"""Time svy and samplics on the tasks of the draw study, in a Python of their own, which knows nothing of ours.

    PYTHON draw_peers.py LIBRARY TASK FOLDER VILLAGES

Prints one line of JSON: what ran, seconds and processor seconds of one run after one that does not count, the
most bytes held, and a count.
"""

# ruff: noqa: PLC0415 (a task loads only the library that it is about)
import json
import sys
import time
import warnings
from importlib.metadata import version
from pathlib import Path

import polars as pl

TAKE, POINTS = 20, 5000


def svy_pps(folder, _villages):
    import svy

    table = pl.read_parquet(folder / "villages.parquet")
    numbers = shares(table)

    def work():
        # the call replaces the data of the sample that it is called on, so each run gets a fresh one
        sample = svy.Sample(table, svy.Design(stratum="stratum", mos="households"))
        return sample.sampling.pps_sys(numbers, rstate=1).data.height

    return work


def svy_srs(folder, villages):
    import svy

    table = households(folder, villages)
    return lambda: svy.Sample(table, svy.Design(stratum="village_code")).sampling.srs(TAKE, rstate=1).data.height


def samplics_pps(folder, _villages):
    from samplics.sampling import SampleSelection
    from samplics.utils.types import SelectMethod

    table = pl.read_parquet(folder / "villages.parquet")
    numbers, frame = shares(table), table.to_pandas()

    def work():
        selection = SampleSelection(method=SelectMethod.pps_sys, strat=True, wr=False)
        columns = (frame["village_code"], numbers, frame["stratum"], frame["households"])
        return len(selection.select(*columns, to_dataframe=True, sample_only=True))

    return work


def samplics_srs(folder, villages):
    from samplics.sampling import SampleSelection
    from samplics.utils.types import SelectMethod

    frame = households(folder, villages).to_pandas()
    numbers = dict.fromkeys(frame["village_code"].unique(), TAKE)

    def work():
        selection = SampleSelection(method=SelectMethod.srs_wor, strat=True, wr=False)
        columns = (frame["household_id"], numbers, frame["village_code"])
        return len(selection.select(*columns, to_dataframe=True, sample_only=True))

    return work


def shares(table):
    """Share the points over the strata in proportion to their sizes."""
    totals = table.group_by("stratum").agg(pl.col("households").sum()).sort("stratum")
    total = totals["households"].sum()
    return {name: round(POINTS * size / total) for name, size in totals.iter_rows()}


def households(folder, villages):
    """Read the households of the first villages."""
    table = pl.scan_parquet(folder / "households.parquet")
    last = f"{110000000000 + villages:012d}"
    return table.filter(pl.col("village_code") < last).collect()


TASKS = {
    ("svy", "pps"): svy_pps,
    ("svy", "srs"): svy_srs,
    ("samplics", "pps"): samplics_pps,
    ("samplics", "srs"): samplics_srs,
}


def main():
    warnings.filterwarnings("ignore")
    library, task, folder, villages = sys.argv[1:]
    work = TASKS[library, task](Path(folder), int(villages))
    work()
    wall, processor = time.perf_counter(), time.process_time()
    count = work()
    seconds = {"wall": time.perf_counter() - wall, "processor": time.process_time() - processor}
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    peak = next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:"))
    print(json.dumps({"label": f"{library} {version(library)}", "count": count, "peak": peak, **seconds}))


if __name__ == "__main__":
    main()
