"""Turn a design into its canonical JSON, with every default written out, and a document that fits the schema back."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from decimal import Decimal
from typing import Any

from sampling.allocate import Precision
from sampling.coordinates import Coordinates
from sampling.levels import levels_as_json, levels_from_json
from sampling.methods.catalogue import METHODS, Order
from sampling.stages import (
    Design,
    EarlierDraw,
    Fieldwork,
    FirstPhase,
    PublicValue,
    Rule,
    Size,
    Stage,
)
from sampling.takes import Planned, PlannedLine, Take, TakeEach, TakeLine, TakeTotal


def canonical(design: Design) -> dict[str, object]:
    """Write a design with every default written out: the object that is committed and hashed."""
    return {
        "version": 1,
        "evaluation": design.evaluation,
        "draw": design.draw,
        "title": design.title,
        "frame": {"levels": levels_as_json(design.levels)},
        "only": [_without_reason(rule) for rule in design.only],
        "exclude": [_rule(rule) for rule in design.exclude],
        "purposive": [_rule(rule) for rule in design.purposive],
        "public": asdict(design.public),
        "prn_from": None if design.earlier is None else _plain(asdict(design.earlier)),
        "first_phase": None if design.first_phase is None else asdict(design.first_phase),
        "fieldwork": None if design.fieldwork is None else asdict(design.fieldwork),
        "stages": [_stage(stage) for stage in design.stages],
    }


def _rule(rule: Rule) -> dict[str, object]:
    return {"level": rule.level, "column": rule.column, "values": list(rule.values), "reason": rule.reason}


def _without_reason(rule: Rule) -> dict[str, object]:
    return {"level": rule.level, "column": rule.column, "values": list(rule.values)}


def _plain(value: dict[str, Any]) -> dict[str, object]:
    """Write tuples as lists, as JSON has them."""
    return {key: list(part) if isinstance(part, tuple) else part for key, part in value.items()}


def _stage(stage: Stage) -> dict[str, object]:
    """Write one stage with every default written out."""
    place = stage.coordinates
    return {
        "name": stage.name,
        "strata": list(stage.strata),
        "method": stage.method,
        "order": stage.order,
        "size": None if stage.size is None else {stage.size.kind: stage.size.name},
        "joint_method": stage.joint_method,
        "balance": list(stage.balance),
        "coordinates": None if place is None else {place.kind: [place.first, place.second]},
        "take": _take(stage.take),
        "reserves": _take(stage.reserves),
        "when_short": stage.when_short,
        "listed": stage.listed,
        "unannounced": stage.unannounced,
    }


def _take(take: Take) -> dict[str, object]:
    """Write a take rule with every default written out."""
    if isinstance(take, TakeEach):
        lines = [{"when": dict(line.when), "take": line.take} for line in take.by]
        return {"each": take.each, "by": lines, "minimum": take.minimum, "maximum": take.maximum}
    total = take.total
    asked = {"total": total} if isinstance(total, int) else {"precision": _precision(total)}
    return {
        **asked,
        "within": list(take.within),
        "allocation": take.allocation,
        "exponent": take.exponent if take.allocation == "power" else None,
        "deviation": _planned(take.deviation),
        "cost": _planned(take.cost),
        "minimum": take.minimum,
        "maximum": take.maximum,
    }


def _precision(value: Precision) -> dict[str, object]:
    # Never 1E-12: the schema has plain digits only, and the canonical form has to be read again.
    return {key: part if isinstance(part, int) else format(part, "f") for key, part in asdict(value).items()}


def _planned(planned: Planned | None) -> dict[str, object] | None:
    if planned is None:
        return None
    return {"each": planned.each, "by": [{"when": dict(line.when), "value": line.value} for line in planned.by]}


def build(value: Mapping[str, Any]) -> Design:
    """Build a design from a document that fits the schema."""
    earlier, phase, work = (value.get(name) for name in ("prn_from", "first_phase", "fieldwork"))
    stages = tuple(_build_stage(stage) for stage in value["stages"])
    return Design(
        evaluation=value["evaluation"],
        draw=value["draw"],
        title=value.get("title", ""),
        levels=levels_from_json(value["frame"]["levels"]),
        stages=stages,
        only=tuple(_build_rule(rule) for rule in value.get("only", ())),
        exclude=tuple(_build_rule(rule) for rule in value.get("exclude", ())),
        purposive=tuple(_build_rule(rule) for rule in value.get("purposive", ())),
        public=PublicValue(**(value.get("public") or {})),
        earlier=None if earlier is None else _build_earlier(earlier, stages),
        first_phase=None if phase is None else FirstPhase(**phase),
        fieldwork=None if work is None else _build_fieldwork(work),
    )


def _build_rule(value: Mapping[str, Any]) -> Rule:
    return Rule(value["level"], value["column"], tuple(value["values"]), value.get("reason"))


def _build_earlier(value: Mapping[str, Any], stages: tuple[Stage, ...]) -> EarlierDraw:
    """Follow the earlier draw at every stage that can, unless stages are named."""
    able = [stage.name for stage in stages if stage.traits.coordinated]
    return EarlierDraw(
        value["manifest_sha256"], value["seed"], value.get("shift", "0"), tuple(value.get("stages", able))
    )


def _build_fieldwork(value: Mapping[str, Any]) -> Fieldwork:
    return Fieldwork(
        cost=dict(value.get("cost", {})),
        minutes=dict(value.get("minutes", {})),
        day_minutes=value.get("day_minutes", 480),
        teams=value.get("teams", 1),
        currency=value.get("currency", "CNY"),
    )


def _build_stage(value: Mapping[str, Any]) -> Stage:
    """Build a stage and write its defaults out."""
    traits = METHODS[value["method"]]
    order: Order = value.get("order", "ticket")
    suited = traits.joint_methods.get(order) or (None,)
    size = next(iter(value["size"].items())) if value.get("size") else None
    place = next(iter(value["coordinates"].items())) if value.get("coordinates") else None
    return Stage(
        name=value["name"],
        method=value["method"],
        take=_build_take(value["take"]),
        strata=tuple(value.get("strata", ())),
        order=order,
        size=None if size is None else Size(*size),
        joint_method=value.get("joint_method") or suited[0],
        reserves=_build_take(value.get("reserves", 0)),
        when_short=value.get("when_short", "refuse"),
        balance=tuple(value.get("balance", ())),
        coordinates=None if place is None else Coordinates(place[0], *place[1]),
        listed=value.get("listed", "frame"),
        unannounced=value.get("unannounced", 0),
    )


def _build_take(value: int | str | Mapping[str, Any]) -> Take:
    """Build a take rule; a bare amount is taken from each stratum."""
    if isinstance(value, int | str):
        return TakeEach(value)
    if "each" in value:
        lines = tuple(TakeLine(line["when"], line["take"]) for line in value.get("by", ()))
        return TakeEach(value["each"], lines, value.get("minimum"), value.get("maximum"))
    return TakeTotal(
        total=value["total"] if "total" in value else _build_precision(value["precision"]),
        within=tuple(value.get("within", ())),
        allocation=value.get("allocation", "proportional"),
        exponent=value.get("exponent") or "0.5",
        minimum=value.get("minimum", 1),
        maximum=value.get("maximum"),
        deviation=_build_planned(value.get("deviation")),
        cost=_build_planned(value.get("cost")),
    )


def _build_precision(value: Mapping[str, Any]) -> Precision:
    defaults = Precision(Decimal(value["rate"]), Decimal(value["half_width"]))
    return replace(
        defaults,
        level=Decimal(value.get("level", defaults.level)),
        design_effect=Decimal(value.get("design_effect", defaults.design_effect)),
        each=value.get("each", defaults.each),
    )


def _build_planned(value: str | Mapping[str, Any] | None) -> Planned | None:
    """Build planned values; a bare text holds for every stratum."""
    if value is None or isinstance(value, str):
        return None if value is None else Planned(value)
    return Planned(value.get("each"), tuple(PlannedLine(line["when"], line["value"]) for line in value.get("by", ())))
