"""The R script in real R: totals, errors and degrees of freedom are those of sampling.estimate on the same answers."""

import csv
import io
import json
import subprocess
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from evalsvc.draws import commands
from evalsvc.draws.r_design import r_design
from evalsvc.draws.r_script import sample_csv, script_text
from sampling.errors import SamplingError
from sampling.estimate import load_plan, run_plan
from sampling.levels import Level
from sampling.manifest import Manifest
from tests.service.test_draw_commands import invoke

LEVELS = """levels:
    - {name: county, id: county_code, columns: {county: text}}
    - {name: village, id: village_code, columns: {village: text, village_kind: text}}
    - {name: household, id: household_id, columns: {household_class: text, persons: integer}}
"""
HEAD = f"""version: 1
evaluation: r-test
draw: 1
title: R
frame:
  {LEVELS}public: {{source: null, round: null, form: null}}
stages:
"""
HOUSEHOLDS = """  - {name: household, strata: [household_class], method: equal,
     take: {each: 3, by: [{when: {household_class: 监测户}, take: 2}]}, reserves: 2, when_short: take_all}
"""
AGAIN = "method: with_replacement, size: {count: household}"
DESIGNS = {
    "brewer": "  - {name: village, strata: [county_code], method: pps_systematic, size: {count: household},"
    " take: {each: 4}, joint_method: brewer}\n" + HOUSEHOLDS,
    "hartley-rao": "  - {name: village, strata: [county_code], method: pps_systematic, size: {count: household},"
    " take: {each: 5}}\n" + HOUSEHOLDS,
    "equal": "  - {name: village, strata: [county_code], method: equal, take: {each: 4}}\n" + HOUSEHOLDS,
    "taken in full": "  - {name: village, strata: [county_code], method: equal, take: {each: 99},"
    " when_short: take_all}\n" + HOUSEHOLDS,
    "with replacement": "  - {name: village, strata: [county_code], method: pps_systematic, order: frame,"
    " joint_method: with-replacement, size: {count: household}, take: {each: 3}}\n" + HOUSEHOLDS,
    "with replacement, a certainty": "  - {name: village, strata: [county_code], method: pps_systematic, order: frame,"
    " size: {count: household}, take: {each: 5}}\n" + HOUSEHOLDS,
    "with replacement below, a certainty": "  - {name: county, method: equal, take: {each: 3}}\n"
    "  - {name: village, method: pps_systematic, order: frame, size: {count: household}, take: {each: 5}}\n"
    + HOUSEHOLDS,
    "drawn again, a certainty below": f"  - {{name: county, {AGAIN}, take: {{each: 4}}}}\n"
    "  - {name: village, method: pps_systematic, order: frame, size: {count: household}, take: {each: 5}}\n"
    + HOUSEHOLDS,
    "drawn again": f"  - {{name: village, strata: [county_code], {AGAIN}, take: {{each: 5}}}}\n" + HOUSEHOLDS,
    "drawn again below": "  - {name: county, method: equal, take: {each: 3}}\n"
    f"  - {{name: village, {AGAIN}, take: {{each: 4}}}}\n" + HOUSEHOLDS,
    "drawn again at every level": f"  - {{name: county, {AGAIN}, take: {{each: 4}}}}\n"
    f"  - {{name: village, {AGAIN}, take: {{each: 3}}}}\n" + HOUSEHOLDS,
    "households drawn again": "  - {name: village, strata: [county_code], method: equal, take: {each: 4}}\n"
    "  - {name: household, method: with_replacement, size: {column: persons}, take: {each: 6}}\n",
    "three stages": "  - {name: county, method: pps_systematic, size: {count: household}, take: {each: 3}}\n"
    "  - {name: village, method: pps_systematic, size: {count: household}, take: {each: 3}}\n" + HOUSEHOLDS,
}
R = """
source("design.R", echo = FALSE)
y <- read.csv("y.csv", colClasses = c(household_id = "character"))
values <- y
design <- update(design, y = values$y[match(household_id, values$household_id)])
found <- svytotal(~y, design)
found <- data.frame(estimate = as.vector(coef(found)), SE = as.vector(SE(found)))
if (exists("inside")) {
  inside <- lapply(inside, function(one) update(one, y = values$y[match(household_id, values$household_id)]))
  found <- estimated(function(d) svytotal(~y, d))
}
cat(sprintf("%.17g %.17g %d %.17g", found$estimate, found$SE, as.integer(degf(design)), sum(weights(design))))
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A frame of four counties whose villages differ much in size, so that some are certainties; one secret."""
    monkeypatch.setattr(commands, "secrets", SimpleNamespace(token_hex=lambda length: "5e" * length))
    numbers = np.random.default_rng(5)
    lines = ["county_code,county,village_code,village,village_kind,household_id,household_class,persons"]
    for county in range(1, 5):
        for village in range(1, 9):
            code = f"99{county:02d}{village:02d}"
            households = 90 if village == 1 else int(numbers.integers(6, 22))
            kinds = ["脱贫户", "一般农户", "监测户"]
            for number in range(households):
                kind = kinds[0 if number % 2 else 1] if number > 2 else kinds[2]
                place = f"99{county:02d},第{county}县,{code},第{village}村,{'甲' if village % 2 else '乙'}"
                lines.append(f"{place},{code}{number:03d},{kind},{numbers.integers(1, 7)}")
    (tmp_path / "list.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (tmp_path / "mapping.yaml").write_text(LEVELS.replace("\n    -", "\n  -"), encoding="utf-8")
    frame = invoke(
        "frame",
        "import",
        tmp_path / "list.csv",
        "--mapping",
        tmp_path / "mapping.yaml",
        "--out",
        tmp_path / "f.parquet",
    )
    assert frame.exit_code == 0, frame.output
    return tmp_path


def drawn(folder, design):
    (folder / "design.yaml").write_text(HEAD + design, encoding="utf-8")
    common = ("--design", folder / "design.yaml", "--frame", folder / "f.parquet")
    kept = ("--out", folder / "c.json", "--secret-out", folder / "s.json")
    made = invoke("draw", "commit", *common, *kept)
    assert made.exit_code == 0, made.output
    given = ("--commitment", folder / "c.json", "--secret", folder / "s.json", "--out", folder / "m.json")
    ran = invoke("draw", "run", *common, *given)
    assert ran.exit_code == 0, ran.output
    return Manifest.from_json((folder / "m.json").read_text(encoding="utf-8"))


def answered_in_r(folder, rows):
    numbers = np.random.default_rng(11)
    answers = {row["household_id"]: float(numbers.poisson(2) * int(row["persons"])) for row in rows}
    lines = ["household_id,y", *(f"{unit},{value!r}" for unit, value in answers.items())]
    (folder / "r" / "y.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "r" / "run.R").write_text(R, encoding="utf-8")
    done = subprocess.run(
        ["Rscript", "--vanilla", "run.R"], cwd=folder / "r", capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return answers, [float(each) for each in done.stdout.split()[-4:]]


def estimated(manifest, rows, answers):
    """The same answers by the library, whose design is written from the columns of the manifest."""
    stages, joint = [], set()
    for place, stage in enumerate(manifest.stages, start=1):
        last, method = place == len(manifest.stages), stage.strata[0].joint_method
        entry = {} if last else {"cluster": f"{stage.name}_code"}
        if any(each.stratum for each in stage.strata):
            entry["strata"] = f"stratum_{place}"
        if method is None:
            entry["population"] = f"population_{place}"
        elif any(unit.times for unit in stage.units):
            entry["draws"] = f"times_{place}"
        else:
            entry["probability"] = f"probability_{place}"
            joint.add(method)
        stages.append(entry)
    design = {"stages": stages, "weights": "weight", "nested": True}
    if joint:
        (method,) = joint
        design["unequal"] = {"method": method} | ({"variance": "yg"} if method == "hartley-rao" else {})
    plan = {"version": 1, "design": design, "estimates": [{"id": "t", "statistic": "total", "variables": ["y"]}]}
    table = {name: [row[name] for row in rows] for name in rows[0]}
    table |= {name: [float(each) for each in column] for name, column in table.items() if name.startswith(NUMBERS)}
    table["y"] = [answers[row["household_id"]] for row in rows]
    for place, stage in enumerate(manifest.stages, start=1):
        times = {unit.id: unit.times or 1 for unit in stage.units}
        unit = "household_id" if place == len(manifest.stages) else f"{stage.name}_code"
        table[f"times_{place}"] = [times[row[unit]] for row in rows]
    reading = load_plan(plan)
    assert reading.complaints == ()
    return json.loads(run_plan(reading.plan, table).to_json())["estimates"][0]


NUMBERS = ("population_", "probability_", "weight")


def check(folder, manifest):
    rows = list(csv.DictReader(io.StringIO((folder / "r" / "sample.csv").read_text(encoding="utf-8"))))
    answers, (total, error, df, weights) = answered_in_r(folder, rows)
    right = estimated(manifest, rows, answers)
    assert (total, error) == pytest.approx((right["estimate"], right["se"]), rel=1e-9)
    assert df == right["df"]
    assert weights == pytest.approx(sum(float(row["weight"]) for row in rows), rel=1e-12)
    return rows


@pytest.mark.parametrize("name", DESIGNS)
def test_real_r_gives_the_same_total_error_and_degrees_of_freedom(folder, name):
    manifest = drawn(folder, DESIGNS[name])
    made = invoke("draw", "r-script", folder / "m.json", "--frame", folder / "f.parquet", "--out", folder / "r")
    assert made.exit_code == 0, made.output
    rows = check(folder, manifest)
    main = [unit.id for unit in manifest.stages[-1].units if unit.sample_type != "reserve"]
    assert [row["household_id"] for row in rows] == main
    if name in ("brewer", "hartley-rao", "three stages") or "certainty" in name:
        assert any(unit.sample_type == "certainty" for unit in manifest.stages[-2].units)
    if "again" in name:
        again = [any((unit.times or 1) > 1 for unit in stage.units) for stage in manifest.stages]
        assert any(again)
        script = (folder / "r" / "design.R").read_text(encoding="utf-8")
        assert ("inside <- list(" in script) == (not again[-1])
    again = invoke("draw", "r-script", folder / "m.json", "--frame", folder / "f.parquet", "--out", folder / "r")
    assert again.exit_code == 1


def test_opened_reserves_change_fractions_and_weights(folder):
    manifest = drawn(folder, DESIGNS["brewer"])
    reserves = [unit for unit in manifest.stages[-1].units if unit.sample_type == "reserve" and unit.order == 1][::3]
    lines = ["unit_id,opened,replaces", *(f"{unit.id},1,somebody" for unit in reserves), "x,0,", "main,1,"]
    (folder / "fieldwork.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    options = ("--frame", folder / "f.parquet", "--out", folder / "r", "--fieldwork", folder / "fieldwork.csv")
    made = invoke("draw", "r-script", folder / "m.json", *options)
    assert made.exit_code == 0, made.output
    rows = check(folder, manifest)
    assert {unit.id for unit in reserves} <= {row["household_id"] for row in rows}
    group = {(unit.parent, unit.stratum) for unit in reserves}
    for row in rows:
        product = float(row["probability_1"]) * float(row["probability_2"])
        assert float(row["weight"]) == pytest.approx(1 / product, rel=1e-12)
        if (row["village_code"], row["stratum_2"]) in group:
            own = [
                each
                for each in rows
                if (each["village_code"], each["stratum_2"]) == (row["village_code"], row["stratum_2"])
            ]
            assert float(row["probability_2"]) == pytest.approx(len(own) / int(row["population_2"]), rel=1e-12)
    (folder / "fieldwork.csv").write_text("unit\n1\n", encoding="utf-8")
    refused = invoke("draw", "r-script", folder / "m.json", *options[:2], "--out", folder / "r2", *options[4:])
    assert (refused.exit_code, (folder / "r2").exists()) == (1, False)


@pytest.mark.parametrize(
    ("stage", "word"),
    [
        (
            "{name: village, strata: [county_code], method: pareto, size: {count: household}, joint_method: hajek,"
            " take: {each: 3}}",
            "hajek",
        ),
        (
            "{name: village, strata: [county_code], method: pps_systematic, order: frame, size: {count: household},"
            " joint_method: successive-differences, take: {each: 3}}",
            "successive-differences",
        ),
        ("{name: village, strata: [county_code], method: bernoulli, take: {each: 60%}}", "each by itself"),
    ],
)
def test_what_r_has_not_is_said_in_the_script(folder, stage, word):
    manifest = drawn(folder, f"  - {stage}\n" + HOUSEHOLDS)
    made = invoke("draw", "r-script", folder / "m.json", "--frame", folder / "f.parquet", "--out", folder / "r")
    assert made.exit_code == 0, made.output
    script = (folder / "r" / "design.R").read_text(encoding="utf-8")
    assert word in script and "注意：" in script and "Careful:" in script
    rows = list(csv.DictReader(io.StringIO((folder / "r" / "sample.csv").read_text(encoding="utf-8"))))
    assert len(answered_in_r(folder, rows)[1]) == 4
    assert {each.code for each in r_design(manifest).notes} >= {"r.reserves"}


def test_what_cannot_be_told_is_refused_or_said(folder):
    manifest = drawn(folder, DESIGNS["brewer"])
    reserve = next(unit.id for unit in manifest.stages[-1].units if unit.sample_type == "reserve")
    second = replace(manifest, design={**manifest.design, "first_phase": {"weight": "w"}})
    assert "r.first_phase" in {each.code for each in r_design(second).notes}
    with pytest.raises(SamplingError, match="reserves_second_phase"):
        r_design(second, {reserve})
    by_size = replace(manifest, stages=(manifest.stages[0],))
    with pytest.raises(SamplingError, match="reserves_by_size"):
        r_design(by_size, {reserve})
    nobody = tuple(replace(unit, probability=None) for unit in manifest.stages[1].units)
    with pytest.raises(SamplingError, match="nothing_drawn"):
        r_design(replace(manifest, stages=(manifest.stages[0], replace(manifest.stages[1], units=nobody))))
    often = replace(manifest.stages[0], units=tuple(replace(unit, times=2) for unit in manifest.stages[0].units))
    chosen = tuple(
        replace(unit, sample_type="purposive", probability=None, weight=None)
        if unit.sample_type == "probability"
        else unit
        for unit in manifest.stages[1].units
    )
    told = r_design(replace(manifest, stages=(often, replace(manifest.stages[1], units=chosen))))
    assert {"r.drawn_often", "r.purposive"} <= {each.code for each in told.notes}
    assert {row.sample_type for row in told.rows} == {"certainty"}
    assert "r.empty_units" not in {each.code for each in r_design(manifest).notes}
    village = manifest.stages[0].units[0].id
    left = tuple(unit for unit in manifest.stages[1].units if unit.parent != village)
    told = r_design(replace(manifest, stages=(manifest.stages[0], replace(manifest.stages[1], units=left))))
    assert [each.details for each in told.notes if each.code == "r.empty_units"] == [{"stage": "village", "units": 1}]


def test_a_column_of_the_frame_is_told_apart_from_ours(folder):
    manifest = drawn(folder, DESIGNS["equal"])
    levels = (Level("county", "county_code"), Level("village", "village_code"), Level("household", "weight"))
    attributes = {unit.id: {"weight": unit.id} for unit in manifest.stages[-1].units}
    text = sample_csv(r_design(manifest), manifest, levels, attributes).decode()
    head = text.splitlines()[0].split(",")
    assert len(head) == len(set(head)) and "frame_weight" in head
    assert "c(weight = 'character')" in script_text(r_design(manifest), manifest, levels)
