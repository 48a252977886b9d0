"""What datasets tell of the sample: exact columns that R takes up, and coarse ones that name no village."""

import csv
import io
import subprocess
from collections import Counter, defaultdict

import numpy as np
import pytest

from evalsvc.draws.r_design import r_design
from evalsvc.draws.r_script import sample_csv
from evalsvc.interviews.datasets.masking import LEAST, coarse_sample
from evalsvc.interviews.datasets.sampled import _drawn
from evalsvc.interviews.datasets.variance_lines import in_r, is_ready
from evalsvc.store import Store
from sampling.frame import open_frame
from tests.service.test_r_script import DESIGNS, drawn, estimated, folder  # noqa: F401 (a fixture)

SHAPES = ["hartley-rao", "equal", "taken in full", "three stages", "with replacement"]
IN_R = """
interviews <- read.csv("interviews.csv", colClasses = c(ev_unit = "character"))
{lines}
found <- svytotal(~y, design)
cat(sprintf("%.17g %.17g", as.vector(coef(found)), as.vector(SE(found))))
"""


def profiles(rows, told):
    """For each first-stage unit what the files tell of it: pairs of class and weight, with how many households."""
    found = defaultdict(Counter)
    for row in rows:
        found[row.columns[0].unit][told(row)] += 1
    return found


@pytest.mark.parametrize("shape", SHAPES)
def test_the_public_manifest_resolves_no_village(folder, shape):  # noqa: F811
    rows = r_design(drawn(folder, DESIGNS[shape])).rows
    coarse = coarse_sample(rows)
    public = profiles(rows, lambda row: (row.strata[-1], row.weight))
    alone = [unit for unit, told in public.items() if sum(told == other for other in public.values()) == 1]
    assert alone, "exact weights would resolve villages: that is what is mended"
    # Whoever knows the rule makes the coarse values of every village of the manifest, and compares.
    of_row = {row.path[-1]: coarse[row.path[-1]] for row in rows}
    told = profiles(rows, lambda row: of_row[row.path[-1]])
    pools = defaultdict(set)
    for row in rows:
        pools[of_row[row.path[-1]].area, of_row[row.path[-1]].unit].add(row.columns[0].unit)
    for released in {(each.area, each.unit) for each in coarse.values()}:
        inside = pools[released]
        known = told[next(iter(inside))]
        same = [unit for unit in told if _unnamed(told[unit]) == _unnamed(known)] if len(inside) == 1 else list(inside)
        assert len(same) >= LEAST, (released, same)
    # Whoever does not, takes the village whose own weights are nearest: right for one of a group at most.
    mean = {unit: np.mean([row.weight for row in rows if row.columns[0].unit == unit]) for unit in public}
    guessed = {
        unit: min(mean, key=lambda other: abs(mean[other] - np.mean([c.weight for c in seen.elements()])))
        for unit, seen in told.items()
    }
    right = sum(unit == guess for unit, guess in guessed.items())
    assert right <= len({(c.area, c.weight) for c in coarse.values()})
    assert right <= len(public) / 2


def _unnamed(told):
    return Counter({(each.area, each.household_class, each.weight): count for each, count in told.items()})


@pytest.mark.parametrize("shape", SHAPES)
def test_coarse_weights_keep_their_sum(folder, shape):  # noqa: F811
    rows = r_design(drawn(folder, DESIGNS[shape])).rows
    coarse = coarse_sample(rows)
    assert sum(each.weight for each in coarse.values()) == pytest.approx(sum(row.weight for row in rows), rel=1e-4)
    units = {each.unit for each in coarse.values()}
    strata = defaultdict(set)
    for each in coarse.values():
        strata[each.area].add(each.unit)
    assert None in units or all(len(inside) > 1 for inside in strata.values()), "a lone unit has no variance"


def columns(units):
    """The columns of a full dataset for every household of a draw, as if all had answered."""
    lines = []
    for unit, each in units.items():
        line = {"ev_unit": unit, "ev_draw": 1, "ev_counts": 1, "ev_weight": repr(each.weight)}
        for number, stage in enumerate(each.stages, start=1):
            line |= {
                f"ev_stratum_{number}": stage.stratum, f"ev_probability_{number}": repr(stage.probability),
                f"ev_population_{number}": stage.population, f"ev_r_unit_{number}": stage.unit,
                f"ev_r_stratum_{number}": stage.variance_stratum, f"ev_r_fraction_{number}": repr(stage.fraction),
            }  # fmt: skip
        lines.append(line)
    return lines


@pytest.mark.parametrize("shape", ["hartley-rao", "equal", "three stages"])
def test_standard_errors_by_the_columns_are_ours(folder, shape):  # noqa: F811
    manifest = drawn(folder, DESIGNS[shape])
    store = Store(folder / "store")
    draw = _drawn(store, store.put((folder / "m.json").read_bytes()), 1, frozenset())
    design, lines = draw.design, columns(draw.units)
    assert is_ready(design)
    frame = open_frame(folder / "f.parquet")
    levels = ("county_code", "village_code", "household_id")[-len(design.stages) :]
    attributes = {row.path[-1]: dict(zip(levels, row.path, strict=True)) for row in design.rows}
    sample = sample_csv(design, manifest, frame.levels, attributes).decode("utf-8")
    rows = list(csv.DictReader(io.StringIO(sample)))
    by_unit = {row["household_id"]: row for row in rows}
    for line in lines:
        theirs = by_unit[line["ev_unit"]]
        for name, value in line.items():
            if name.endswith(("_1", "_2", "_3", "_weight")):
                assert str(value) == theirs[name.removeprefix("ev_")], name
    numbers = np.random.default_rng(3)
    answers = {line["ev_unit"]: float(numbers.poisson(3)) for line in lines}
    ours = estimated(manifest, rows, answers)
    with (folder / "interviews.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [*lines[0], "y"])
        writer.writeheader()
        writer.writerows([line | {"y": answers[line["ev_unit"]]} for line in lines])
    (folder / "run.R").write_text(IN_R.replace("{lines}", "\n".join(in_r(design, 1))), encoding="utf-8")
    done = subprocess.run(["Rscript", "--vanilla", "run.R"], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    total, error = map(float, done.stdout.split()[-2:])
    assert total == pytest.approx(ours["estimate"], rel=1e-12)
    assert error == pytest.approx(ours["se"], rel=1e-9)


def test_opened_reserves_have_a_weight_and_change_that_of_their_group(folder):  # noqa: F811
    manifest = drawn(folder, DESIGNS["equal"])
    reserve = next(unit for unit in manifest.stages[-1].units if unit.sample_type == "reserve")
    store = Store(folder / "store")
    sha256 = store.put((folder / "m.json").read_bytes())
    before, after = (_drawn(store, sha256, 1, opened) for opened in (frozenset(), frozenset({reserve.id})))
    assert reserve.id not in before.units
    group = [
        unit.id
        for unit in manifest.stages[-1].units
        if (unit.parent, unit.stratum) == (reserve.parent, reserve.stratum) and unit.sample_type != "reserve"
    ]
    total = sum(before.units[unit].weight for unit in group)
    assert after.units[reserve.id].weight == pytest.approx(total / (len(group) + 1))
    assert {after.units[unit].weight for unit in group} == {after.units[reserve.id].weight}


def test_where_the_chance_of_reserves_cannot_be_told_weights_are_those_before(folder):  # noqa: F811
    again = DESIGNS["equal"].replace("method: equal,\n", "method: pps_systematic, size: {column: persons},\n")
    manifest = drawn(folder, again)
    reserves = [unit.id for unit in manifest.stages[-1].units if unit.sample_type == "reserve"]
    assert reserves
    store = Store(folder / "store")
    sha256 = store.put((folder / "m.json").read_bytes())
    draw = _drawn(store, sha256, 1, frozenset(reserves[:1]))
    assert draw.without_reserves
    assert reserves[0] not in draw.units
    assert len(draw.units) == len(_drawn(store, sha256, 1, frozenset()).units)
