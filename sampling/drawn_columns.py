"""Say in columns of a table how the units of a draw were drawn: the same for a service's answers and for anybody's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sampling.design import Design
from sampling.empty_units import NOTHING
from sampling.manifest import ManifestStage
from sampling.planned_design import PlannedStage

Cells = dict[str, str]
UpperCells = Mapping[str, tuple[str | None, Cells]]
"""For each unit above the last stage its parent, and its cells of the table."""


@dataclass(frozen=True)
class StageColumns:
    """One stage of the design as columns: its units, its strata and what gives their chance.

    `strata` are the frame's columns, `stratum` the one that joins them; `draws` says how often each unit was drawn,
    None where none can be drawn twice.
    """

    name: str
    id_column: str
    strata: tuple[str, ...]
    stratum: str
    chance: str
    by_probability: bool
    joint_method: str | None
    draws: str | None = None

    def planned(self, *, rows: bool) -> PlannedStage:
        """Give the stage as a plan names it; `rows` where the rows of the table are its units."""
        return PlannedStage(
            cluster=None if rows else self.id_column,
            # A stage without strata has an empty label in every row: one stratum in each unit above it.
            strata=self.stratum if self.strata else None,
            chance=self.chance,
            joint_method=self.joint_method,
            draws=self.draws,
        )


def stage_columns(design: Design, number: int, prefix: str = "") -> StageColumns:
    """Name the columns of one stage; `prefix` keeps the made ones apart from the columns of a table."""
    stage = design.stages[number]
    level = next(level for level in design.levels if level.name == stage.name)
    by_probability = stage.method != "equal"
    place = number + 1
    return StageColumns(
        name=stage.name,
        id_column=level.id,
        strata=stage.strata,
        stratum=f"{prefix}stratum_{place}",
        chance=f"{prefix}pi_{place}" if by_probability else f"{prefix}population_{place}",
        by_probability=by_probability,
        joint_method=stage.joint_method,
        draws=f"{prefix}draws_{place}" if stage.method == "with_replacement" else None,
    )


def unit_cells(columns: StageColumns, drawn: ManifestStage) -> dict[str, tuple[str | None, Cells]]:
    """Give every unit of a stage that has a probability its parent and its cells: id, stratum, chance and draws."""
    populations = {(each.parent, each.stratum): each.population for each in drawn.strata}
    units: dict[str, tuple[str | None, Cells]] = {}
    for unit in drawn.units:
        if unit.probability is None:
            continue  # a purposive unit, or a reserve: it stands for no other
        chance = repr(unit.probability) if columns.by_probability else str(populations[unit.parent, unit.stratum])
        cells = {columns.id_column: unit.id, columns.stratum: unit.stratum, columns.chance: chance}
        if columns.draws is not None:
            cells[columns.draws] = str(unit.times or 1)
        units[unit.id] = (unit.parent, cells)
    return units


def upper_units(columns: Sequence[StageColumns], stages: Sequence[ManifestStage]) -> UpperCells:
    """Collect parents and cells of the units above the last stage."""
    units: dict[str, tuple[str | None, Cells]] = {}
    for stage, drawn in zip(columns[:-1], stages[:-1], strict=True):
        units |= unit_cells(stage, drawn)
    return units


def upper_cells(unit: str | None, above: UpperCells) -> Cells:
    """Return the cells of a unit above the last stage and of all units above it."""
    cells: Cells = {}
    while unit is not None:
        unit, own = above[unit]
        cells |= own
    return cells


def cells_below(columns: Sequence[StageColumns], number: int) -> Cells:
    """Return the cells of what lies below a drawn unit of a stage in which nothing was taken: one unit, in full."""
    cells: Cells = {}
    for stage in columns[number + 1 :]:
        cells |= {stage.id_column: NOTHING, stage.stratum: NOTHING if stage.strata else "", stage.chance: "1"}
        if stage.draws is not None:
            cells[stage.draws] = "1"
    return cells
