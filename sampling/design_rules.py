"""Find contradictions of a design in itself, before any frame is seen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sampling.errors import Complaint, complain
from sampling.levels import Level
from sampling.stages import JOINT_METHODS, Design, PublicValue, Rule, Stage, Take, TakeEach, TakeTotal


def check_inside(design: Design, value: Mapping[str, Any], file: str) -> list[Complaint]:
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
        known = self._columns_down_to(self._depth())
        if self.number:
            parent = self.stages[self.number - 1].name
            names = [level.name for level in self.levels]
            if parent in names:
                fixed |= set(self._columns_down_to(names.index(parent)))
        used = list(take.within) if isinstance(take, TakeTotal) else [name for line in take.by for name in line.when]
        allowed = ", ".join(sorted(fixed & set(known)))
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
