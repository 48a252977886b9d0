"""Choose what makes the form of a stage whose variance looks at pairs of units."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np

from sampling.coordinates import Coordinates
from sampling.estimate.errors import Complaint
from sampling.estimate.stages.balance import balanced, on_the_globe, spread
from sampling.estimate.stages.joint import Joint
from sampling.estimate.stages.pairs import Paired, Pairing, StageUnits, successive_differences
from sampling.estimate.stages.stage import FIRST_ROW, UnequalSpec
from sampling.estimate.stages.stage_spec import StageSpec
from sampling.estimate.table import FloatArray, Table


def pairing_of(
    unequal: UnequalSpec | None, stage: StageSpec, table: Table, files: Mapping[str, Table]
) -> Pairing | None:
    """Give what makes the form over pairs of a stage, None where its variance needs sums over units only."""
    if unequal is None or stage.probability is None:
        return None
    if unequal.joint is not None:
        return Joint(unequal.joint, files[unequal.joint], yates_grundy=unequal.variance == "yg")
    if unequal.method == "successive-differences":
        position = _position(stage, table)
        return _of_units(position, partial(successive_differences, position=position))
    if unequal.method in ("hajek", "balanced"):
        columns = [np.asarray(table[name].numbers) for name in stage.balance]
        stated = np.column_stack(columns) if columns else None
        return _of_units(stated, partial(balanced, columns=columns))
    if unequal.method == "spread" and stage.coordinates is not None:
        place = _place(stage.coordinates, table)
        return _of_units(place, partial(spread, place=place))
    return None


def bad_files(unequal: UnequalSpec | None, probabilities: int, files: Mapping[str, Table]) -> list[Complaint]:
    """Name a matrix of joint probabilities that several stages would share."""
    name = None if unequal is None else unequal.joint
    if name is None or name not in files or probabilities <= 1:
        return []
    if Joint(name, files[name], yates_grundy=False).lists_pairs:
        return []
    return [Complaint("estimate.joint_several_stages", {"file": name, "count": probabilities})]


def _position(stage: StageSpec, table: Table) -> FloatArray | None:
    """Give where in its list each row's unit stood; frame order is that of the units' labels by their code points."""
    if stage.order is None:
        return None
    codes, levels = table[stage.order].coded
    if stage.order != stage.cluster:
        return codes.astype(np.float64)
    rank = np.empty(len(levels))
    rank[sorted(range(len(levels)), key=levels.__getitem__)] = np.arange(len(levels))
    return rank[codes]


def _place(coordinates: Coordinates, table: Table) -> FloatArray:
    """Give where the rows' units lie, so that straight distances tell which are near."""
    first, second = (np.asarray(table[name].numbers) for name in (coordinates.first, coordinates.second))
    return on_the_globe(first, second) if coordinates.kind == "degrees" else np.column_stack([first, second])


def _of_units(stated: FloatArray | None, form: Callable[[StageUnits], Paired]) -> Pairing:
    """Refuse what the rows of one unit say differently, before the form takes each unit's first row."""

    def checked(units: StageUnits) -> Paired:
        if stated is not None:
            same = stated == stated[units.first_row[units.unit]]
            uneven = np.flatnonzero(~(same if same.ndim == 1 else same.all(axis=1)))
            if uneven.size:
                row = int(uneven[0]) + FIRST_ROW
                return Paired(None, (Complaint("estimate.varies_within_unit", {"place": units.place, "row": row}),))
        return form(units)

    return checked
