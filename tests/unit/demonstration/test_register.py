import csv
import io
from collections import Counter

import numpy as np
import pytest

from evalsvc.demonstration.export import COLUMNS, mapping_text, write_register
from evalsvc.demonstration.register import AVAILABLE, CLASSES, ELIGIBLE, simulate
from evalsvc.demonstration.scenario import FULL, JUDGED, SMALL
from evalsvc.demonstration.villages import choose_places, read_villages
from evalsvc.demonstration.world import COMPLETED, World


@pytest.fixture(scope="module")
def full():
    return simulate(choose_places(read_villages(), FULL), FULL)


@pytest.fixture(scope="module")
def small():
    return simulate(choose_places(read_villages(), SMALL), SMALL)


def test_the_list_holds_the_villages_and_committees_of_23_counties():
    places = read_villages()
    assert len({place.county_code for place in places}) == 23
    assert Counter(place.committee for place in places) == {"村委会": 4142, "居委会": 384}
    assert {one.county_code: one.county for one in JUDGED}.items() <= {p.county_code: p.county for p in places}.items()


def test_the_register_has_about_600_000_households_and_none_in_committees(full):
    register, _ = full
    assert 570_000 < register.village.size < 630_000
    inhabited = {register.villages[index].committee for index in np.unique(register.village)}
    assert inhabited == {"村委会"}
    assert len(np.unique(register.village)) == 4142
    shares = np.bincount(register.household_class, minlength=3) / register.village.size
    assert shares[0] > 0.15 and 0.01 < shares[1] < 0.04 and shares[2] > 0.6
    assert register.registered[register.household_class == 0].all()
    assert not register.registered[register.household_class == 2].any()
    monitored = register.registered[register.household_class == 1]
    assert 0.5 < monitored.mean() < 0.7


def test_the_hidden_rates_are_those_of_the_scenario(full):
    register, truth = full
    codes = np.array([place.county_code for place in register.villages])[register.village]
    for county in JUDGED:
        living = (codes == county.county_code) & (truth.ineligible == ELIGIBLE)
        assert truth.wrong_exit[living & register.registered].mean() == pytest.approx(county.rates.wrong_exit, abs=1e-4)
        ordinary = living & (register.household_class == CLASSES.index("一般农户"))
        assert truth.missed[ordinary].mean() == pytest.approx(county.rates.missed, abs=1e-4)
        assert 1 - truth.recognises[living].mean() == pytest.approx(county.rates.not_recognising, abs=1e-4)


def test_wrong_exits_cluster_in_villages(full):
    register, truth = full
    codes = np.array([place.county_code for place in register.villages])
    inside = (codes == "350924")[register.village] & register.registered
    villages, inverse = np.unique(register.village[inside], return_inverse=True)
    counts, wrong = np.bincount(inverse), np.bincount(inverse, weights=truth.wrong_exit[inside])
    rate = wrong.sum() / counts.sum()
    spread = ((wrong - counts * rate) ** 2 / (counts * rate * (1 - rate))).mean()
    assert len(villages) > 150
    assert spread > 1.5


def test_no_household_is_two_things_at_once(full):
    register, truth = full
    registered = register.registered
    assert not (truth.wrong_exit & ~registered).any()
    assert not (truth.missed & registered).any()
    assert not (truth.wrong_exit & truth.wrong_entry).any()
    for flag in (truth.wrong_exit, truth.missed, truth.wrong_entry):
        assert (truth.ineligible[flag] == ELIGIBLE).all()


def test_the_same_seed_gives_the_same_register_and_another_seed_another(small):
    places = choose_places(read_villages(), SMALL)
    again, other = simulate(places, SMALL), simulate(places, SMALL, seed=1)
    assert np.array_equal(small[0].persons, again[0].persons)
    assert np.array_equal(small[1].wrong_exit, again[1].wrong_exit)
    assert small[0].persons.size != other[0].persons.size or not np.array_equal(small[0].persons, other[0].persons)


def test_the_file_is_gb18030_with_the_mapping_s_columns_and_nothing_of_the_truth(small, tmp_path):
    register, _ = small
    path = tmp_path / "register.csv"
    write_register(register, path)
    text = path.read_bytes().decode("gb18030")
    with pytest.raises(UnicodeDecodeError):
        path.read_bytes().decode("utf-8")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert tuple(rows[0]) == COLUMNS
    assert all(f"  {column}: " in mapping_text() for column in COLUMNS)
    committees = [row for row in rows if row["村居类型"] == "居委会"]
    assert len(rows) == register.village.size + len(committees)
    assert committees and all(row["户编号"] == "" == row["家庭人口"] for row in committees)
    assert len({row["户编号"] for row in rows}) == register.village.size + 1


def test_a_home_is_found_by_its_identifier(small):
    register, truth = small
    world = World(register, truth)
    identifiers = register.household_ids()
    for place in (0, 1, register.village.size // 2, register.village.size - 1):
        home = world.home(identifiers[place])
        assert home.unit_id == identifiers[place]
        assert (home.persons, home.registered) == (register.persons[place], register.registered[place])
        completed = truth.ineligible[place] == ELIGIBLE and truth.availability[place] == AVAILABLE
        assert (home.outcome == COMPLETED) == completed
