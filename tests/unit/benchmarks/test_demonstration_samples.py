"""Repeated samples of the demonstration, in a short form; what their page counts."""

import json
from pathlib import Path

import pytest

from benchmarks import coverage_tables as tables
from benchmarks import demonstration_samples as study
from benchmarks.kept import Record, Store, identity
from benchmarks.repeated_survey import Population, draw, make_population, make_sources
from evalsvc.demonstration.scenario import JUDGED, SMALL
from evalsvc.demonstration.world import COMPLETED
from evalsvc.planning.indicators import INDICATORS

COUNTIES = {one.county_code for one in JUDGED}


@pytest.fixture(scope="module")
def population(tmp_path_factory: pytest.TempPathFactory) -> Population:
    return make_population(SMALL, tmp_path_factory.mktemp("population"))


@pytest.fixture(scope="module")
def records(population: Population) -> list[Record]:
    return [study.sample(population, number) for number in range(3)]


def test_a_sample_holds_every_verdict_and_every_figure(records: list[Record]) -> None:
    for record in records:
        assert {each["code"] for each in record["verdicts"]} == COUNTIES
        assert len(record["figures"]) == len(INDICATORS) * len(JUDGED)
        assert record["outcomes"]["completed"] > 100
        assert sum(record["cases"].values()) <= record["outcomes"]["completed"]


def test_a_sample_follows_from_its_number(population: Population, records: list[Record]) -> None:
    assert study.sample(population, 1) == records[1]
    assert records[0]["figures"] != records[1]["figures"]


def test_reserves_stand_beside_households_that_were_not_interviewed(population: Population) -> None:
    sources = make_sources(population, draw(population, "7" * 64))
    known = {row.unit_id: row for row in sources.fieldwork}
    assert len(known) == len(sources.manifest.stages[-1].units)
    opened = [row for row in sources.fieldwork if row.opened and row.sample_type == "reserve"]
    assert opened
    for row in opened:
        beside = known[row.replaces]
        assert beside.disposition != COMPLETED and row.reason
        assert (beside.parent, beside.stratum) == (row.parent, row.stratum)
    assert len({row.replaces for row in opened}) == len(opened)
    assert all(not row.disposition for row in sources.fieldwork if not row.opened)


def test_the_page_counts_what_the_samples_hold(records: list[Record]) -> None:
    page = "\n".join(tables.sections(records, 1, 2**20))
    assert "| Samples | 3 |" in page and "interrupted run of the same state | 1 |" in page
    for one in JUDGED:
        verdicts = [
            each["verdict"] for record in records for each in record["verdicts"] if each["code"] == one.county_code
        ]
        row = next(line for line in page.splitlines() if line.startswith(f"| {one.county} | "))
        cells = row.strip("| ").split(" | ")
        assert [int(cells[place]) for place in (2, 3, 5)] == [
            verdicts.count(each) for each in (tables.MET, tables.OPEN, tables.MISSED)
        ]
    known = [tables.Compared(**figure).covered for record in records for figure in record["figures"]]
    held, all_of_them = sum(each is True for each in known), sum(each is not None for each in known)
    assert f"{held:,} of {all_of_them:,} intervals hold the true rate" in page


def figure(low: float | None, high: float | None, verdict: str) -> tables.Compared:
    return tables.Compared("wrong_exit_rate", "错退率", "甲县", 0.03, 0.02, low, high, verdict)


def test_misses_are_counted_on_their_side() -> None:
    found = [
        figure(0.01, 0.05, "不达标"),
        figure(0.04, 0.05, "达标"),
        figure(0.0, 0.01, "达标"),
        figure(None, None, "不能判定"),
    ]
    row = tables._interval_row("甲县", found)
    assert row[4:] == ("1 of 3", "1", "1", "2.00 %")
    pack = tables._pack()
    assert tables.indicator_truth(found[0], pack) == tables.MISSED
    assert "2 passed a county that truly fails (50.00 % of the 4 on such counties)" in tables._errors(
        {("wrong_exit_rate", "甲县"): found}, pack
    )


def test_an_interrupted_study_goes_on_where_it_stopped(tmp_path: Path, records: list[Record]) -> None:
    store = Store(tmp_path / "kept" / "samples.jsonl", "this state")
    assert store.read() == {}
    store.add(records[0])
    with store.path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(records[2])[:300])  # cut off in the middle of a line
    assert store.read() == {0: json.loads(json.dumps(records[0]))}
    store.add(records[1])
    assert set(store.read()) == {0, 1}
    made = study.run("small", 3, store, 1)
    assert made == json.loads(json.dumps(records))
    assert Store(store.path, "another state").read() == {}


def test_the_state_is_that_of_code_and_scale() -> None:
    assert identity("small", study.SOURCES) == identity("small", study.SOURCES) != identity("full", study.SOURCES)
