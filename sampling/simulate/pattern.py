"""Read the assumed rates: who errs, who answers, who is not eligible, and what is estimated of them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sampling.design import Design
from sampling.documents import check_schema, parse_document
from sampling.engine import Engine
from sampling.errors import Complaint, complain
from sampling.estimate.interval import RateMethod
from sampling.hashing import sha256_json
from sampling.levels import Column, find_column
from sampling.steps import text_of

FILE = "rates.yaml"
SHOWN_VALUES = 12
"""How many of a column's values a complaint about an unknown one shows."""


@dataclass(frozen=True)
class RateLine:
    """Give a rate for the units whose columns hold these values."""

    when: Mapping[str, str]
    rate: float


@dataclass(frozen=True)
class RateRule:
    """Give every unit a rate: of the first line that matches it, else ``each``."""

    each: float
    by: tuple[RateLine, ...] = ()


@dataclass(frozen=True)
class Threshold:
    """Hold an indicator against a value, as a plan's threshold does."""

    value: float
    side: str
    alpha: float
    planned_deff: float | None


@dataclass(frozen=True)
class Indicator:
    """Describe one rate that is estimated.

    Parameters
    ----------
    persons : str or None
        Integer column of the unit's persons, for a rate of persons; None for a share of units.
    where : mapping
        Columns with the values that a unit must have to count.
    rates : RateRule
        Assumed rate of the units that count.
    icc : float
        Likeness of the units of a cluster.
    """

    id: str
    persons: str | None
    where: Mapping[str, tuple[str, ...]]
    rates: RateRule
    icc: float
    method: RateMethod
    level: float
    threshold: Threshold | None


@dataclass(frozen=True)
class Pattern:
    """Hold the assumed rates; docs/formats.md, Rates.

    Parameters
    ----------
    clusters : str or None
        Level whose units are alike by ``icc``.
    by : tuple of str
        Columns whose crossing gives the domains.
    ineligible, response : RateRule
        Rates of units that are not eligible, and of eligible ones that answer when they are visited.
    open_reserves : bool
        Whether units that are not interviewed are replaced by reserves.
    rounds : int
        How often replacements are replaced again, at most.
    totals : bool
        Whether totals are estimated beside the rates.
    """

    title: str
    clusters: str | None
    by: tuple[str, ...]
    indicators: tuple[Indicator, ...]
    ineligible: RateRule
    response: RateRule
    open_reserves: bool
    rounds: int
    lonely_psu: str
    totals: bool

    @property
    def columns(self) -> tuple[str, ...]:
        """List the columns that are asked for as text."""
        rules = [self.ineligible, self.response, *(each.rates for each in self.indicators)]
        names = [*self.by, *(name for each in self.indicators for name in each.where)]
        names += [name for rule in rules for line in rule.by for name in line.when]
        return tuple(dict.fromkeys(names))

    def hashed(self, canonical: Mapping[str, object]) -> str:
        """Hash the pattern with the design that it is for."""
        return sha256_json({"design": dict(canonical), "rates": _plain(self)})


def _plain(value: Any) -> Any:
    """Write dataclasses, tuples and numbers as the JSON that is hashed; numbers as text, which has one form."""
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if hasattr(value, "__dataclass_fields__"):
        return {name: _plain(getattr(value, name)) for name in value.__dataclass_fields__}
    return value


@dataclass(frozen=True)
class PatternReading:
    """Hold a pattern, or the complaints that forbid its use."""

    pattern: Pattern | None
    complaints: tuple[Complaint, ...]


def load_pattern(text: str, design: Design, file: str = FILE) -> PatternReading:
    """Read a rates file for a design; every problem that needs no frame comes back at once."""
    document = parse_document(text, file)
    complaints = list(document.complaints) or check_schema(document.value, "rates.schema.json", file)
    if complaints:
        return PatternReading(None, tuple(complaints))
    pattern = _build(document.value)
    complaints = [complain(each.code, file=file, column=each.column, **each.details_beyond_place)
                  for each in _check(pattern, design)]  # fmt: skip
    return PatternReading(None if complaints else pattern, tuple(complaints))


def _build(value: Mapping[str, Any]) -> Pattern:
    """Build a pattern from a document that fits the schema, every default written out."""
    return Pattern(
        title=value.get("title", ""),
        clusters=value.get("clusters"),
        by=tuple(value.get("by", ())),
        indicators=tuple(_indicator(each) for each in value["indicators"]),
        ineligible=_rule(value.get("ineligible", {"each": 0})),
        response=_rule(value.get("response", {"each": 1})),
        open_reserves=value.get("open_reserves", True),
        rounds=value.get("rounds", 6),
        lonely_psu=value.get("lonely_psu", "adjust"),
        totals=value.get("totals", False),
    )


def _indicator(value: Mapping[str, Any]) -> Indicator:
    interval, threshold = value.get("interval", {}), value.get("threshold")
    return Indicator(
        id=value["id"],
        persons=value.get("persons"),
        where={name: tuple(values) for name, values in value.get("where", {}).items()},
        rates=_rule(value["rates"]),
        icc=float(value.get("icc", 0)),
        method=interval.get("method", "korn-graubard"),
        level=float(interval.get("level", 0.95)),
        threshold=None if threshold is None else _threshold(threshold),
    )


def _threshold(value: Mapping[str, Any]) -> Threshold:
    planned = value.get("planned_deff")
    alpha = float(value.get("alpha", 0.05))
    return Threshold(float(value["value"]), value["side"], alpha, None if planned is None else float(planned))


def _rule(value: Mapping[str, Any]) -> RateRule:
    return RateRule(
        float(value["each"]), tuple(RateLine(each["when"], float(each["rate"])) for each in value.get("by", ()))
    )


def _check(pattern: Pattern, design: Design) -> Iterator[Complaint]:
    """Complain about names that the design's levels do not have, and about what cannot be simulated."""
    depth = design.depth(len(design.stages) - 1)
    known = {column.name: column for level in design.levels[: depth + 1] for column in level.all_columns}
    for place, name in _named(pattern):
        if name not in known:
            yield complain("rates.unknown_column", column=place, name=name, allowed=", ".join(known))
    for i, each in enumerate(pattern.indicators):
        if each.persons in known and known[str(each.persons)].kind != "integer":
            yield complain("rates.persons_not_integer", column=f"indicators[{i}].persons", name=each.persons)
        if each.icc and pattern.clusters is None:
            yield complain("rates.no_clusters", column=f"indicators[{i}].icc")
        if [other.id for other in pattern.indicators].index(each.id) < i:
            yield complain("rates.repeated_id", column=f"indicators[{i}].id", name=each.id)
    above = [level.name for level in design.levels[:depth]]
    if pattern.clusters is not None and pattern.clusters not in above:
        yield complain("rates.unknown_level", column="clusters", name=pattern.clusters, allowed=", ".join(above))
    if design.first_phase is not None or design.first_later() is not None:
        yield complain("rates.frame_incomplete", column="indicators")
    last = design.stages[-1]
    if pattern.open_reserves and last.method != "equal" and _has_reserves(design):
        yield complain("rates.unequal_reserves", column="open_reserves", stage=last.name)


def _has_reserves(design: Design) -> bool:
    reserves = design.stages[-1].reserves
    lines = [getattr(reserves, "each", 1), *(line.take for line in getattr(reserves, "by", ()))]
    return any(lines)


def _named(pattern: Pattern) -> Iterator[tuple[str, str]]:
    """Give every place with the column that it names."""
    yield from ((f"by[{i}]", name) for i, name in enumerate(pattern.by))
    for place, rule in _rules(pattern):
        yield from ((f"{place}.by[{j}].when", name) for j, line in enumerate(rule.by) for name in line.when)
    for i, each in enumerate(pattern.indicators):
        yield from ((f"indicators[{i}].where", name) for name in each.where)
        if each.persons is not None:
            yield f"indicators[{i}].persons", each.persons


def _rules(pattern: Pattern) -> Iterator[tuple[str, RateRule]]:
    yield "ineligible", pattern.ineligible
    yield "response", pattern.response
    yield from ((f"indicators[{i}].rates", each.rates) for i, each in enumerate(pattern.indicators))


def check_pattern(pattern: Pattern, design: Design, engine: Engine, file: str = FILE) -> list[Complaint]:
    """List the values that a pattern names and the frame does not hold: such a line would silently match nobody."""
    asked = [
        (f"{place}.by[{j}].when", name, value)
        for place, rule in _rules(pattern)
        for j, line in enumerate(rule.by)
        for name, value in line.when.items()
    ]
    for i, each in enumerate(pattern.indicators):
        asked += [(f"indicators[{i}].where", name, value) for name, values in each.where.items() for value in values]
    held = {name: _values(engine, find_column(design.levels, name)) for _, name, _ in asked}
    return [
        complain(
            "rates.unknown_value",
            file=file,
            column=place,
            name=name,
            value=value,
            values=", ".join(held[name][:SHOWN_VALUES]),
            count=len(held[name]),
        )
        for place, name, value in asked
        if value not in held[name]
    ]


def _values(engine: Engine, column: Column) -> list[str]:
    """List the values of a column in the frame."""
    text = text_of(engine, column)
    step = f"SELECT DISTINCT {text} AS value FROM frame WHERE {text} IS NOT NULL ORDER BY value"  # noqa: S608 (quoted)
    return [row[0] for row in engine.rows(step)]
