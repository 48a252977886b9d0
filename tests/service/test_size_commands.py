"""Sizes on a terminal: every question as tables and as JSON, wrong uses with what to do."""

import json

import pytest
from click.testing import CliRunner

from evalsvc.cli import main


def invoke(*arguments):
    return CliRunner().invoke(main, ["design", "size", *map(str, arguments)])


def asked(*arguments):
    ended = invoke(*arguments, "--json")
    assert ended.exit_code == 0, ended.output
    return json.loads(ended.stdout)


def test_without_options_the_usual_figures_are_shown():
    shown = asked()
    assert [row["simple"] for row in shown["precision"]] == [385, 385, 753, 3012]
    allowed = {row["effective"]: row["errors_allowed"] for row in shown["errors"]}
    assert allowed == {149: 0, 300: 1, 500: 4, 700: 7, 1000: 12, 1300: 17, 1500: 20, 2000: 29}
    by_point = {row["effective"]: round(100 * row["point_above_threshold"]) for row in shown["errors"]}
    assert [by_point[n] for n in (300, 500, 1000, 1500)] == [24, 20, 13, 9]
    assert [row["effective"] for row in shown["power"]] == [236, 386, 969, 1799]
    assert [row["wilson_needed"] for row in shown["recognition"]] == [95, 279, 462, 916, 1370]
    effects = {(row["per_village"], row["icc"]): round(row["deff"], 2) for row in shown["design_effect"]}
    assert [effects[key] for key in ((35, 0.02), (35, 0.05), (60, 0.02), (60, 0.05))] == [1.68, 2.7, 2.18, 3.95]
    told = invoke()
    assert told.exit_code == 0
    assert all(word in told.stdout for word in ("率的精度", "3,012", "1,799", "证明认可度"))


def test_the_short_form_demonstrates_and_gives_precision():
    sized = asked("--threshold", 0.02, "--true-rate", 0.005, "--deff", 3)
    wanted = {"without_error": 149, "effective": 386, "interviews": 1158, "errors_allowed": 3}
    assert {name: sized[name] for name in wanted} == wanted
    assert sized["errors"][0] == {"errors_allowed": 0, "effective": 149, "interviews": 447}
    assert asked("--rate", 0.9, "--half-width", 0.03)["simple"] == 385
    assert "386" in invoke("--threshold", 0.02, "--true-rate", 0.005).stdout


def test_villages_follow_from_their_households_and_their_likeness():
    plan = asked("demonstrate", "--threshold", 0.02, "--true-rate", 0.0025, "--per-village", 20, "--icc", 0.03)
    assert plan["interviews"] == 20 * plan["villages"]
    assert plan["df"] == plan["villages"] - 1
    assert plan["interviews"] > 236 * plan["deff"]
    mirrored = asked("demonstrate", "--threshold", 0.9, "--side", "at-least", "--true-rate", 0.95)
    assert mirrored["effective"] == asked("demonstrate", "--threshold", 0.1, "--true-rate", 0.05)["effective"]


def test_precision_is_told_in_both_directions():
    n = asked("precision", "--rate", 0.02, "--half-width", 0.01, "--population", 5000)["interviews"]
    back = asked("precision", "--rate", 0.02, "--interviews", n, "--population", 5000)
    assert back["half_width"] == pytest.approx(0.01, rel=2e-3)
    assert "—" in invoke("precision", "--rate", 0.02, "--interviews", 50, "--population", 50).stdout


def test_the_operating_curve_and_many_counties():
    curve = asked("curve", "--interviews", 1000, "--threshold", 0.02, "--rate", 0.02, "--rate", 0.005)
    assert (curve["errors_allowed"], curve["interviews"]) == (12, 1000)
    at, below = curve["curve"]
    assert at["demonstrated"] < 0.05 < below["demonstrated"]
    assert at["demonstrated"] + at["undecided"] + at["failed"] == pytest.approx(1)
    recognition = asked("curve", "--interviews", 900, "--threshold", 0.9, "--side", "at-least", "--deff", 2)
    assert {row["rate"] for row in recognition["curve"]} >= {0.9, 0.95}
    planned = ("counties", "--counties", 60, "--interviews", 1000, "--threshold", 0.02)
    spread = asked(*planned, "--mean", 0.01, "--deviation", 0.008)
    assert sum(row["counties"] for row in spread["verdicts"]) == pytest.approx(60)
    assert 0 < spread["wrong_verdicts"] < 3
    listed = asked(*planned, "--share", "0.005=2", "--share", "0.03=1")
    assert [row["counties"] for row in listed["verdicts"]] == pytest.approx([40, 20])
    assert "预计判错的县" in invoke(*planned, "--share", "0.005=2").stdout


def test_two_rounds_or_counties_are_compared():
    needed = asked("compare", "--rate", 0.05, "--other-rate", 0.02)["interviews_each"]
    assert needed == 586
    assert asked("compare", "--rate", 0.05, "--other-rate", 0.02, "--interviews", needed)["power"] >= 0.8
    shared = asked("compare", "--rate", 0.05, "--other-rate", 0.02, "--overlap", 0.8, "--correlation", 0.5)
    assert shared["interviews_each"] < needed
    told = asked("compare", "--rate", 0.05, "--interviews", 586, "--interviews", 500)
    assert told["nearest_below"] < 0.03
    assert told["nearest_above"] > 0.08


def test_households_a_village_by_cost():
    found = asked("clusters", "--icc", 0.05, "--village-cost", 800, "--household-cost", 50, "--budget", 60000)
    assert found["optimum_per_village"] == pytest.approx(17.44, abs=0.01)
    assert [row["optimum"] for row in found["villages_for_budget"]].count(True) == 1
    assert asked("clusters", "--icc", 0.05, "--per-village", 35)["design_effect"][0]["deff"] == pytest.approx(2.7)
    assert (
        "是"
        in invoke("clusters", "--icc", 0.05, "--village-cost", 800, "--household-cost", 50, "--budget", 60000).stdout
    )


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--threshold", "0.02", "--true-rate", "0.01999"), "太近"),
        (("--threshold", "0.02", "--true-rate", "0.5"), "门槛"),
        (("--threshold", "0.0000001"), "太低"),
        (("--threshold", "nan"), "nan"),
        (("--rate", "0.5", "--half-width", "1e-300"), "1000000000"),
        (("--threshold", "0.02", "--true-rate", "0.005", "--df", "1e-9"), "1000000000"),
        (("precision", "--rate", "0.5", "--interviews", "51", "--population", "50"), "超过了总体"),
        (("compare", "--rate", "0.05", "--other-rate", "0.05"), "没有差别"),
        (("clusters", "--icc", "0.05", "--village-cost", "9", "--household-cost", "1", "--budget", "2"), "预算"),
        (("counties", "--counties", "3", "--interviews", "9", "--threshold", "0.1", "--mean", "0.1",
          "--deviation", "0.9"), "deviation"),
    ],
)  # fmt: skip
def test_sizes_that_no_survey_has_are_refused_with_the_bounds(options, words):
    ended = invoke(*options)
    assert (ended.exit_code, words in ended.stderr) == (1, True), ended.output


@pytest.mark.parametrize(
    "options",
    [
        ("--rate", "0.9"),
        ("--threshold", "0.02", "--rate", "0.9"),
        ("--rate", "0.9", "--half-width", "0.03", "--power", "0.9"),
        ("--deff", "2", "curve", "--interviews", "9", "--threshold", "0.1"),
        ("demonstrate", "--threshold", "0.02", "--icc", "0.1"),
        ("demonstrate", "--threshold", "0.02", "--icc", "0.1", "--per-village", "9", "--df", "3"),
        ("precision", "--rate", "0.5"),
        ("compare", "--rate", "0.05"),
        ("clusters", "--icc", "0.05", "--budget", "9"),
        ("counties", "--counties", "3", "--interviews", "9", "--threshold", "0.1"),
        ("counties", "--counties", "3", "--interviews", "9", "--threshold", "0.1", "--share", "a=b"),
        ("counties", "--counties", "3", "--interviews", "9", "--threshold", "0.1", "--share", "0.1=0"),
    ],
)
def test_questions_that_are_half_put_are_refused(options):
    assert invoke(*options).exit_code == 2
