"""Villages taken each by itself: chance may leave a county without any, or take none at all; both are told."""

import json

import pytest

from evalsvc import files
from evalsvc.planning.layout import layout_of
from evalsvc.planning.making import may_miss_counties
from evalsvc.words import sentence
from sampling.design import load_design
from tests import small_world

BEGIN, END = small_world.DESIGN.index("    method: pps_systematic"), small_world.DESIGN.index("  - name: household\n")
DESIGN = small_world.DESIGN[:BEGIN] + "    method: bernoulli\n    take: {each: SHARE%}\n" + small_world.DESIGN[END:]


def made(folder, share, secret):
    return small_world.make_world(folder, design=DESIGN.replace("SHARE", share), secret=f"{secret:064x}")


def test_a_draw_that_takes_nothing_is_refused_by_name(tmp_path):
    world = made(tmp_path, "1", 0)
    assert not world.manifest.stages[0].units
    layout, complaints = layout_of(world.manifest, files.MANIFEST)
    assert layout is None
    assert [(each.code, each.file) for each in complaints] == [("results.nothing_drawn", files.MANIFEST)]
    for language in ("zh", "en"):
        assert "household" in sentence(complaints[0].code, complaints[0].details, language)


@pytest.mark.parametrize("secret", [7, 27])
def test_a_county_without_a_village_stays_in_the_report_undecided(tmp_path, secret):
    world = made(tmp_path, "12", secret)
    (drawn,) = {unit.id[:6] for unit in world.manifest.stages[0].units}
    (missed,) = {"350125", "350424"} - {drawn}
    facts = json.loads(small_world.issue(world).content[files.EDITION])
    for part in ("frame", "fieldwork", "cases"):
        assert [each["code"] for each in facts[part]["counties"]] == ["350125", "350424"]
    verdicts = {each["code"]: each for each in facts["verdicts"]}
    assert verdicts.keys() == {drawn, missed}
    assert {verdicts[missed]["verdict"], *verdicts[missed]["indicators"].values()} == {"不能判定"}
    counts = {each["code"]: each for each in facts["fieldwork"]["counties"]}
    assert (counts[missed]["opened"], counts[missed]["response_rate"]) == (0, None)


@pytest.mark.parametrize(
    ("design", "may"),
    [
        (small_world.DESIGN, False),
        (DESIGN.replace("SHARE", "12"), True),
        (small_world.DESIGN.replace("strata: [county_code, village_kind]", "strata: [village_kind]"), True),
    ],
)
def test_counties_are_looked_for_where_chance_can_miss_them(design, may):
    assert may_miss_counties(load_design(design).design) == may
