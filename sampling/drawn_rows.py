"""Line up the rows of a table of answers with the units that a draw took, and say what does not fit."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence

from sampling.design import design_in
from sampling.drawn_columns import Cells, cells_below, stage_columns, unit_cells, upper_cells, upper_units
from sampling.empty_units import NOTHING, empty_units
from sampling.errors import Complaint, complain
from sampling.estimate import Table
from sampling.listing import not_listed
from sampling.manifest import Manifest, ManifestUnit
from sampling.weight import base_weight

UNIT = "unit_id"
"""What a table calls the units of the last stage where it has no column of the level's own name."""
BETWEEN_STRATA = "/"
"""What a manifest joins the values of a stratum with."""
MOST_NAMED = 20
FIRST_ROW = 2


class DrawnRows:
    """Line a draw up with the rows of a table, and gather what does not fit."""

    def __init__(self, manifest: Manifest, table: Table, unit: str | None, prefix: str) -> None:
        self.manifest, self.table = manifest, table
        self.design = design_in(manifest.design)
        self.columns = tuple(stage_columns(self.design, number, prefix) for number in range(len(self.design.stages)))
        self.last = manifest.stages[-1]
        self.unit = unit or next((name for name in (self.columns[-1].id_column, UNIT) if name in table), None)
        self.units: Mapping[str, ManifestUnit] = {each.id: each for each in self.last.units}
        self.ids: list[str | None] = []
        self.complaints = list(self._complaints())

    def _complaints(self) -> Iterator[Complaint]:
        awaited = not_listed(self.manifest)
        if awaited is not None:
            yield awaited
        if self.unit is None or self.unit not in self.table:
            name = self.unit or self.columns[-1].id_column
            yield complain("draw.answers_no_unit", column=name)
            return
        self.ids = self.table[self.unit].texts.to_pylist()
        yield from self._strangers(lambda each: each is None, "draw.answers_stranger")
        purposive = self.manifest.purposive
        yield from self._strangers(lambda each: each is not None and each.id in purposive, "draw.answers_purposive")
        answered = set(self.ids)
        main = [each.id for each in self.last.units if each.probability is not None]
        lost = [each for each in main if each not in answered]
        if lost:
            yield complain("draw.answers_missing", count=len(lost), drawn=len(main), units=some_of(lost))
        if not main:
            yield complain("draw.answers_nothing_drawn", stage=self.last.name)
        equal = self.design.stages[-1].method == "equal" and self.design.first_phase is None
        if self.opened and not equal:
            yield complain("draw.answers_reserves", count=len(self.opened), units=some_of(sorted(self.opened)))

    def _strangers(self, wrong: Callable[[ManifestUnit | None], bool], code: str) -> Iterator[Complaint]:
        rows = [row for row, each in enumerate(self.ids) if wrong(self.units.get(each or ""))]
        if rows:
            told = some_of(list(dict.fromkeys(self.ids[row] or "–" for row in rows)))
            yield complain(code, row=rows[0] + FIRST_ROW, count=len(rows), units=told)

    @property
    def opened(self) -> set[str]:
        """Give the reserves that have rows: they were opened."""
        return {each for each in self.ids if each is not None and self._is_reserve(each)}

    def _is_reserve(self, name: str) -> bool:
        return name in self.units and self.units[name].sample_type == "reserve"

    def cells(self) -> dict[str, Cells]:
        """Give the cells of every unit of the last stage that counts, with those of all units above it."""
        above, columns = upper_units(self.columns, self.manifest.stages), self.columns[-1]
        own = dict(unit_cells(columns, self.last))
        populations = {(each.parent, each.stratum): each.population for each in self.last.strata}
        for name in self.opened:
            unit = self.units[name]
            chance = str(populations[unit.parent, unit.stratum])
            own[name] = unit.parent, {columns.id_column: name, columns.stratum: unit.stratum, columns.chance: chance}
        return {name: self._placed(cells | upper_cells(parent, above)) for name, (parent, cells) in own.items()}

    def _placed(self, cells: Cells) -> Cells:
        """Add the ids of levels of which no unit was drawn, where strata were made of them: counties, as a rule."""
        drawn = {each.id_column for each in self.columns}
        whole = {level.id for level in self.design.levels} - drawn
        found: Cells = {}
        for each in self.columns:
            # Values of strata are joined by a sign that none of them holds.
            values = cells[each.stratum].split(BETWEEN_STRATA)
            if len(values) == len(each.strata) and values != [NOTHING]:
                found |= {name: value for name, value in zip(each.strata, values, strict=True) if name in whole}
        return found | cells

    def weights(self) -> dict[str, float]:
        """Give every unit's weight: the manifest's, but (main + opened) / N where reserves of its group were opened."""
        found = {each.id: each.weight for each in self.last.units if each.weight is not None}
        opened = self.opened
        if not opened:
            return found
        groups: dict[tuple[str | None, str], list[ManifestUnit]] = defaultdict(list)
        for each in self.last.units:
            if each.id in found or each.id in opened:
                groups[each.parent, each.stratum].append(each)
        populations = {(each.parent, each.stratum): each.population for each in self.last.strata}
        for group, members in groups.items():
            main = [each for each in members if each.id in found]
            if len(main) < len(members):
                above = 1.0 / (found[main[0].id] * float(main[0].probability or 1.0))
                weight = base_weight(above, populations[group], len(main), len(members) - len(main))
                found |= dict.fromkeys((each.id for each in members), weight)
        return found

    def chances(self) -> dict[str, float]:
        """Give the probability of every main unit of the last stage over all stages of the draw, for each time."""
        above: dict[str | None, float] = {None: 1.0}
        for stage in self.manifest.stages:
            above |= {
                each.id: above[each.parent] * each.probability / (each.times or 1)
                for each in stage.units
                if each.probability is not None and each.parent in above
            }
        return {each.id: above[each.id] for each in self.last.units if each.id in above}

    def empty(self) -> list[Cells]:
        """Give the cells of drawn units in which nothing was taken."""
        parents = {self.units[each].parent for each in self.ids if each is not None and each in self.units}
        above = upper_units(self.columns, self.manifest.stages)
        return [
            self._placed(cells_below(self.columns, number) | upper_cells(each.id, above))
            for number, each in empty_units(self.manifest.stages, parents)
        ]


def some_of(units: Sequence[str]) -> str:
    """Write the first of some units."""
    return ", ".join(units[:MOST_NAMED]) + (", …" if len(units) > MOST_NAMED else "")
