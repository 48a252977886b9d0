"""What a planner asks about sizes: every answer is a few figures and tables, for a terminal or as JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace

from sampling import size
from sampling.size import ComparisonTest, Method, OperatingCurve, Side

Value = float | int | str | bool | None
Row = Mapping[str, Value]

SHOWN_PRECISIONS = ((0.9, 0.03), (0.5, 0.05), (0.02, 0.01), (0.02, 0.005))
"""Planned rates and half-widths of the overview."""
SHOWN_SIZES = (300, 500, 700, 1000, 1300, 1500, 2000)
SHOWN_PARTS = (0.125, 0.25, 0.5, 0.625)
"""True rates of the overview, as parts of the threshold."""
SHOWN_CLUSTERS, SHOWN_CORRELATIONS = (10, 20, 35, 60), (0.02, 0.05, 0.1)
MORE_ERRORS = 5
"""Numbers of errors beyond none for which a demonstration shows the size."""


@dataclass(frozen=True)
class Answer:
    """Figures that answer the question, and tables beside them."""

    figures: Row
    tables: Mapping[str, Sequence[Row]] = field(default_factory=dict)

    def as_json(self) -> dict[str, object]:
        """Return the answer as a machine reads it."""
        return {**self.figures, **{name: [dict(row) for row in rows] for name, rows in self.tables.items()}}


@dataclass(frozen=True)
class Worth:
    """What one interview is worth: design effect, degrees of freedom and level."""

    deff: float = 1.0
    df: float | None = None
    level: float = 0.95

    def interviews(self, effective: float) -> int:
        """Return the interviews that are worth so many of a simple random sample."""
        return size.interviews_needed(effective, deff=self.deff, df=self.df, level=self.level)

    def demonstrating(self, wrong: float, rule: "Rule", power: float) -> int:
        """Return the interviews that demonstrate with a chance at a true rate of errors."""
        found = size.power_interviews(
            wrong, rule.worst, power=power, deff=self.deff, df=self.df, level=self.level, method=rule.method
        )
        return found.interviews


@dataclass(frozen=True)
class Rule:
    """What a rate is held against: a threshold to stay below (upper) or to reach (lower), and the bound used."""

    threshold: float
    side: Side = "upper"
    method: Method = "exact"

    @property
    def worst(self) -> float:
        """Return the largest rate of errors that passes."""
        return 1 - self.threshold if self.side == "lower" else self.threshold


def overview(threshold: float, worth: Worth) -> Answer:
    """Return what every planner should have seen once: sizes for precision and demonstration, design effects."""
    rule = Rule(threshold)
    tables: dict[str, Sequence[Row]] = {
        "precision": [_precision_row(rate, width, worth) for rate, width in SHOWN_PRECISIONS],
        "errors": [_errors_row(n, rule, worth) for n in (_none(rule, worth), *SHOWN_SIZES)],
        "power": power_rows(rule, worth, [part * threshold for part in SHOWN_PARTS], 0.8),
        "recognition": [_recognition_row(n, worth.level) for n in (100, 300, 500, 1000, 1500)],
        "design_effect": [
            {"per_village": m, "icc": icc, "deff": size.cluster_effect(m, icc)}
            for m in SHOWN_CLUSTERS
            for icc in SHOWN_CORRELATIONS
        ],
    }
    return Answer({"threshold": threshold, "level": worth.level, "deff": worth.deff, "df": worth.df}, tables)


def _none(rule: Rule, worth: Worth) -> int:
    return size.demonstration_size(rule.worst, level=worth.level, method=rule.method)


def _precision_row(rate: float, width: float, worth: Worth) -> Row:
    found = size.precision_size(rate, width, level=worth.level, deff=worth.deff, df=worth.df)
    return {"rate": rate, "half_width": width, "simple": found.simple, "interviews": found.size}


def _errors_row(effective: int, rule: Rule, worth: Worth) -> Row:
    """Return how many errors an effective sample may hold, and how the point estimate alone errs at such a size."""
    curve = size.operating_curve(effective, rule.threshold, [rule.threshold, 1.25 * rule.threshold], level=worth.level)
    return {
        "effective": effective,
        "interviews": worth.interviews(effective),
        "errors_allowed": curve.errors_allowed,
        "wrong_at_threshold": curve.points[0].demonstrated,
        "point_at_threshold": curve.points[0].point_estimate,
        "point_above_threshold": curve.points[1].point_estimate,
    }


def _recognition_row(effective: int, level: float) -> Row:
    missing = size.errors_allowed(effective, 0.1, level=level, method="wilson", reached=True)
    exact = size.errors_allowed(effective, 0.1, level=level, reached=True)
    wilson_needed, exact_needed = (None if each is None else effective - each for each in (missing, exact))
    return {"effective": effective, "wilson_needed": wilson_needed, "exact_needed": exact_needed}


def power_rows(rule: Rule, worth: Worth, rates: Sequence[float], power: float) -> list[Row]:
    """Return the sizes that demonstrate with a chance, for several true rates."""
    rows: list[Row] = []
    for rate in rates:
        wrong = 1 - rate if rule.side == "lower" else rate
        effective = size.power_size(wrong, rule.worst, power=power, level=worth.level, method=rule.method)
        allowed = size.errors_allowed(effective, rule.worst, level=worth.level, method=rule.method)
        interviews = worth.demonstrating(wrong, rule, power)
        rows.append({"rate": rate, "effective": effective, "errors_allowed": allowed, "interviews": interviews})
    return rows


@dataclass(frozen=True)
class Villages:
    """How the interviews lie in villages."""

    per_village: int
    icc: float
    strata: int = 1


def demonstration(
    rule: Rule, worth: Worth, true_rate: float | None, power: float, villages: Villages | None = None
) -> Answer:
    """Return the size that demonstrates, without an error, with some, and with a chance at a true rate."""
    none = _none(rule, worth)
    figures: dict[str, Value] = {"without_error": none}
    effective: float = none
    if true_rate is not None:
        row = power_rows(rule, worth, [true_rate], power)[0]
        effective = float(row["effective"] or 0)
        figures |= {name: row[name] for name in ("effective", "interviews", "errors_allowed")}
    if villages is not None:
        planned = size.villages_needed(
            effective, villages.per_village, villages.icc, strata=villages.strata, level=worth.level
        )
        figures |= {
            "villages": planned.villages,
            "interviews": planned.interviews,
            "deff": planned.deff,
            "df": planned.df,
        }
        worth = replace(worth, deff=planned.deff, df=planned.df)
    errors: list[Row] = []
    for number in range(MORE_ERRORS + 1):
        needed = size.demonstration_size(rule.worst, errors=number, level=worth.level, method=rule.method)
        errors.append({"errors_allowed": number, "effective": needed, "interviews": worth.interviews(needed)})
    return Answer(figures, {"errors": errors})


def precision(
    rate: float, half_width: float | None, interviews: int | None, worth: Worth, population: int | None
) -> Answer:
    """Return the size for a half-width, or the half-width of a size."""
    if interviews is not None:
        got = size.precision_reached(
            rate, interviews, level=worth.level, deff=worth.deff, df=worth.df, population=population
        )
        figures = asdict(got)
        return Answer({name: figures[name] for name in ("half_width", "standard_error", "effective")})
    found = size.precision_size(
        rate, half_width or 0.0, level=worth.level, deff=worth.deff, population=population, df=worth.df
    )
    return Answer({"simple": found.simple, "interviews": found.size})


def curve(rule: Rule, worth: Worth, interviews: int, rates: Sequence[float]) -> OperatingCurve:
    """Return how a planned sample decides at true rates."""
    return size.operating_curve(
        interviews, rule.threshold, rates,
        side=rule.side, method=rule.method, deff=worth.deff, df=worth.df, level=worth.level,
    )  # fmt: skip


def operating(found: OperatingCurve) -> Answer:
    """Return the chance of each verdict at true rates."""
    rows: list[Row] = [
        {
            "rate": point.rate,
            "demonstrated": point.demonstrated,
            "undecided": point.undecided,
            "failed": point.failed,
            "point_estimate": point.point_estimate,
        }
        for point in found.points
    ]
    return Answer(_decision(found), {"curve": rows})


def _decision(found: OperatingCurve) -> dict[str, Value]:
    return {
        "interviews": found.n,
        "effective": found.n_effective,
        "errors_allowed": found.errors_allowed,
        "errors_failing": found.errors_failing,
    }


def usual_rates(rule: Rule) -> list[float]:
    """Return true rates around a threshold at which a rule is looked at."""
    parts = (0.125, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 3.0)
    worst = [part * rule.worst for part in parts if part * rule.worst < 1]
    return [1 - wrong for wrong in worst] if rule.side == "lower" else worst


def counties(number: int, found: OperatingCurve, shares: Sequence[float] | None) -> Answer:
    """Return how many wrong verdicts so many counties may expect, whose true rates are the points of the curve."""
    counted = size.county_verdicts(number, found, shares)
    rows: list[Row] = [
        {
            "truth": "meets",
            "counties": counted.truly_meeting,
            "passed": counted.rightly_passed,
            "left_undecided": counted.undecided_meeting,
            "found_failing": counted.wrongly_failed,
            "wrong_by_point": counted.failed_by_point_wrongly,
        },
        {
            "truth": "misses",
            "counties": counted.truly_missing,
            "passed": counted.wrongly_passed,
            "left_undecided": counted.undecided_missing,
            "found_failing": counted.rightly_failed,
            "wrong_by_point": counted.passed_by_point_wrongly,
        },
    ]
    figures = {
        **_decision(found),
        "wrong_verdicts": counted.wrongly_passed + counted.wrongly_failed,
        "wrong_among_passed": counted.wrong_among_passed,
    }
    return Answer(figures, {"verdicts": rows})


def comparison(
    rate: float, other: float | None, sizes: tuple[int, int] | None, test: ComparisonTest, power: float
) -> Answer:
    """Return the size that finds a difference, the power of given sizes, or the rates that they tell apart."""
    if other is None:
        below, above = size.detectable_rates(rate, sizes or (1, 1), test, power=power)
        return Answer({"nearest_below": below, "nearest_above": above})
    if sizes is None:
        needed = size.compare_size((rate, other), test, power=power)
        found = size.compare_power((rate, other), (needed, needed), test)
        return Answer({"interviews_each": needed, "power": found.power, "standard_error": found.standard_error})
    found = size.compare_power((rate, other), sizes, test)
    return Answer({"difference": found.difference, "standard_error": found.standard_error, "power": found.power})


@dataclass(frozen=True)
class Costs:
    """What a village and a household cost, and what there is to spend."""

    village: float
    household: float
    budget: float


def clusters(icc: float, sizes: Sequence[int], variation: float, weights: float, costs: Costs | None) -> Answer:
    """Return the design effect of villages of several sizes and, with costs, the size that is worth most."""
    if costs is None:
        rows: list[Row] = [
            {"per_village": m, "deff": size.cluster_effect(m, icc, variation=variation, weights_variation=weights)}
            for m in sizes or SHOWN_CLUSTERS
        ]
        return Answer({"icc": icc}, {"design_effect": rows})
    best, plans = size.optimum_clusters(costs.village, costs.household, icc, costs.budget, sizes=tuple(sizes))
    rows = [
        {
            "per_village": plan.size,
            "villages": plan.clusters,
            "interviews": plan.interviews,
            "cost": plan.cost,
            "deff": plan.deff,
            "effective": plan.effective,
            "optimum": plan.optimum,
        }
        for plan in plans
    ]
    return Answer({"icc": icc, "optimum_per_village": best}, {"villages_for_budget": rows})
