"""Find contradictions of a design in itself, before any frame is seen."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sampling.design_surroundings import check_around
from sampling.errors import Complaint, complain
from sampling.levels import Level
from sampling.stages import Design, PublicValue, Rule, Stage
from sampling.takes import Take, TakeEach, TakeTotal, columns_of, share_of


def check_inside(design: Design, file: str) -> list[Complaint]:
    """List contradictions of a design in itself, before any frame is seen."""
    complaints = _check_public(design.public, file)
    names = [level.name for level in design.levels]
    for kind, rules in (("only", design.only), ("exclude", design.exclude), ("purposive", design.purposive)):
        for number, rule in enumerate(rules):
            complaints.extend(_check_rule(design.levels, rule, f"{kind}[{number}]", file))
    complaints.extend(check_around(design, file))
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

    def complain(self, code: str, key: str, **details: Any) -> Complaint:
        """Complain about an entry of the stage."""
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
                    self.complain("design.unknown_column", "strata", name=name, columns=", ".join(allowed))
                )
            elif allowed[name] == "decimal":
                complaints.append(self.complain("design.column_type", "strata", name=name, expected="text, integer"))
        return complaints

    def _check_method(self) -> list[Complaint]:
        """Size, order, joint method and further columns stand where the method asks for them, and nowhere else."""
        stage, traits = self.stage, self.stage.traits
        complaints = []
        if traits.size == "no" and stage.size is not None:
            complaints.append(self.complain("design.not_for_method", "size", name="size", method=stage.method))
        if traits.size == "must" and stage.size is None:
            complaints.append(self.complain("design.size_missing", "size", method=stage.method))
        if stage.order not in traits.orders:
            complaints.append(self.complain("design.not_for_method", "order", name="order", method=stage.method))
        else:
            complaints.extend(self._check_joint_method(traits.joint_methods[stage.order]))
        for key, given in (("balance", stage.balance), ("coordinates", stage.coordinates)):
            if given and traits.needs != key:
                complaints.append(self.complain("design.not_for_method", key, name=key, method=stage.method))
            if not given and traits.needs == key:
                complaints.append(self.complain("design.columns_missing", key, name=key, method=stage.method))
        return [*complaints, *self._check_numbers()]

    def _check_joint_method(self, suited: Sequence[str]) -> list[Complaint]:
        stage = self.stage
        if stage.joint_method in suited or (stage.joint_method is None and not suited):
            return []
        if not suited:
            return [self.complain("design.not_for_method", "joint_method", name="joint_method", method=stage.method)]
        details = {"value": stage.joint_method, "method": stage.method, "order": stage.order}
        return [self.complain("design.joint_method", "joint_method", allowed=", ".join(suited), **details)]

    def _check_numbers(self) -> list[Complaint]:
        """Columns to balance and places of units are numbers of the unit's own level."""
        place = self.stage.coordinates
        asked = [("balance", name) for name in self.stage.balance]
        asked += [("coordinates", name) for name in ((place.first, place.second) if place else ())]
        kinds = {own.name: own.kind for own in self.levels[self._depth()].all_columns}
        complaints = []
        for key, name in asked:
            if name not in kinds:
                complaints.append(self.complain("design.unknown_column", key, name=name, columns=", ".join(kinds)))
            elif kinds[name] == "text":
                complaints.append(self.complain("design.column_type", key, name=name, expected="integer, decimal"))
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
            return [self.complain("design.unknown_level", "size", name=size.name, levels=", ".join(names))]
        owners = [self.levels[depth]] if size.kind == "column" else lower
        kinds = {own.name: own.kind for level in owners for own in level.all_columns}
        if size.name not in kinds:
            return [self.complain("design.unknown_column", "size", name=size.name, columns=", ".join(kinds))]
        if kinds[size.name] == "text":
            return [self.complain("design.column_type", "size", name=size.name, expected="integer, decimal")]
        return []

    def _check_take(self, take: Take, key: str) -> list[Complaint]:
        """Columns of ``when`` and ``within`` must be the same for all units of a stratum."""
        fixed = set(self.stage.strata)
        known = self._columns_down_to(self._depth())
        if self.number:
            parent = self.stages[self.number - 1].name
            names = [level.name for level in self.levels]
            if parent in names:
                fixed |= set(self._columns_down_to(names.index(parent)))
        allowed = ", ".join(sorted(fixed & set(known)))
        strange = [
            self.complain("design.not_a_stratum_column", key, name=name, columns=allowed)
            for name in columns_of(take)
            if name not in fixed
        ]
        return [*strange, *(_shares(self, take, key) if isinstance(take, TakeEach) else _sharing(self, take, key))]

    def _check_reserves(self) -> list[Complaint]:
        """Reserves stand at the last stage: opening a unit above it would need a further draw below it."""
        reserves = self.stage.reserves
        amounts = [reserves.each, *(line.take for line in reserves.by)] if isinstance(reserves, TakeEach) else [1]
        if not any(amounts):
            return []
        if self.number < len(self.stages) - 1:
            return [self.complain("design.reserves_above_last_stage", "reserves")]
        if not self.stage.traits.reserves:
            name, method = "reserves", self.stage.method
            return [self.complain("design.not_for_method", "reserves", name=name, method=method)]
        return []


def _shares(check: StageCheck, take: TakeEach, key: str) -> list[Complaint]:
    """Bounds belong to shares, and the lower one lies below the upper one."""
    amounts = [take.each, *(line.take for line in take.by)]
    given = take.minimum is not None or take.maximum is not None
    if given and not any(share_of(amount) is not None and amount != "all" for amount in amounts):
        return [check.complain("design.bounds_without_share", key)]
    if take.minimum is not None and take.maximum is not None and take.minimum > take.maximum:
        return [check.complain("design.bounds_crossed", key, minimum=take.minimum, maximum=take.maximum)]
    return []


def _sharing(check: StageCheck, take: TakeTotal, key: str) -> list[Complaint]:
    """Allocations that rest on planned values have them, positive, and bounds do not cross."""
    complaints = []
    if take.maximum is not None and take.minimum > take.maximum:
        complaints.append(check.complain("design.bounds_crossed", key, minimum=take.minimum, maximum=take.maximum))
    wanted = {"neyman": ("deviation",), "cost-optimal": ("deviation", "cost")}.get(take.allocation, ())
    for name, planned in (("deviation", take.deviation), ("cost", take.cost)):
        if (planned is not None) != (name in wanted):
            code = "design.planned_missing" if planned is None else "design.planned_unused"
            complaints.append(check.complain(code, f"{key}.{name}", name=name, allocation=take.allocation))
        values = [] if planned is None else [planned.each, *(line.value for line in planned.by)]
        if any(value is not None and not Decimal(value) for value in values):
            complaints.append(check.complain("design.planned_zero", f"{key}.{name}", name=name))
    return [*complaints, *_precision(check, take, key)]


def _precision(check: StageCheck, take: TakeTotal, key: str) -> list[Complaint]:
    """Rates, half-widths and levels lie between 0 and 1."""
    if isinstance(take.total, int):
        return []
    total = take.total
    parts = {"rate": total.rate, "half_width": total.half_width, "level": total.level}
    wrong = [name for name, value in parts.items() if not 0 < value < 1]
    wrong += [] if total.design_effect > 0 else ["design_effect"]
    return [check.complain("design.precision_range", f"{key}.precision.{name}", name=name) for name in wrong]
