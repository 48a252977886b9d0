"""Read a sampling design, and write its canonical form, which is committed and hashed."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sampling.design_rules import check_inside
from sampling.document_rows import with_rows
from sampling.documents import check_schema, parse_document
from sampling.errors import Complaint
from sampling.levels import check_levels, levels_as_json, levels_from_json
from sampling.stages import (
    JOINT_METHODS,
    Design,
    Order,
    PublicValue,
    Rule,
    Size,
    Stage,
    Take,
    TakeEach,
    TakeLine,
    TakeTotal,
)
from sampling.stand_ins import with_stand_ins

__all__ = [
    "Design",
    "DesignReading",
    "PublicValue",
    "Rule",
    "Size",
    "Stage",
    "Take",
    "TakeEach",
    "TakeLine",
    "TakeTotal",
    "canonical",
    "design_text",
    "load_design",
]


ABOUT_NAMES = frozenset({"design.unknown_column", "design.unknown_level", "design.not_a_stratum_column"})
"""Complaints that hold whatever the values in bad form were meant to be."""


@dataclass(frozen=True)
class DesignReading:
    """Hold a design, or the complaints that forbid its use."""

    design: Design | None
    complaints: tuple[Complaint, ...]


def load_design(text: str, file: str = "design.yaml") -> DesignReading:
    """Read a design from YAML or JSON; every problem comes back at once.

    Parameters
    ----------
    text : str
        The document; docs/formats.md, Design.
    file : str, optional
        Name for the complaints.
    """
    document = parse_document(text, file)
    complaints = list(document.complaints) or check_schema(document.value, "design.schema.json", file)
    if complaints:
        complaints += _names_behind(document.value, complaints, file)
        return DesignReading(None, with_rows(complaints, text))
    design = _build(document.value)
    complaints = check_levels(design.levels, file) + check_inside(design, document.value, file)
    return DesignReading(None if complaints else design, with_rows(complaints, text))


def _names_behind(value: object, complaints: Sequence[Complaint], file: str) -> list[Complaint]:
    """List names that a design in bad form gets wrong as well; whatever hangs on the bad places is left out."""
    mended = with_stand_ins(value, complaints)
    if not isinstance(mended, dict) or check_schema(mended, "design.schema.json", file):
        return []
    return [each for each in check_inside(_build(mended), mended, file) if each.code in ABOUT_NAMES]


def canonical(design: Design) -> dict[str, object]:
    """Write a design with every default written out: the object that is committed and hashed."""
    return {
        "version": 1,
        "evaluation": design.evaluation,
        "draw": design.draw,
        "title": design.title,
        "frame": {"levels": levels_as_json(design.levels)},
        "only": [{"level": rule.level, "column": rule.column, "values": list(rule.values)} for rule in design.only],
        "exclude": [
            {"level": rule.level, "column": rule.column, "values": list(rule.values), "reason": rule.reason}
            for rule in design.exclude
        ],
        "public": {"source": design.public.source, "round": design.public.round, "form": design.public.form},
        "prn_from": None,
        "stages": [_stage_json(stage) for stage in design.stages],
    }


def design_text(design: Design) -> str:
    """Write the canonical design as readable JSON, which ``load_design`` reads back to the same design."""
    return json.dumps(canonical(design), ensure_ascii=False, indent=2) + "\n"


def _stage_json(stage: Stage) -> dict[str, object]:
    """Write one stage with every default written out."""
    return {
        "name": stage.name,
        "strata": list(stage.strata),
        "method": stage.method,
        "order": stage.order,
        "size": None if stage.size is None else {stage.size.kind: stage.size.name},
        "joint_method": stage.joint_method,
        "take": _take_json(stage.take),
        "reserves": _take_json(stage.reserves),
        "when_short": stage.when_short,
    }


def _take_json(take: Take) -> dict[str, object]:
    """Write a take rule with every default written out."""
    if isinstance(take, TakeEach):
        return {"each": take.each, "by": [{"when": dict(line.when), "take": line.take} for line in take.by]}
    return {
        "total": take.total,
        "within": list(take.within),
        "allocation": take.allocation,
        "exponent": take.exponent if take.allocation == "power" else None,
        "minimum": take.minimum,
    }


def _build(value: Mapping[str, Any]) -> Design:
    """Build a design from a document that fits the schema."""
    public = value.get("public") or {}
    return Design(
        evaluation=value["evaluation"],
        draw=value["draw"],
        title=value.get("title", ""),
        levels=levels_from_json(value["frame"]["levels"]),
        stages=tuple(_build_stage(stage) for stage in value["stages"]),
        only=tuple(_build_rule(rule) for rule in value.get("only", ())),
        exclude=tuple(_build_rule(rule) for rule in value.get("exclude", ())),
        public=PublicValue(public.get("source"), public.get("round"), public.get("form")),
    )


def _build_rule(value: Mapping[str, Any]) -> Rule:
    """Build a rule."""
    return Rule(value["level"], value["column"], tuple(value["values"]), value.get("reason"))


def _build_stage(value: Mapping[str, Any]) -> Stage:
    """Build a stage and write its defaults out."""
    order: Order = value.get("order", "ticket")
    unequal = value["method"] == "pps_systematic"
    size = next(iter(value["size"].items())) if value.get("size") else None
    return Stage(
        name=value["name"],
        method=value["method"],
        take=_build_take(value["take"]),
        strata=tuple(value.get("strata", ())),
        order=order,
        size=None if size is None else Size(*size),
        joint_method=value.get("joint_method") or (JOINT_METHODS[order][0] if unequal else None),
        reserves=_build_take(value.get("reserves", 0)),
        when_short=value.get("when_short", "refuse"),
    )


def _build_take(value: int | Mapping[str, Any]) -> Take:
    """Build a take rule; a bare number is taken from each stratum."""
    if isinstance(value, int):
        return TakeEach(value)
    if "total" in value:
        return TakeTotal(
            value["total"],
            tuple(value.get("within", ())),
            value.get("allocation", "proportional"),
            value.get("exponent") or "0.5",
            value.get("minimum", 1),
        )
    return TakeEach(value["each"], tuple(TakeLine(line["when"], line["take"]) for line in value.get("by", ())))
