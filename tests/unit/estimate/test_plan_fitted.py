"""Keys of tests and models: what a plan may say, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Refuse = Callable[..., list[tuple[str, str]]]


@pytest.mark.parametrize(
    ("statement", "code", "place"),
    [
        ({"statistic": "glm"}, "plan.missing_key", "formula"),
        ({"statistic": "glm", "formula": "y ~ (a"}, "plan.bad_formula", "formula"),
        ({"statistic": "glm", "formula": "~ a"}, "plan.formula_without_response", "formula"),
        ({"statistic": "glm", "formula": "y ~ 0"}, "plan.formula_without_terms", "formula"),
        ({"statistic": "glm", "formula": "y ~ a", "variables": ["a"]}, "plan.key_not_for", "variables"),
        ({"statistic": "glm", "formula": "y ~ a", "family": "gamma"}, "plan.not_one_of", "family"),
        ({"statistic": "glm", "formula": "y ~ a", "test": "F"}, "plan.key_not_for", "test"),
        ({"statistic": "glm", "formula": "y ~ a", "null": 1}, "plan.key_not_for", "null"),
        ({"statistic": "glm", "formula": "y ~ a", "design_effect": True}, "plan.key_not_for", "design_effect"),
        (
            {"statistic": "glm", "formula": "y ~ a", "categorical": ["b"]},
            "plan.categorical_not_a_variable",
            "categorical",
        ),
        (
            {"statistic": "glm", "formula": "y ~ a", "interval": {"method": "wilson"}},
            "plan.method_not_for",
            "interval.method",
        ),
        (
            {"statistic": "ttest", "variables": ["a"], "threshold": {"value": 1, "side": "upper"}},
            "plan.key_not_for",
            "threshold",
        ),
        ({"statistic": "ttest"}, "plan.variable_count", "variables"),
        ({"statistic": "ttest", "variables": ["a", "b", "c"]}, "plan.variable_count", "variables"),
        ({"statistic": "ttest", "variables": ["a"], "formula": "y ~ a"}, "plan.key_not_for", "variables"),
        ({"statistic": "ttest", "formula": "y ~ a + b"}, "plan.formula_of_two_groups", "formula"),
        ({"statistic": "ttest", "variables": ["a", "b"], "null": 3}, "plan.key_not_for", "null"),
        ({"statistic": "chisq", "variables": ["a"]}, "plan.variable_count", "variables"),
        ({"statistic": "chisq", "variables": ["a", "b"], "test": "wilcoxon"}, "plan.not_one_of", "test"),
        ({"statistic": "chisq", "variables": ["a", "b"], "interval": {"level": 0.9}}, "plan.key_not_for", "interval"),
        ({"statistic": "chisq", "variables": ["a", "b"], "formula": "~ a + b"}, "plan.key_not_for", "formula"),
        ({"statistic": "ranktest", "variables": ["a", "b"], "family": "gaussian"}, "plan.key_not_for", "family"),
        ({"statistic": "mean", "variables": ["a"], "formula": "y ~ a"}, "plan.key_not_for", "formula"),
    ],
)
def test_refuses_keys_that_do_not_belong(refuse: Refuse, statement: dict[str, Any], code: str, place: str) -> None:
    assert refuse({"id": "x", **statement}) == [(code, f"estimates[0].{place}")]
