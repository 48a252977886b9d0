"""Read how a plan adjusts weights: `nonresponse`, `trim` and `calibration` of its `design`."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any, Literal, cast, get_args

from sampling.estimate.reading.fitted import read_formula_key
from sampling.estimate.reading.reader import Reader
from sampling.estimate.weights.adjustment import (
    Adjustment,
    CalibrationMethod,
    CalibrationSpec,
    Level,
    NonresponseSpec,
    TrimSpec,
)

METHODS = get_args(CalibrationMethod)
NEAR, NEAR_SHARE = 1.0, 2e-4
INFINITE = {"-Inf": -math.inf, "Inf": math.inf}
"""How JSON, which has no infinity, may name a bound that is none; so may null."""


def read_adjustments(keys: Reader, stages: int) -> tuple[Adjustment, ...]:
    """Read them in the order in which they are made; `stages` are those that the design has."""
    found: list[Adjustment] = []
    nonresponse = keys.mapping("nonresponse")
    if nonresponse is not None:
        found += _nonresponse(nonresponse)
    trim = keys.mapping("trim")
    if trim is not None:
        found += _trim(trim)
    several = isinstance(keys.values.get("calibration"), list | tuple)
    calibrations = keys.readers("calibration") if several else [keys.mapping("calibration")]
    for reader in calibrations:
        if reader is not None:
            found += _calibration(reader, stages)
    return tuple(found)


def _calibration(keys: Reader, stages: int) -> Iterator[Adjustment]:
    if keys.values.get("method") is None:
        keys.complain("plan.missing_key", "method")
    method = keys.choice("method", METHODS, "")
    margins = _margins(keys)
    formula = read_formula_key(keys, "formula", sides=1)
    totals = _totals(keys)
    _agree(keys, method, margins, formula=formula is not None, totals=totals)
    bounds = _bounds(keys, method)
    stage = _stage(keys, method, stages)
    trim = keys.mapping("trim")
    fitted = margins if method == "raking" and bounds is None and stage is None else None
    epsilon = _epsilon(keys, method, fitted, trimmed=trim is not None)
    if method:
        kept = None if bounds == (-math.inf, math.inf) else bounds
        yield CalibrationSpec(
            cast("CalibrationMethod", method), margins, formula, totals, kept, stage, epsilon, keys.place
        )
    if trim is not None:
        yield from _trim(trim)
    keys.close()


def _agree(keys: Reader, method: str, margins: Mapping[Level, float] | None, *, formula: bool, totals: object) -> None:
    """See that margins, or formula and totals, are stated, and not both."""
    if margins is None and not formula and totals is None:
        keys.complain("plan.calibration_without_totals", "margins" if method == "poststratify" else "formula")
    elif margins is not None and (formula or totals is not None):
        keys.complain("plan.key_not_for", "formula", other="margins", name="formula, totals")
    elif margins is None and formula != (totals is not None):
        keys.complain("plan.missing_key", "totals" if formula else "formula")
    columns = {column for column, _ in margins or ()}
    if method == "poststratify" and (formula or len(columns) > 1):
        keys.complain("plan.poststratify_one_column", "margins", count=len(columns))


def _margins(keys: Reader) -> dict[Level, float] | None:
    columns = keys.mapping("margins")
    if columns is None:
        return None
    found: dict[Level, float] = {}
    for column in list(columns.values):
        levels = columns.mapping(column)
        for level, count in () if levels is None else _counts(levels, positive=True):
            found[column, level] = count
    if not found:
        keys.complain("plan.missing_key", "margins")
    return found


def _totals(keys: Reader) -> dict[str, float] | None:
    reader = keys.mapping("totals")
    return None if reader is None else dict(_counts(reader, positive=False))


def _counts(keys: Reader, *, positive: bool) -> Iterator[tuple[str, float]]:
    """Take every key of a mapping for a level with its count."""
    for level in list(keys.values):
        if isinstance(level, bool):
            # YAML reads Yes, No, on, off as truth values: which of them stood there is lost.
            keys.complain("plan.level_not_text", str(level))
            continue
        number = _number(keys.values[level])
        if number is None or not math.isfinite(number):
            keys.complain("plan.wrong_type", str(level), expected="number")
        elif positive and number < 0:
            keys.complain("plan.out_of_range", str(level), value=number, range=">= 0")
        else:
            yield str(level), number


def _number(value: Any) -> float | None:
    return None if isinstance(value, bool) or not isinstance(value, int | float) else float(value)


def _bounds(keys: Reader, method: str) -> tuple[float, float] | None:
    stated = keys.take("bounds")
    if stated is None:
        if method == "logit":
            keys.complain("plan.missing_key", "bounds")
        return None
    pair = stated if isinstance(stated, list | tuple) else []
    ends = [
        infinite if value is None else INFINITE[value] if value in INFINITE else _number(value)
        for value, infinite in zip(pair, (-math.inf, math.inf), strict=False)
    ]
    if len(pair) != 2 or None in ends:
        keys.complain("plan.wrong_type", "bounds", expected="[number, number]")
        return None
    low, high = (float(cast("float", end)) for end in ends)
    if not low < 1.0 < high or (method == "logit" and not math.isfinite(high - low)):
        keys.complain("plan.bounds_without_1", "bounds", low=str(low), high=str(high))
        return None
    if method == "poststratify":
        keys.complain("plan.key_not_for", "bounds", other="poststratify", name="bounds")
    return low, high


def _stage(keys: Reader, method: str, stages: int) -> int | None:
    stage = keys.number("aggregate_stage", least=1)
    if stage is None:
        return None
    if method == "poststratify":
        keys.complain("plan.key_not_for", "aggregate_stage", other="poststratify", name="aggregate_stage")
    if stage != int(stage) or stage > stages:
        keys.complain("plan.out_of_range", "aggregate_stage", value=stage, range=f"1 - {stages}")
        return None
    return int(stage)


def _epsilon(keys: Reader, method: str, fitted: Mapping[Level, float] | None, *, trimmed: bool) -> float | None:
    """Take what fitting to margins stops at; where trimming moves weights off them anyway R's 1, less for few."""
    epsilon = keys.number("epsilon", above=0.0)
    if epsilon is not None and not fitted:
        keys.complain("plan.key_not_for", "epsilon", other=f"{method}, formula, bounds", name="epsilon")
    if epsilon is not None or not fitted or not trimmed:
        return epsilon
    first = next(iter(fitted))[0]
    whole = sum(count for (column, _), count in fitted.items() if column == first)
    return min(NEAR, whole * NEAR_SHARE)


def _trim(keys: Reader) -> Iterator[Adjustment]:
    lower, upper = keys.number("lower"), keys.number("upper")
    strict = keys.flag("strict", default=False)
    if lower is None and upper is None:
        keys.complain("plan.missing_key", "upper")
    if lower is not None and upper is not None and lower >= upper:
        keys.complain("plan.out_of_range", "lower", value=lower, range=f"< {upper:g}")
    keys.close()
    yield TrimSpec(lower, upper, strict, keys.place)


def _nonresponse(keys: Reader) -> Iterator[Adjustment]:
    responded = keys.column("responded", needed=True)
    eligible = keys.column("eligible")
    steps = _classes(keys)
    propensity = read_formula_key(keys, "propensity", sides=1)
    if (propensity is None) == (not steps):
        keys.complain("plan.classes_or_propensity", "classes")
    if propensity is None and keys.values.get("method") is not None:
        keys.complain("plan.key_not_for", "method", other="classes", name="method")
    method = keys.choice("method", ("quintiles", "inverse"), "quintiles")
    keys.close()
    if responded is None:
        return
    if propensity is not None:
        inverse: Literal["quintiles", "inverse"] = "inverse" if method == "inverse" else "quintiles"
        yield NonresponseSpec(responded, eligible, propensity=propensity, method=inverse, place=keys.place)
    for number, classes in enumerate(steps):
        waits = number < len(steps) - 1
        yield NonresponseSpec(responded, eligible, classes, waits, place=keys.place)


def _classes(keys: Reader) -> list[tuple[str, ...]]:
    """Take columns, or lists of columns from the finest classes to the coarsest."""
    stated = keys.values.get("classes")
    if not isinstance(stated, list | tuple) or not any(isinstance(item, list | tuple) for item in stated):
        columns = keys.texts("classes")
        return [columns] if columns else []
    keys.take("classes")
    inner = Reader({str(index): item for index, item in enumerate(stated)}, keys.path("classes"), keys.complaints)
    steps = [inner.texts(str(index)) for index in range(len(stated))]
    finer: set[str] = set(steps[0])
    for index, columns in enumerate(steps):
        if not columns or not finer.issuperset(columns):
            keys.complain("plan.classes_not_coarser", f"classes[{index}]")
        finer = set(columns)
    return steps
