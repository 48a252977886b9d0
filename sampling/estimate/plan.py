"""Read an analysis plan (YAML or JSON text, or the mapping itself) into statements, with every complaint at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import yaml

from sampling.estimate.design import DesignSpec, LonelyRule, StageSpec
from sampling.estimate.errors import Complaint, GrammarError
from sampling.estimate.expression import Expression, read_expression
from sampling.estimate.interval import RATE_METHODS, RateMethod, Side
from sampling.estimate.reader import Reader
from sampling.estimate.stage import UnequalMethod, UnequalSpec
from sampling.estimate.statement import IntervalSpec, Plan, Statement, Statistic, ThresholdSpec
from sampling.estimate.where import Condition, read_condition

STATISTICS = ("mean", "total", "proportion", "ratio", "contrast")
NOT_BUILT_STATISTICS = ("quantile", "variance", "chisq", "ttest", "ranktest", "glm")
LONELY_RULES = ("fail", "remove", "certainty", "adjust", "average")
UNEQUAL_METHODS = ("brewer", "overton", "hartley-rao", "poisson")


@dataclass(frozen=True)
class PlanReading:
    """Hold the plan, or None and the complaints against it."""

    plan: Plan | None
    complaints: tuple[Complaint, ...]


def load_plan(source: str | Mapping[str, Any]) -> PlanReading:
    """Read a plan; `source` is its YAML or JSON text (not a path), or the mapping it stands for."""
    complaints: list[Complaint] = []
    values = _parsed(source, complaints) if isinstance(source, str) else source
    if not isinstance(values, Mapping):
        return PlanReading(None, tuple(complaints) or (Complaint("plan.not_a_mapping", {"place": "", "key": ""}),))
    top = Reader(values, "", complaints)
    version = top.take("version")
    if version != 1 or isinstance(version, bool):
        top.complain("plan.unknown_version", "version", value=str(version))
    data = top.text("data")
    design_keys = top.mapping("design")
    design = DesignSpec()
    if design_keys is not None:
        design = _design(design_keys)
    else:
        top.complain("plan.missing_key", "design")
    readers = top.readers("estimates")
    if not readers:
        top.complain("plan.missing_key", "estimates")
    statements = _statements(readers)
    top.close()
    if complaints:
        return PlanReading(None, tuple(complaints))
    return PlanReading(Plan(design, tuple(statements), data), ())


class _UniqueKeys(yaml.SafeLoader):
    """Refuse a mapping that names a key twice; YAML's loader would keep the last one silently."""


def _unique_mapping(loader: _UniqueKeys, node: yaml.MappingNode) -> dict[Any, Any]:
    seen: set[Any] = set()
    for key_node, _ in node.value:
        key = loader.construct_object(key_node, deep=True)
        if key in seen:
            raise yaml.constructor.ConstructorError(None, None, f"key {key!r} stands twice", key_node.start_mark)
        seen.add(key)
    return loader.construct_mapping(node, deep=True)


_UniqueKeys.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _unique_mapping)


def _parsed(text: str, complaints: list[Complaint]) -> Any:
    try:
        return yaml.load(text, Loader=_UniqueKeys)  # noqa: S506 - a SafeLoader
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        complaints.append(
            Complaint(
                "plan.not_yaml",
                {
                    "line": mark.line + 1 if mark else None,
                    "column": mark.column + 1 if mark else None,
                    "problem": str(getattr(error, "problem", None) or error),
                },
            )
        )
        return None


def _design(keys: Reader) -> DesignSpec:
    stages = [_stage(reader) for reader in keys.readers("stages")] or [StageSpec()]
    for index, stage in enumerate(stages[:-1]):
        if stage.cluster is None:
            keys.complain("plan.stage_without_cluster", f"stages[{index}]")
    weights = keys.text("weights")
    if weights is None and any(s.population is None and s.probability is None for s in stages):
        keys.complain("plan.weights_needed", "weights")
    nested = keys.flag("nested", default=False)
    lonely = keys.choice("lonely_psu", LONELY_RULES, "fail")
    lonely_domain = keys.flag("lonely_domain", default=False)
    unequal = _unequal(keys.mapping("unequal"))
    if unequal is not None and not any(stage.probability for stage in stages):
        keys.complain("plan.unequal_without_probability", "unequal")
    keys.refuse(("replicates", "calibration", "two_phase"))
    keys.close()
    return DesignSpec(tuple(stages), weights, nested, cast("LonelyRule", lonely), lonely_domain, unequal)


def _stage(keys: Reader) -> StageSpec:
    stage = StageSpec(*(keys.text(key) for key in ("cluster", "strata", "population", "probability")))
    if stage.population is not None and stage.probability is not None:
        keys.complain("plan.population_and_probability", "probability")
    keys.close()
    return stage


def _unequal(keys: Reader | None) -> UnequalSpec | None:
    if keys is None:
        return None
    method = keys.take("method")
    known = method in UNEQUAL_METHODS
    if method == "joint":
        keys.complain("plan.not_built", "method")
    elif method is None:
        keys.complain("plan.missing_key", "method")
    elif not known:
        keys.complain("plan.not_one_of", "method", value=str(method), allowed=", ".join((*UNEQUAL_METHODS, "joint")))
    variance = keys.values.get("variance")
    form = keys.choice("variance", ("ht", "yg"), "ht")
    psum = keys.number("psum", least=0.0)
    if known and method != "hartley-rao" and psum is not None:
        keys.complain("plan.key_not_for", "psum", other=str(method))
    if known and method in ("brewer", "poisson") and variance is not None:
        keys.complain("plan.key_not_for", "variance", other=str(method))
    keys.refuse(("joint",))
    keys.close()
    if not known:
        return None
    return UnequalSpec(cast("UnequalMethod", method), psum, "yg" if form == "yg" else "ht")


def _statements(readers: list[Reader]) -> list[Statement]:
    earlier: dict[str, Statement] = {}
    for reader in readers:
        statement = _statement(reader, earlier)
        if statement is None:
            continue
        if statement.id in earlier:
            reader.complain("plan.duplicate_id", "id", id=statement.id)
        earlier[statement.id] = statement
    return list(earlier.values())


def _statement(keys: Reader, earlier: Mapping[str, Statement]) -> Statement | None:
    name = keys.text("id", needed=True)
    statistic = keys.take("statistic")
    if statistic in NOT_BUILT_STATISTICS:
        keys.complain("plan.not_built", "statistic", value=str(statistic))
        return None
    if statistic not in STATISTICS:
        if statistic is None:
            keys.complain("plan.missing_key", "statistic")
        else:
            allowed = ", ".join((*STATISTICS, *NOT_BUILT_STATISTICS))
            keys.complain("plan.not_one_of", "statistic", value=str(statistic), allowed=allowed)
        return None
    variables, numerator, denominator = _subject(keys, statistic)
    expression = _expression(keys) if statistic == "contrast" else None
    by = keys.texts("by")
    if expression is not None:
        _check_names(keys, expression, by, earlier)
    threshold = _threshold(keys.mapping("threshold"))
    composite = expression is not None and _is_composite(expression, earlier)
    default = _default_method(statistic, composite=composite and threshold is not None)
    interval = _interval(keys.mapping("interval"), default)
    if interval.method != "wald" and not (statistic in ("proportion", "ratio") or composite):
        keys.complain("plan.method_not_for", "interval", method=interval.method, statistic=str(statistic))
    statement = Statement(
        id=name or "",
        statistic=cast("Statistic", statistic),
        interval=interval,
        variables=variables,
        numerator=numerator,
        denominator=denominator,
        expression=expression,
        by=by,
        where=None if statistic == "contrast" else _where(keys),
        missing="drop" if _missing(keys, statistic) == "drop" else "fail",
        categorical=_categorical(keys, statistic, variables),
        design_effect=_design_effect(keys, statistic),
        threshold=threshold,
    )
    keys.refuse(("p", "rule", "formula", "family"))
    keys.close()
    return statement if name is not None else None


def _subject(keys: Reader, statistic: str) -> tuple[tuple[str, ...], str | None, str | None]:
    """Take what the statement is about: variables, or numerator and denominator, or (contrasts) nothing here."""
    if statistic == "ratio":
        return (), keys.text("numerator", needed=True), keys.text("denominator", needed=True)
    if statistic == "contrast":
        return (), None, None
    variables = keys.texts("variables")
    if not variables:
        keys.complain("plan.missing_key", "variables")
    return variables, None, None


def _expression(keys: Reader) -> Expression | None:
    text = keys.text("expression", needed=True)
    if text is None:
        return None
    try:
        return read_expression(text)
    except GrammarError as error:
        keys.complain("plan.bad_expression", "expression", text=text, position=error.position + 1)
        return None


def _check_names(keys: Reader, expression: Expression, by: tuple[str, ...], earlier: Mapping[str, Statement]) -> None:
    for name in expression.names:
        part = earlier.get(name)
        if part is None:
            keys.complain("plan.unknown_estimate", "expression", name=name)
        elif part.by != by:
            keys.complain("plan.other_domains", "expression", name=name, by=", ".join(by), other=", ".join(part.by))
        elif len(part.variables) > 1:
            keys.complain("plan.several_variables", "expression", name=name)
    if not expression.names:
        keys.complain("plan.no_estimate", "expression")


def _is_composite(expression: Expression, earlier: Mapping[str, Statement]) -> bool:
    """Tell whether the expression is a constant plus rates with weights that are all positive."""
    line = expression.affine
    if line is None or not line.coefficients or any(value <= 0 for value in line.coefficients.values()):
        return False
    parts = [earlier.get(name) for name in line.coefficients]
    return all(part is not None and part.statistic in ("proportion", "ratio") for part in parts)


def _default_method(statistic: str, *, composite: bool) -> RateMethod:
    return "korn-graubard" if statistic == "proportion" or composite else "wald"


def _where(keys: Reader) -> Condition | None:
    text = keys.text("where")
    if text is None:
        return None
    try:
        return read_condition(text)
    except GrammarError as error:
        keys.complain("plan.bad_where", "where", text=text, position=error.position + 1, word=error.word)
        return None


def _missing(keys: Reader, statistic: str) -> str:
    if statistic == "contrast":
        return "fail"
    return keys.choice("missing", ("fail", "drop"), "fail")


def _categorical(keys: Reader, statistic: str, variables: tuple[str, ...]) -> frozenset[str]:
    if statistic in ("contrast", "ratio"):
        return frozenset()
    names = keys.texts("categorical")
    for name in names:
        if name not in variables:
            keys.complain("plan.categorical_not_a_variable", "categorical", name=name)
    return frozenset(names)


def _design_effect(keys: Reader, statistic: str) -> Any:
    if statistic == "contrast":
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


def _interval(keys: Reader | None, default: RateMethod) -> IntervalSpec:
    if keys is None:
        return IntervalSpec(default)
    method = keys.choice("method", RATE_METHODS, default)
    level = keys.number("level", above=0.0, below=1.0)
    side = keys.choice("side", ("two", "lower", "upper"), "two")
    truncate = keys.flag("truncate", default=True)
    planned = keys.number("planned_deff", above=0.0)
    given = keys.values.get("df")
    df: Any = "design"
    if isinstance(given, str):
        df = keys.choice("df", ("design", "infinite"), "design")
    else:
        df = keys.number("df", above=0.0) or "design"
    keys.close()
    return IntervalSpec(
        cast("RateMethod", method), 0.95 if level is None else level, cast("Side", side), df, truncate, planned
    )


def _threshold(keys: Reader | None) -> ThresholdSpec | None:
    if keys is None:
        return None
    value = keys.number("value")
    if value is None:
        keys.complain("plan.missing_key", "value")
    if "side" not in keys.values:
        keys.complain("plan.missing_key", "side")
    side = keys.choice("side", ("upper", "lower"), "upper")
    alpha = keys.number("alpha", above=0.0, below=0.5)
    planned = keys.number("planned_deff", above=0.0)
    keys.close()
    return ThresholdSpec(
        value or 0.0, "lower" if side == "lower" else "upper", 0.05 if alpha is None else alpha, planned
    )
