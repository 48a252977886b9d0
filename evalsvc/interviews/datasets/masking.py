"""What a dataset without names may tell of the sample: groups of villages that the public manifest cannot tell apart.

The manifest is public after the fieldwork, and the weights in it differ from village to village, so exact weights,
strata and counts name the village. Here at least LEAST first-stage units share everything that is told of them: the
classes of their households, how many were drawn of each, and one weight for each class, the mean of the group's. The
totals of weights stay as they are in each group and class. Groups serve as strata of a collapsed-strata estimate, whose
variance is too large rather than too small (Wolter, Introduction to Variance Estimation, section 2.5).
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from evalsvc.draws.r_design import RESERVE, RRow
from forms.dataset.metadata import Coarse

LEAST = 3
"""First-stage units that nothing tells apart."""
DIGITS = 5
Labels = Mapping[str, str | None]


@dataclass(frozen=True)
class _Unit:
    """One first-stage unit with the rows of its households."""

    name: str
    rows: Sequence[RRow]

    @property
    def place(self) -> tuple[str, float, str]:
        """Sort neighbours of one stratum, and of near weights, together."""
        return self.rows[0].columns[0].stratum, sum(row.weight for row in self.rows) / len(self.rows), self.name


@dataclass(frozen=True)
class _Group:
    """First-stage units that are told of as one stratum, each by itself or all as one unit."""

    units: Sequence[_Unit]
    is_one: bool


def coarse_sample(rows: Sequence[RRow]) -> Mapping[str, Coarse]:
    """Give what may be told of each household, by its identifier; the same rows give the same groups."""
    by_unit: dict[str, list[RRow]] = defaultdict(list)
    for row in rows:
        by_unit[row.columns[0].unit].append(row)
    units = [_Unit(name, by_unit[name]) for name in sorted(by_unit)]
    labels = _shown_classes(units)
    groups = _groups(units, labels)
    alone = [group for group in groups if group.is_one]
    found: dict[str, Coarse] = {}
    for number, group in enumerate(groups):
        area = "area:pool" if group.is_one and len(alone) > 1 else f"area:{_area(number, groups)}"
        found |= _told(group, area, labels, f"unit:{number}" if len(units) >= 2 * LEAST else None)
    return found


def _area(number: int, groups: Sequence[_Group]) -> int:
    """Let a group that is one unit lie in the first other one: a stratum of one unit would have no variance."""
    return 0 if groups[number].is_one else number


def _shown_classes(units: Sequence[_Unit]) -> Labels:
    """Join the rarest classes until each, and what was joined, is found in LEAST units at least."""
    holders: dict[str, set[str]] = defaultdict(set)
    for unit in units:
        for row in unit.rows:
            holders[row.strata[-1]].add(unit.name)
    order = sorted(holders, key=lambda label: (len(holders[label]), label))
    joined: set[str] = set()
    count = 0
    for label in order:
        if len(holders[label]) >= LEAST and (not count or len(joined) >= LEAST):
            break
        joined |= holders[label]
        count += 1
    return {label: None if place < count else label for place, label in enumerate(order)}


def _groups(units: Sequence[_Unit], labels: Labels) -> list[_Group]:
    """Put units of which the same numbers were drawn together; the few that are like no others become one unit."""
    alike: dict[tuple[tuple[str, int], ...], list[_Unit]] = defaultdict(list)
    for unit in units:
        drawn = Counter(labels[row.strata[-1]] or "" for row in unit.rows if row.sample_type != RESERVE)
        alike[tuple(sorted(drawn.items()))].append(unit)
    kinds = sorted(alike.values(), key=len, reverse=True)
    many = [kind for kind in kinds if len(kind) >= LEAST]
    few = [unit for kind in kinds if len(kind) < LEAST for unit in kind]
    if 0 < len(few) < LEAST and many:
        few += many.pop()
    return [
        *(_Group(part, is_one=False) for kind in many for part in _cut(kind)),
        *(_Group(part, is_one=True) for part in (_cut(few) if few else ())),
    ]


def _cut(units: Iterable[_Unit]) -> list[list[_Unit]]:
    """Cut units into parts of LEAST or a few more, neighbours together."""
    ordered = sorted(units, key=lambda unit: unit.place)
    parts = max(1, len(ordered) // LEAST)
    bounds = [len(ordered) * part // parts for part in range(parts + 1)]
    return [ordered[start:end] for start, end in pairwise(bounds)]


def _told(group: _Group, area: str, labels: Labels, one: str | None) -> dict[str, Coarse]:
    holders: dict[str | None, set[str]] = defaultdict(set)
    for unit in group.units:
        for row in unit.rows:
            holders[labels[row.strata[-1]]].add(unit.name)
    # A class of a single unit would show that unit's weight.
    by_class = min(map(len, holders.values())) >= min(LEAST, len(group.units))
    weights: dict[str | None, list[float]] = defaultdict(list)
    for unit in group.units:
        for row in unit.rows:
            weights[labels[row.strata[-1]] if by_class else None].append(row.weight)
    means = {label: float(f"{sum(each) / len(each):.{DIGITS}g}") for label, each in weights.items()}
    return {
        row.path[-1]: Coarse(
            area=area,
            unit=one if group.is_one else unit.name,
            household_class=labels[row.strata[-1]],
            weight=means[labels[row.strata[-1]] if by_class else None],
        )
        for unit in group.units
        for row in unit.rows
    }
