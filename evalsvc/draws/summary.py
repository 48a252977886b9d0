"""Tell what a draw took, stratum by stratum, and what its design left out of the frame."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from evalsvc.draws.queries import label_of
from evalsvc.draws.values import Excluded, StratumRow, UnitRecord
from sampling.design import Design, Rule
from sampling.engine import DuckDBEngine
from sampling.frame import Frame
from sampling.levels import column_depth
from sampling.manifest import Manifest, ManifestStage
from sampling.steps import kept


def excluded_units(design: Design, frame: Frame) -> list[Excluded]:
    """Count, for every rule of the design, the units that take no part because of it."""
    with DuckDBEngine(frame) as engine:
        outside = [_count(engine, design, rule, inside=False) for rule in design.only]
        outside += [_count(engine, design, rule, inside=True) for rule in design.exclude]
        chosen = [_count(engine, design, rule, inside=True) for rule in design.purposive]
    return outside + [replace(each, purposive=True) for each in chosen]


def _count(engine: DuckDBEngine, design: Design, rule: Rule, *, inside: bool) -> Excluded:
    """Count the units of the rule's level whose column holds one of its values (or none of them)."""
    level = design.levels[column_depth(design.levels, rule.column)]
    identifier, condition = engine.quote(level.id), kept(engine, design, rule)
    chosen = condition if inside else f"NOT {condition}"
    # Names are quoted and values escaped by the engine.
    step = f"SELECT count(DISTINCT {identifier}) FROM frame WHERE {identifier} IS NOT NULL AND ({chosen})"  # noqa: S608
    return Excluded(
        level=level.name,
        column=rule.column,
        values=rule.values,
        reason=rule.reason or "",
        kept_values=not inside,
        units=int(engine.rows(step)[0][0]),
    )


@dataclass
class _Taken:
    """What one stratum of one parent gave."""

    main: int = 0
    certain: int = 0
    reserves: int = 0


def by_stage(manifest: Manifest, units: Mapping[str, UnitRecord]) -> list[tuple[str, list[StratumRow]]]:
    """List, stage by stage, the strata with population, taken units and reserves.

    Strata below the first stage repeat in every parent; they are shown together, by the parent's own stratum.
    """
    chosen = manifest.purposive
    return [
        (stage.name, _rows_of_stage(stage, units, chosen, together=number > 0))
        for number, stage in enumerate(manifest.stages)
    ]


def _rows_of_stage(
    stage: ManifestStage, units: Mapping[str, UnitRecord], chosen: Collection[str], *, together: bool
) -> list[StratumRow]:
    taken: dict[tuple[str | None, str], _Taken] = defaultdict(_Taken)
    for unit in stage.units:
        one = taken[unit.parent, unit.stratum]
        if unit.sample_type == "reserve":
            one.reserves += 1
        elif unit.sample_type != "purposive":
            one.main += 1
            one.certain += unit.sample_type == "certainty"
    groups: dict[tuple[str, str], StratumRow] = {}
    for stratum in stage.strata:
        if stratum.parent in chosen:
            continue  # what lies in a purposive unit stands for nothing else
        one = taken[stratum.parent, stratum.stratum]
        parent = units.get(stratum.parent or "") if together else None
        inside = "" if parent is None else parent.stratum
        key = (inside, stratum.stratum)
        before = groups.get(key)
        groups[key] = StratumRow(
            stage=stage.name,
            inside=inside,
            stratum=stratum.stratum,
            method=stratum.method,
            groups=1 + (before.groups if before else 0),
            population=stratum.population + (before.population if before else 0),
            taken=one.main + (before.taken if before else 0),
            certain=one.certain + (before.certain if before else 0),
            reserves=one.reserves + (before.reserves if before else 0),
        )
    return list(groups.values())


def labels(units: Mapping[str, UnitRecord]) -> dict[str, str]:
    """Name the drawn units for people."""
    return {identifier: label_of(unit.stage, identifier, unit.attributes) for identifier, unit in units.items()}
