"""How each household of an evaluation's draws came into the sample: weights and stages as the R script has them."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalsvc import files
from evalsvc.draws.queries import draws_of
from evalsvc.draws.r_design import RDesign, RRow, r_design
from evalsvc.fieldwork.models import Assignment
from evalsvc.interviews.datasets.masking import coarse_sample
from evalsvc.store import Store
from forms.dataset.metadata import Coarse, Stage
from sampling.errors import SamplingError
from sampling.manifest import Manifest

DRAWS_KEPT = 4
"""Draws that stay in memory, for a feed asks for them page after page."""


@dataclass(frozen=True)
class SampledUnit:
    """One household that had a known chance of being drawn."""

    weight: float
    stages: tuple[Stage, ...]
    coarse: Coarse


@dataclass(frozen=True)
class SampledDraw:
    """One draw as datasets tell of it."""

    number: int
    design: RDesign | None
    """None where nothing has a known chance."""
    units: Mapping[str, SampledUnit]
    without_reserves: bool
    """Set where reserves were opened whose chance cannot be told: weights are then those before."""


@dataclass(frozen=True)
class Sampled:
    """The draws of an evaluation that were carried out, by their identifier."""

    draws: Mapping[str, SampledDraw]

    @property
    def stages(self) -> int:
        """Return how many stages the deepest draw has."""
        return max((len(each.design.stages) for each in self.draws.values() if each.design is not None), default=0)

    def among(self, draw_ids: Collection[str]) -> "Sampled":
        """Return some of the draws."""
        return Sampled({draw_id: draw for draw_id, draw in self.draws.items() if draw_id in draw_ids})

    def unit(self, draw_id: str | None, unit_id: str | None) -> SampledUnit | None:
        """Return what is known of a household; None where it hangs on no draw or had no known chance."""
        draw = self.draws.get(draw_id or "")
        return None if draw is None else draw.units.get(unit_id or "")


def sampled(session: Session, store: Store, evaluation_id: str) -> Sampled:
    """Read the draws with the reserves that were opened by now."""
    return Sampled(
        {
            draw.id: _drawn(store, draw.manifest_sha256, draw.number, _opened(session, draw.id))
            for draw in draws_of(session, evaluation_id)
            if draw.manifest_sha256 is not None
        }
    )


def _opened(session: Session, draw_id: str) -> frozenset[str]:
    """Name the reserves that stand beside a household, as fieldwork.csv does."""
    query = select(Assignment.unit_id).where(
        Assignment.draw_id == draw_id, Assignment.opened_at.is_not(None), Assignment.replaces.is_not(None)
    )
    return frozenset(session.scalars(query))


@lru_cache(maxsize=DRAWS_KEPT)
def _drawn(store: Store, manifest_sha256: str, number: int, opened: frozenset[str]) -> SampledDraw:
    manifest = Manifest.from_json(store.get(manifest_sha256).decode("utf-8"), files.MANIFEST)
    design, without = _design(manifest, opened)
    if design is None:
        return SampledDraw(number, None, {}, without_reserves=False)
    coarse = coarse_sample(design.rows)
    units = {
        row.path[-1]: SampledUnit(row.weight, tuple(_stages(row)), coarse[row.path[-1]]) for row in design.rows
    }  # fmt: skip
    return SampledDraw(number, design, units, without)


def _design(manifest: Manifest, opened: frozenset[str]) -> tuple[RDesign | None, bool]:
    try:
        return r_design(manifest, opened), False
    except SamplingError:
        if not opened:
            return None, False
    return _design(manifest, frozenset())[0], True


def _stages(row: RRow) -> Iterator[Stage]:
    """Give every stage; those that add no variance of their own have nothing to give to R."""
    for place, (stratum, chance, population) in enumerate(zip(row.strata, row.chances, row.populations, strict=True)):
        column = row.columns[place] if place < len(row.columns) else None
        given = (None, None, None) if column is None else (column.unit, column.stratum, column.fraction)
        yield Stage(stratum, chance, population, *given)
