"""The study of opened reserves, in a short form: the same surveys by every rule, and what its page says."""

import numpy as np
import pytest

from benchmarks import replacement as study


@pytest.fixture(scope="module")
def outcome() -> study.Outcome:
    return study.study(study.SCENARIOS[0], 150)


def errors_off(outcome: study.Outcome, rule: str, number: int) -> float:
    value, error = study.bias(outcome, rule, number)
    return value / error


def test_totals_of_the_eligible_are_right_by_the_rule_for_stopped_groups(outcome: study.Outcome) -> None:
    for number in range(len(study.TOTALS)):
        assert abs(errors_off(outcome, study.STOPPED, number)) < 4
        assert abs(errors_off(outcome, study.NONE, number)) < 4


def test_other_rules_count_too_many(outcome: study.Outcome) -> None:
    assert errors_off(outcome, study.OPENED, 0) > 4
    value, _ = study.bias(outcome, study.INHERITED, 0)
    assert value == pytest.approx(0.075, abs=0.02)  # the share of households that are not there
    assert outcome.reserves > 5
    # Every survey is weighed by every rule, so the rules differ less than the surveys do.
    apart = outcome.estimates[study.OPENED][:, 0] - outcome.estimates[study.STOPPED][:, 0]
    assert apart.min() >= 0
    assert apart.std() < outcome.estimates[study.STOPPED][:, 0].std()


def test_a_study_follows_from_its_seed(outcome: study.Outcome) -> None:
    again = study.study(study.SCENARIOS[0], 3)
    for rule in study.RULES:
        assert np.array_equal(again.estimates[rule], outcome.estimates[rule][:3])


def test_the_page_says_what_the_figures_say(outcome: study.Outcome) -> None:
    page = "\n".join(study.sections([outcome], 150))
    said = page.partition("## What the figures say")[2].partition("\n## ")[0]
    rows = {rule: next(line for line in said.splitlines() if line.startswith(f"| {rule} | ")) for rule in study.RULES}
    assert "within Monte-Carlo limits" in rows[study.STOPPED]
    assert "biased" in rows[study.OPENED]
    assert "biased" in rows[study.INHERITED]
    assert 3 < study.limit(15) < 4
