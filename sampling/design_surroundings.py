"""Check what stands around the stages of a design: purposive units, other draws, planned fieldwork, later lists."""

from collections.abc import Collection, Iterator

from sampling.errors import Complaint, complain
from sampling.stages import Design


def check_around(design: Design, file: str) -> list[Complaint]:
    """List contradictions between the stages and what the design says beside them."""
    return [
        *_check_purposive(design, file),
        *_check_earlier(design, file),
        *_check_first_phase(design, file),
        *_check_fieldwork(design, file),
        *_check_later(design, file),
    ]


def _check_purposive(design: Design, file: str) -> Iterator[Complaint]:
    """Purposive units belong to a level that is drawn: they stand in the manifest beside those drawn."""
    names = [stage.name for stage in design.stages]
    known = [level.name for level in design.levels]
    for number, rule in enumerate(design.purposive):
        if rule.level in known and rule.level not in names:
            place = f"purposive[{number}]"
            yield complain(
                "design.purposive_not_drawn", file=file, column=place, name=rule.level, stages=", ".join(names)
            )


def _check_earlier(design: Design, file: str) -> Iterator[Complaint]:
    """Only stages that use a unit's ticket and nothing else can follow an earlier draw."""
    if design.earlier is None:
        return
    able = {stage.name for stage in design.stages if stage.traits.coordinated}
    strange = [name for name in design.earlier.stages if name not in able]
    for name in strange:
        methods = ", ".join(stage.method for stage in design.stages if stage.name == name) or "–"
        yield complain("design.not_coordinated", file=file, column="prn_from.stages", name=name, methods=methods)
    if not design.earlier.stages:
        yield complain("design.nothing_coordinated", file=file, column="prn_from")


def _check_first_phase(design: Design, file: str) -> Iterator[Complaint]:
    """The first phase's weights are text of the last stage's level, so that no digit is lost."""
    if design.first_phase is None:
        return
    name, last = design.first_phase.weight, design.stages[-1].name
    level = next((level for level in design.levels if level.name == last), None)
    kinds = {own.name: own.kind for own in level.all_columns} if level else {}
    if level and name not in kinds:
        columns = ", ".join(kinds)
        yield complain("design.unknown_column", file=file, column="first_phase.weight", name=name, columns=columns)
    elif level and kinds[name] != "text":
        yield complain("design.column_type", file=file, column="first_phase.weight", name=name, expected="text")


def _check_fieldwork(design: Design, file: str) -> Iterator[Complaint]:
    """Costs and minutes are planned for stages."""
    if design.fieldwork is None:
        return
    names = [stage.name for stage in design.stages]
    for key, planned in (("cost", design.fieldwork.cost), ("minutes", design.fieldwork.minutes)):
        for name in planned:
            if name not in names:
                stages = ", ".join(names)
                yield complain("design.unknown_stage", file=file, column=f"fieldwork.{key}", name=name, stages=stages)


def _check_later(design: Design, file: str) -> Iterator[Complaint]:
    """Lists that come later are those of the last stage, at the lowest level; what is above is known before."""
    first = design.first_later()
    if first is None:
        return
    if first == 0:
        yield complain("design.later_at_first", file=file, column="stages[0].listed", stage=design.stages[0].name)
    if first != len(design.stages) - 1 or design.stages[first].name != design.levels[-1].name:
        yield complain(
            "design.later_not_last", file=file, column=f"stages[{first}].listed", stage=design.stages[first].name
        )
    above = [level.name for level in design.levels][-2:-1]
    if 0 < first == len(design.stages) - 1 and above and design.stages[first - 1].name != above[0]:
        own = design.stages[first].name
        yield complain("design.later_skips", file=file, column=f"stages[{first}].listed", stage=own, level=above[0])
    names = [level.name for level in design.levels]
    if design.stages[first].name not in names:
        return
    lower = design.levels[design.depth(first) :]
    unknown = {level.name for level in lower} | {own.name for level in lower for own in level.all_columns}
    for number, stage in enumerate(design.stages[:first]):
        size = stage.size
        if size is not None and size.kind != "column" and size.name in unknown:
            yield complain(
                "design.size_not_known", file=file, column=f"stages[{number}].size", stage=stage.name, name=size.name
            )
    yield from _check_rules_of_later(design, file, unknown)


def _check_rules_of_later(design: Design, file: str, unknown: Collection[str]) -> Iterator[Complaint]:
    """No rule rests on what is filled in when the seed is known: who fills it in would decide who takes part."""
    for key, rules in (("only", design.only), ("exclude", design.exclude), ("purposive", design.purposive)):
        for i, rule in enumerate(rules):
            if rule.column in unknown:
                place = f"{key}[{i}]"
                yield complain(
                    "design.rule_on_later", file=file, column=place, name=rule.column, level=rule.level, rule=key
                )
