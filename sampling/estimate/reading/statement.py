"""Read the `estimates` part of a plan."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, cast

from sampling.estimate.errors import GrammarError
from sampling.estimate.reading.contrast import check_references, ends_of_composite, read_contrast
from sampling.estimate.reading.fitted import FITTED, OWN, read_fitted
from sampling.estimate.reading.interval import (
    check_interval,
    check_pooled,
    default_method,
    read_interval,
    read_threshold,
)
from sampling.estimate.reading.meant import condition_word
from sampling.estimate.reading.quantile import read_quantile
from sampling.estimate.reading.reader import Reader
from sampling.estimate.reading.where import Condition, read_condition
from sampling.estimate.statement import RATES, Statement, Statistic

STATISTICS = ("mean", "total", "proportion", "ratio", "contrast", "quantile", "variance", *FITTED)

OF_SOME_STATISTICS = (
    *("numerator", "denominator", "expression", "categorical", "design_effect"),
    *("p", "rule"),
    *OWN,
)
"""Keys that need the statistic to be read."""


def read_statements(readers: list[Reader]) -> list[Statement]:
    """Read the statements in order; each may build upon the earlier ones."""
    earlier: dict[str, Statement] = {}
    unread: set[str] = set()
    for reader in readers:
        name = str(reader.values.get("id"))
        statement = _statement(reader, earlier, unread)
        if statement is None:
            unread.add(name)
            continue
        if statement.id in earlier:
            reader.complain("plan.duplicate_id", "id", id=statement.id)
        earlier[statement.id] = statement
    return list(earlier.values())


def _statement(keys: Reader, earlier: Mapping[str, Statement], unread: Collection[str]) -> Statement | None:
    name = keys.text("id", needed=True)
    statistic = _statistic(keys)
    if statistic is None:
        _check_without_statistic(keys)
        return None
    variables, numerator, denominator = _subject(keys, statistic)
    expression = read_contrast(keys) if statistic == "contrast" else None
    by = keys.texts("by")
    if expression is not None:
        check_references(keys, expression, by, earlier, unread)
    fitted = read_fitted(keys, statistic, variables)
    quantile = read_quantile(keys, statistic)
    threshold = read_threshold(keys.mapping("threshold"))
    composite = None if expression is None else ends_of_composite(expression, earlier)
    default = default_method(statistic, judged=threshold is not None, composite=composite is not None)
    interval = read_interval(keys.mapping("interval"), default)
    check_interval(keys, interval, threshold, statistic, (0.0, 1.0) if statistic in RATES else composite)
    check_pooled(keys, interval, by, earlier)
    statement = Statement(
        id=name or "",
        statistic=statistic,
        interval=interval,
        variables=variables,
        numerator=numerator,
        denominator=denominator,
        expression=expression,
        by=by,
        where=None if statistic == "contrast" else _where(keys),
        missing="drop" if _missing(keys, statistic) == "drop" else "fail",
        categorical=_categorical(keys, statistic, variables if fitted.formula is None else fitted.formula.columns),
        design_effect=_design_effect(keys, statistic),
        threshold=threshold,
        probabilities=quantile.probabilities,
        rule=quantile.rule,
        formula=fitted.formula,
        family=fitted.family,
        test=fitted.test,
        null=fitted.null,
    )
    keys.close()
    return statement if name is not None else None


def _statistic(keys: Reader) -> Statistic | None:
    value = keys.take("statistic")
    if value in STATISTICS:
        return cast("Statistic", value)
    if value is None:
        keys.complain("plan.missing_key", "statistic")
    else:
        keys.refuse_word("statistic", value, STATISTICS)
    return None


def _check_without_statistic(keys: Reader) -> None:
    """Complain about what is wrong with whatever statistic is meant: keys that no statistic has among it."""
    keys.texts("variables")
    keys.texts("by")
    _where(keys)
    keys.choice("missing", ("fail", "drop"), "fail")
    read_threshold(keys.mapping("threshold"))
    read_interval(keys.mapping("interval"), "wald")
    for key in OF_SOME_STATISTICS:
        keys.take(key)
    keys.close()


def _subject(keys: Reader, statistic: str) -> tuple[tuple[str, ...], str | None, str | None]:
    """Take what the statement is about: variables, or numerator and denominator, or (contrasts) nothing here."""
    if statistic == "ratio":
        return (), keys.column("numerator", needed=True), keys.column("denominator", needed=True)
    if statistic == "contrast":
        return (), None, None
    stated = keys.values.get("variables")
    variables = keys.texts("variables")
    if statistic not in FITTED and (stated is None or stated == []):
        keys.complain("plan.missing_key", "variables")
    return variables, None, None


def _where(keys: Reader) -> Condition | None:
    text = keys.text("where")
    if text is None:
        return None
    try:
        return read_condition(text)
    except GrammarError as error:
        keys.refuse_text("where", text, error, "plan.bad_where", condition_word(error.word))
        return None


def _missing(keys: Reader, statistic: str) -> str:
    if statistic == "contrast":
        return "fail"
    return keys.choice("missing", ("fail", "drop"), "fail")


def _categorical(keys: Reader, statistic: str, variables: tuple[str, ...]) -> frozenset[str]:
    if statistic in ("contrast", "ratio", "quantile", "variance", "chisq", "ttest", "ranktest"):
        return frozenset()
    names = keys.texts("categorical")
    for name in names:
        if name not in variables:
            keys.complain("plan.categorical_not_a_variable", "categorical", name=name)
    return frozenset(names)


def _design_effect(keys: Reader, statistic: str) -> Any:
    if statistic in ("contrast", "quantile", "variance"):
        return "none"
    value = keys.take("design_effect")
    if value is None or value is False:
        return "none"
    if value is True:
        return "without"
    if value == "replace":
        return "replace"
    keys.complain("plan.not_one_of", "design_effect", value=str(value), allowed="false, true, replace")
    return "none"
