"""Read again from the frame the groups that a manifest's main units were drawn from, with their sizes and numbers."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sampling.commitment import committed_depth, committed_frames
from sampling.design import Design, Stage
from sampling.engine import DuckDBEngine, Engine, OpenEngine
from sampling.errors import SamplingError
from sampling.frame import Frame
from sampling.frame_hash import hash_frame, nodes_of
from sampling.groups import Group, GroupTake, plan_takes
from sampling.levels import same_levels
from sampling.manifest import Manifest, ManifestStratum, ManifestUnit
from sampling.methods.pairs import GroupTaken
from sampling.stage_draw import repeated
from sampling.stage_lists import groups_of, plane, read_rows
from sampling.steps import number_columns, read_groups, units_step

if TYPE_CHECKING:
    from sampling.stage_lists import Rows

GroupKey = tuple[str | None, str]
"""Parent and stratum."""


@dataclass(frozen=True)
class DrawnGroup:
    """Hold a group with its main units.

    Parameters
    ----------
    units : tuple of ManifestUnit
        Main units in the manifest's order.
    at : tuple of int
        Their positions among all units of the group, which stand in code-point order of the ids.
    balancing, coordinates : array, shape (N, p) and (N, 2), or None
        What balanced and spread sampling rest on.
    """

    stage: str
    parent: str | None
    stratum: str
    taken: GroupTaken
    units: tuple[ManifestUnit, ...]
    at: tuple[int, ...]
    balancing: NDArray[np.float64] | None = None
    coordinates: NDArray[np.float64] | None = None


@dataclass(frozen=True)
class Wanted:
    """Choose groups: those of a stage, of one parent, of one stratum; all where None."""

    stage: str | None = None
    parent: str | None = None
    stratum: str | None = None


def refuse_other_frame(manifest: Manifest, design: Design, frame: Frame, engine: OpenEngine = DuckDBEngine) -> None:
    """Refuse a frame that is not, as a whole, what was committed and bound.

    Raises
    ------
    SamplingError
        ``draw.frame_not_of_draw``; ``draw.stages_differ``: the manifest's stages are not those of its own design.
    """
    if [stage.name for stage in manifest.stages] != [stage.name for stage in design.stages]:
        raise SamplingError("draw.stages_differ")
    if not same_levels(design.levels, frame.levels):
        raise SamplingError("draw.frame_not_of_draw")
    depth = committed_depth(design)
    hashed = hash_frame(frame, engine, depth)
    entries = committed_frames(frame, hashed, None if depth is None else depth + 1)
    lists = manifest.lists
    stated = [
        {"stage": one.stage, "parent": one.parent, "sha256": one.sha256} for one in manifest.frames if one not in lists
    ]
    differs = entries != stated
    if lists:
        with engine(frame) as opened:
            nodes = dict(nodes_of(opened, frame, len(frame.levels) - 2))
        differs = differs or any(nodes.get(str(entry.parent)) != entry.sha256 for entry in lists)
    if differs:
        raise SamplingError("draw.frame_not_of_draw")


def drawn_groups(
    engine: Engine,
    manifest: Manifest,
    design: Design,
    number: int,
    wanted: Wanted = Wanted(),
) -> Iterator[DrawnGroup]:
    """Give a stage's groups that have main units with a probability, in the manifest's order.

    Parameters
    ----------
    engine : Engine
        Opened over the whole frame, as ``refuse_other_frame`` has seen it.
    number : int
        Position of the stage.

    Raises
    ------
    SamplingError
        ``draw.group_differs``: a group's numbers or units are not what the frame gives.
    """
    stage, stated = design.stages[number], manifest.stages[number]
    drawn = _main_units(stated.units, wanted)
    if not drawn:
        return
    if number:
        engine.load("parents", {"id": sorted({str(parent) for parent, _ in drawn})})
    engine.define("units", units_step(engine, design, number, parents="parents" if number else None))
    rows = None if stage.method == "equal" else read_rows(engine, stage, "units", inside=number > 0)
    counted = read_groups(engine, design, number, "units") if rows is None else groups_of(rows, stage)
    groups = repeated(counted, manifest.stages[number - 1] if number else None)
    takes = {(take.group.parent, take.group.stratum): take for take in plan_takes(stage, groups).takes}
    places = {} if rows is None else {(key[0] or None, key[1]): place for place, key in enumerate(rows.keys)}
    lines = {(line.parent, line.stratum): line for line in stated.strata}
    for key, units in drawn.items():
        take = takes.get(key)
        found = None
        if take is not None and _as_counted(take.group, lines.get(key)):
            found = _alike(stage, take, units) if rows is None else _listed(stage, take, units, rows, places[key])
        if found is None:
            raise SamplingError("draw.group_differs", stage=stage.name, parent=key[0] or "", stratum=key[1])
        yield found


def _main_units(units: Sequence[ManifestUnit], wanted: Wanted) -> Mapping[GroupKey, list[ManifestUnit]]:
    """Gather the main units that have a probability by their group; purposive units and reserves have none."""
    found: dict[GroupKey, list[ManifestUnit]] = {}
    for unit in units:
        inside = wanted.parent in (None, unit.parent) and wanted.stratum in (None, unit.stratum)
        if inside and unit.probability is not None:
            found.setdefault((unit.parent, unit.stratum), []).append(unit)
    return found


def _as_counted(group: Group, line: ManifestStratum | None) -> bool:
    return line is not None and (line.population, line.total_size) == (group.population, group.total_size)


def _alike(stage: Stage, take: GroupTake, units: Sequence[ManifestUnit]) -> DrawnGroup | None:
    """Put a group of equal probability together, of which no list is read."""
    taken = GroupTaken(stage.method, None, (1,) * take.group.population, take.main, take.reserves)
    return _checked(stage, take, DrawnGroup(*_head(stage, take), taken, tuple(units), tuple(range(len(units)))))


def _listed(
    stage: Stage, take: GroupTake, units: Sequence[ManifestUnit], rows: "Rows", place: int
) -> DrawnGroup | None:
    """Put a group together from its list."""
    begin, end = rows.bounds[place : place + 2].tolist()

    def column(name: str) -> NDArray[np.float64]:
        return np.asarray(rows.table.column(name).slice(begin, end - begin).to_numpy())

    position = {unit_id: i for i, unit_id in enumerate(rows.ids[begin:end].to_pylist())}
    at = tuple(position.get(unit.id, -1) for unit in units)
    if -1 in at:
        return None
    sizes = tuple(column("size").tolist())
    taken = GroupTaken(stage.method, stage.joint_method, sizes, take.main, take.reserves, take.share)
    numbers = [column(f"n{i}") for i in range(len(number_columns(stage)))]
    balance, places = numbers[: len(stage.balance)], numbers[len(stage.balance) :]
    return _checked(
        stage,
        take,
        DrawnGroup(
            *_head(stage, take),
            taken,
            tuple(units),
            at,
            balancing=np.column_stack(balance) if balance else None,
            coordinates=plane(stage, np.column_stack(places)) if places else None,
        ),
    )


def _head(stage: Stage, take: GroupTake) -> tuple[str, str | None, str]:
    return stage.name, take.group.parent, take.group.stratum


def _checked(stage: Stage, take: GroupTake, group: DrawnGroup) -> DrawnGroup | None:
    """Give the group if its number and probabilities are those that follow from the frame."""
    ratios = group.taken.ratios(group.at)
    as_drawn = all(unit.probability == top / below for unit, (top, below) in zip(group.units, ratios, strict=True))
    return group if as_drawn and (len(group.units) == take.main or not stage.traits.fixed_size) else None
