"""Time svy and samplics on the tasks of the study of estimates, in a Python of their own, which knows nothing of ours.

    PYTHON estimate_peers.py LIBRARY TASK FOLDER

Prints one line of JSON: what ran, the seconds in which the design was made of a table in memory, wall and processor
seconds of every run of the work, the most bytes held, and the figures: estimates and standard errors (or limits) in the
order of indicators and domains.
"""

# ruff: noqa: PLC0415 (a task loads only the library that it is about)
import csv
import json
import sys
import time
import warnings
from importlib.metadata import version
from pathlib import Path

import polars as pl

XS = [f"x{number + 1}" for number in range(60)]
DESIGN = ["province", "stratum", "county", "village", "w", "N1", "M2", "type", "size_class"]
LONG, BUDGET, RUNS = 3.0, 4.0, 5
"""Seconds of a first run that counts, seconds for further runs, and how many there are at most."""


def read(folder, count):
    return pl.read_parquet(folder / "sample.parquet", columns=DESIGN + XS[:count])


def county_design(table):
    import svy

    return svy.Sample(table, svy.Design(stratum="stratum", psu="county", wgt="w"))


def two_stage_design(table):
    import svy

    sizes = svy.PopSize(psu="N1", ssu="M2")
    return svy.Sample(table, svy.Design(stratum="stratum", psu="county", ssu="village", wgt="w", pop_size=sizes))


def listed(found):
    """Give every estimate of a result of svy, in the order of indicators and domains."""
    parts = found if isinstance(found, list) else [found]
    every = [each for part in parts for each in part.estimates]
    return sorted(every, key=lambda each: (int(each.y[1:]), each.by_level or ()))


def errors(found):
    every = listed(found)
    return {"estimate": [each.est for each in every], "se": [each.se for each in every]}


def svy_means(folder):
    table = read(folder, 60)
    return lambda: county_design(table), lambda sample: sample.estimation.mean(XS), errors


def svy_two_stage(folder):
    table = read(folder, 60)
    return lambda: two_stage_design(table), lambda sample: sample.estimation.mean(XS), errors


def svy_domains(folder):
    table = read(folder, 10)
    return lambda: county_design(table), lambda sample: sample.estimation.mean(XS[:10], by="county"), errors


def svy_bootstrap(folder):
    table = read(folder, 10)

    def work(sample):
        replicated = sample.weighting.create_bs_wgts(500, rstate=1)
        return replicated.estimation.mean(XS[:10], method="replication")

    return lambda: county_design(table), work, errors


def svy_raking(folder):
    table = read(folder, 1)
    controls = {}
    with (folder / "margins.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            controls.setdefault(row["variable"], {})[int(row["level"])] = float(row["total"])

    def work(sample):
        raked = sample.weighting.rake(controls=controls, max_iter=100, tol=1e-10)
        return raked.estimation.mean("x1")

    return lambda: county_design(table), work, errors


def svy_intervals(folder):
    table = read(folder, 5)
    methods = ("logit", "beta", "korn-graubard", "wilson")

    def work(sample):
        return {method: sample.estimation.prop("x2", by="province", ci_method=method) for method in methods}

    def figures(found):
        every = {method: [each for each in listed(part) if each.y_level == 1] for method, part in found.items()}
        limits = {
            f"{side} {method}": [each.lci if side == "low" else each.uci for each in rows]
            for method, rows in every.items()
            for side in ("low", "high")
        }
        return {"estimate": [each.est for each in every["logit"]], "se": [each.se for each in every["logit"]], **limits}

    return lambda: county_design(table), work, figures


def taylor(frame, name, kind, **more):
    from samplics.estimation import TaylorEstimator

    estimator = TaylorEstimator(kind)
    estimator.estimate(y=frame[name], samp_weight=frame["w"], stratum=frame["stratum"], psu=frame["county"], **more)
    return estimator


def samplics_means(folder):
    from samplics.utils.types import PopParam

    frame = read(folder, 60).to_pandas()

    def figures(found):
        return {"estimate": [one.point_est for one in found], "se": [one.stderror for one in found]}

    return lambda: None, lambda _: [taylor(frame, name, PopParam.mean) for name in XS], figures


def samplics_intervals(folder):
    from samplics.utils.types import PopParam

    frame = read(folder, 5).to_pandas()

    def figures(found):
        provinces = sorted(found.point_est)
        return {"estimate": [found.point_est[province][1.0] for province in provinces]}

    return lambda: None, lambda _: taylor(frame, "x2", PopParam.prop, domain=frame["province"]), figures


def samplics_bootstrap(folder):
    from samplics.estimation import ReplicateEstimator
    from samplics.utils.types import PopParam, RepMethod
    from samplics.weighting import ReplicateWeight

    frame = read(folder, 10).to_pandas()

    def work(_):
        maker = ReplicateWeight(RepMethod.bootstrap, nb_reps=500, rand_seed=1)
        made = maker.replicate(frame["w"], frame["county"], frame["stratum"])
        columns = [name for name in made.columns if "boot" in name.lower()]
        found = []
        for name in XS[:10]:
            estimator = ReplicateEstimator(RepMethod.bootstrap, PopParam.mean)
            estimator.estimate(y=frame[name], samp_weight=frame["w"], rep_weights=made[columns])
            found.append(estimator)
        return found

    def figures(found):
        return {"estimate": [one.point_est for one in found], "se": [one.stderror for one in found]}

    return lambda: None, work, figures


TASKS = {
    ("svy", "means"): svy_means,
    ("svy", "two-stage"): svy_two_stage,
    ("svy", "domains"): svy_domains,
    ("svy", "bootstrap"): svy_bootstrap,
    ("svy", "raking"): svy_raking,
    ("svy", "intervals"): svy_intervals,
    ("samplics", "means"): samplics_means,
    ("samplics", "intervals"): samplics_intervals,
    ("samplics", "bootstrap"): samplics_bootstrap,
}


def timed(work):
    wall, processor = time.perf_counter(), time.process_time()
    found = work()
    return time.perf_counter() - wall, time.process_time() - processor, found


def main():
    warnings.filterwarnings("ignore")
    library, task, folder = sys.argv[1:]
    design, work, figures = TASKS[library, task](Path(folder))
    design()  # the first one loads what the library loads late
    construction, _, sample = timed(design)
    first, spent, found = timed(lambda: work(sample))
    runs = [(first, spent)] if first >= LONG else []
    began = time.perf_counter()
    while not runs or (first < LONG and len(runs) < RUNS and time.perf_counter() - began < BUDGET):
        sample = design()
        runs.append(timed(lambda sample=sample: work(sample))[:2])
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    peak = next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:"))
    told = {"label": f"{library} {version(library)}", "design": construction, "peak": peak}
    told |= {"walls": [run[0] for run in runs], "processors": [run[1] for run in runs], "figures": figures(found)}
    print(json.dumps(told))


if __name__ == "__main__":
    main()
