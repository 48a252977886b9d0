"""Read the keys that tests and models have of their own: formula, family, test, null, and how many variables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast, get_args

from sampling.estimate.errors import GrammarError
from sampling.estimate.fits.families import Family
from sampling.estimate.reading.formula import Formula, read_formula
from sampling.estimate.reading.meant import ARITHMETIC
from sampling.estimate.reading.reader import Reader
from sampling.estimate.statement import Statistic

TESTS: Mapping[str, tuple[str, ...]] = {
    "chisq": ("F", "Chisq", "Wald", "adjWald", "lincom", "saddlepoint"),
    "ranktest": ("wilcoxon", "vanderWaerden", "median", "KruskalWallis"),
}
FITTED: tuple[Statistic, ...] = ("chisq", "ttest", "ranktest", "glm")
"""Statistics whose keys are read here."""
OWN = ("formula", "family", "test", "null")


@dataclass(frozen=True)
class FittedKeys:
    """Hold the keys that only tests and models have."""

    formula: Formula | None = None
    family: Family = "gaussian"
    test: str | None = None
    null: float = 0.0


def read_fitted(keys: Reader, statistic: Statistic, variables: tuple[str, ...]) -> FittedKeys:
    """Read them; where they do not belong they are refused."""
    read = FittedKeys()
    if statistic == "glm":
        read = _model(keys, variables)
    elif statistic == "ttest":
        read = _mean_test(keys, variables)
    elif statistic in TESTS:
        _check_count(keys, statistic, variables, (2,))
        read = FittedKeys(test=keys.choice("test", TESTS[statistic], TESTS[statistic][0]))
    _refuse(keys, OWN, statistic)
    if statistic in FITTED:
        _refuse(keys, ("threshold", "design_effect"), statistic)
    if statistic == "chisq":
        _refuse(keys, ("interval",), statistic)
    return read


def _model(keys: Reader, variables: tuple[str, ...]) -> FittedKeys:
    formula = read_formula_key(keys, "formula", sides=2, needed=True)
    family = keys.choice("family", get_args(Family), "gaussian")
    if variables:
        keys.complain("plan.key_not_for", "variables", other="glm", name="variables")
    if formula is not None and not formula.intercept and not formula.terms:
        keys.complain("plan.formula_without_terms", "formula", text=formula.text)
    return FittedKeys(formula, cast("Family", family))


def _mean_test(keys: Reader, variables: tuple[str, ...]) -> FittedKeys:
    """Take variables [y] or [y, group], or the formula `y ~ 0` or `y ~ group` that says the same."""
    formula = read_formula_key(keys, "formula", sides=2)
    if variables and formula is not None:
        keys.complain("plan.key_not_for", "variables", other="formula", name="variables")
    if formula is None:
        _check_count(keys, "ttest", variables, (1, 2))
    elif len(formula.terms) > 1 or any(len(term) > 1 for term in formula.terms):
        keys.complain("plan.formula_of_two_groups", "formula", text=formula.text)
    groups = len(variables) > 1 or (formula is not None and bool(formula.terms))
    null = None if groups else keys.number("null")
    return FittedKeys(formula, null=null or 0.0)


def _refuse(keys: Reader, names: tuple[str, ...], statistic: str) -> None:
    for name in names:
        if keys.take(name) is not None:
            keys.complain("plan.key_not_for", name, other=statistic, name=name)


def _check_count(keys: Reader, statistic: str, variables: tuple[str, ...], counts: tuple[int, ...]) -> None:
    if len(variables) not in counts:
        wanted = ", ".join(str(count) for count in counts)
        keys.complain("plan.variable_count", "variables", statistic=statistic, count=len(variables), wanted=wanted)


def read_formula_key(keys: Reader, key: str, *, sides: int, needed: bool = False) -> Formula | None:
    """Take a formula of one side (`~ a + b` or `a + b`) or of two (`y ~ a + b`)."""
    text = keys.text(key, needed=needed)
    if text is None:
        return None
    try:
        formula = read_formula(text)
    except GrammarError as error:
        keys.refuse_text(key, text, error, "plan.bad_formula", ARITHMETIC.get(error.word))
        return None
    if sides == 2 and formula.response is None:
        keys.complain("plan.formula_without_response", key, text=text)
    if sides == 1 and formula.response is not None:
        keys.complain("plan.formula_with_response", key, text=text)
    return formula
