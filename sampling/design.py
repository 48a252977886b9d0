"""Hold a sampling design: which units take part, and how each stage takes its units."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from sampling.documents import check_schema, parse_document
from sampling.errors import Complaint, complain
from sampling.levels import Level, check_levels, levels_as_json, levels_from_json

Method = Literal["equal", "pps_systematic"]
Order = Literal["ticket", "frame"]
Allocation = Literal["equal", "proportional", "power"]
WhenShort = Literal["refuse", "take_all"]

JOINT_METHODS: Mapping[str, tuple[str, ...]] = {
    "ticket": ("hartley-rao", "brewer"),
    "frame": ("successive-differences", "with-replacement"),
}
"""Variance approximations that suit an order of the list; the first is the default."""


@dataclass(frozen=True)
class Rule:
    """Keep, or leave out, the units of a level whose column holds one of the values."""

    level: str
    column: str
    values: tuple[str, ...]
    reason: str | None = None


@dataclass(frozen=True)
class PublicValue:
    """Name the public random value: source, round and exact text form; all None when there is none."""

    source: str | None = None
    round: str | None = None
    form: str | None = None


@dataclass(frozen=True)
class TakeLine:
    """Give a number for the strata whose columns hold these values."""

    when: Mapping[str, str]
    take: int


@dataclass(frozen=True)
class TakeEach:
    """Take a number from each stratum of each parent; the first matching line wins, else ``each``."""

    each: int
    by: tuple[TakeLine, ...] = ()


@dataclass(frozen=True)
class TakeTotal:
    """Share a total among the strata that agree in the ``within`` columns (and, below stage one, in the parent)."""

    total: int
    within: tuple[str, ...] = ()
    allocation: Allocation = "proportional"
    exponent: str = "0.5"
    minimum: int = 1


Take = TakeEach | TakeTotal


@dataclass(frozen=True)
class Size:
    """Say what a unit's size is: a count of lower units, a column of its own, or the sum of a lower column."""

    kind: Literal["count", "column", "sum"]
    name: str


@dataclass(frozen=True)
class Stage:
    """Say how one level's units are taken inside each taken unit of the stage above."""

    name: str
    method: Method
    take: Take
    strata: tuple[str, ...] = ()
    order: Order = "ticket"
    size: Size | None = None
    joint_method: str | None = None
    reserves: Take = field(default_factory=lambda: TakeEach(0))
    when_short: WhenShort = "refuse"


@dataclass(frozen=True)
class Design:
    """Hold a whole design; ``canonical`` is the form that is hashed."""

    evaluation: str
    draw: int
    title: str
    levels: tuple[Level, ...]
    stages: tuple[Stage, ...]
    only: tuple[Rule, ...] = ()
    exclude: tuple[Rule, ...] = ()
    public: PublicValue = PublicValue()

    def depth(self, stage: int) -> int:
        """Give the depth of a stage's level in the frame."""
        names = [level.name for level in self.levels]
        return names.index(self.stages[stage].name)


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
        return DesignReading(None, tuple(complaints))
    design = _build(document.value)
    complaints = check_levels(design.levels, file) + _check_inside(design, document.value, file)
    return DesignReading(None if complaints else design, tuple(complaints))


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


def _check_inside(design: Design, value: Mapping[str, Any], file: str) -> list[Complaint]:
    """List contradictions of a design in itself, before any frame is seen."""
    complaints: list[Complaint] = []
    if value.get("prn_from") is not None:
        complaints.append(complain("design.prn_not_built", file=file, column="prn_from"))
    complaints.extend(_check_public(design.public, file))
    names = [level.name for level in design.levels]
    for kind, rules in (("only", design.only), ("exclude", design.exclude)):
        for number, rule in enumerate(rules):
            complaints.extend(_check_rule(design.levels, rule, f"{kind}[{number}]", file))
    known = [stage for stage in design.stages if stage.name in names]
    for number, stage in enumerate(design.stages):
        place = f"stages[{number}]"
        if stage.name not in names:
            complaints.append(
                complain("design.unknown_level", file=file, column=place, name=stage.name, levels=", ".join(names))
            )
        else:
            complaints.extend(StageCheck(design.levels, design.stages, number, file).run())
    depths = [names.index(stage.name) for stage in known]
    if depths != sorted(set(depths)):
        complaints.append(complain("design.stage_order", file=file, column="stages", levels=", ".join(names)))
    return complaints


def _check_public(public: PublicValue, file: str) -> list[Complaint]:
    """A public value is named wholly or not at all."""
    parts = (public.source, public.round, public.form)
    if any(part is None for part in parts) and any(part is not None for part in parts):
        return [complain("design.public_incomplete", file=file, column="public")]
    return []


def _check_rule(levels: Sequence[Level], rule: Rule, place: str, file: str) -> list[Complaint]:
    """A rule names a level and a text or integer column of that level."""
    level = next((level for level in levels if level.name == rule.level), None)
    if level is None:
        names = ", ".join(level.name for level in levels)
        return [complain("design.unknown_level", file=file, column=place, name=rule.level, levels=names)]
    column = next((own for own in level.all_columns if own.name == rule.column), None)
    if column is None:
        columns = ", ".join(own.name for own in level.all_columns)
        return [complain("design.unknown_column", file=file, column=place, name=rule.column, columns=columns)]
    if column.kind == "decimal":
        return [complain("design.column_type", file=file, column=place, name=rule.column, expected="text, integer")]
    return []


@dataclass(frozen=True)
class StageCheck:
    """Check one stage of a design against the levels it names."""

    levels: tuple[Level, ...]
    stages: tuple[Stage, ...]
    number: int
    file: str

    @property
    def stage(self) -> Stage:
        """Give the stage under check."""
        return self.stages[self.number]

    def _complain(self, code: str, key: str, **details: Any) -> Complaint:
        place = f"stages[{self.number}].{key}"
        return complain(code, file=self.file, column=place, stage=self.stage.name, **details)

    def _depth(self) -> int:
        return [level.name for level in self.levels].index(self.stage.name)

    def run(self) -> list[Complaint]:
        """List every problem of the stage."""
        return [
            *self._check_strata(),
            *self._check_method(),
            *self._check_size(),
            *self._check_take(self.stage.take, "take"),
            *self._check_take(self.stage.reserves, "reserves"),
            *self._check_reserves(),
        ]

    def _columns_down_to(self, depth: int) -> dict[str, str]:
        """Map the columns of the levels down to a depth to their types."""
        return {own.name: own.kind for level in self.levels[: depth + 1] for own in level.all_columns}

    def _check_strata(self) -> list[Complaint]:
        allowed = self._columns_down_to(self._depth())
        complaints = []
        for name in self.stage.strata:
            if name not in allowed:
                complaints.append(
                    self._complain("design.unknown_column", "strata", name=name, columns=", ".join(allowed))
                )
            elif allowed[name] == "decimal":
                complaints.append(self._complain("design.column_type", "strata", name=name, expected="text, integer"))
        return complaints

    def _check_method(self) -> list[Complaint]:
        stage = self.stage
        complaints = []
        if stage.method == "equal":
            for key, given in (("size", stage.size), ("joint_method", stage.joint_method)):
                if given is not None:
                    complaints.append(self._complain("design.only_for_pps", key, name=key))
            if stage.order != "ticket":
                complaints.append(self._complain("design.only_for_pps", "order", name="order"))
        elif stage.size is None:
            complaints.append(self._complain("design.size_missing", "size"))
        if stage.method == "pps_systematic" and stage.joint_method not in JOINT_METHODS[stage.order]:
            allowed = ", ".join(JOINT_METHODS[stage.order])
            complaints.append(
                self._complain(
                    "design.joint_method", "joint_method", value=stage.joint_method, order=stage.order, allowed=allowed
                )
            )
        return complaints

    def _check_size(self) -> list[Complaint]:
        size = self.stage.size
        if size is None:
            return []
        depth = self._depth()
        lower = self.levels[depth + 1 :]
        if size.kind == "count":
            names = [level.name for level in lower]
            if size.name in names:
                return []
            return [self._complain("design.unknown_level", "size", name=size.name, levels=", ".join(names))]
        owners = [self.levels[depth]] if size.kind == "column" else lower
        kinds = {own.name: own.kind for level in owners for own in level.all_columns}
        if size.name not in kinds:
            return [self._complain("design.unknown_column", "size", name=size.name, columns=", ".join(kinds))]
        if kinds[size.name] == "text":
            return [self._complain("design.column_type", "size", name=size.name, expected="integer, decimal")]
        return []

    def _check_take(self, take: Take, key: str) -> list[Complaint]:
        """Columns of ``when`` and ``within`` must be the same for all units of a stratum."""
        fixed = set(self.stage.strata)
        if self.number:
            parent = self.stages[self.number - 1].name
            names = [level.name for level in self.levels]
            if parent in names:
                fixed |= set(self._columns_down_to(names.index(parent)))
        used = list(take.within) if isinstance(take, TakeTotal) else [name for line in take.by for name in line.when]
        allowed = ", ".join(sorted(fixed))
        return [
            self._complain("design.not_a_stratum_column", key, name=name, columns=allowed)
            for name in dict.fromkeys(used)
            if name not in fixed
        ]

    def _check_reserves(self) -> list[Complaint]:
        """Reserves stand at the last stage: opening a unit above it would need a further draw below it."""
        reserves = self.stage.reserves
        none = isinstance(reserves, TakeEach) and not reserves.each and not any(line.take for line in reserves.by)
        if none or self.number == len(self.stages) - 1:
            return []
        return [self._complain("design.reserves_above_last_stage", "reserves")]
