"""Name the columns that describe one stage of a design."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sampling.coordinates import Coordinates

STAGE_KEYS = ("cluster", "strata", "population", "probability", "draws", "order")
"""What a stage of a plan may name one column for, in the order of the fields of ``StageSpec``."""


@dataclass(frozen=True)
class StageSpec:
    """Name the columns of one stage.

    Without cluster the rows are the units; without population and probability the stage is drawn with replacement, and
    `draws` says how often each unit was drawn, once where it is not named. `order` says where in its list a unit stood,
    `balance` on which totals the sample was balanced, `coordinates` where the units of a spread sample lie.
    """

    cluster: str | None = None
    strata: str | None = None
    population: str | None = None
    probability: str | None = None
    draws: str | None = None
    order: str | None = None
    balance: tuple[str, ...] = ()
    coordinates: Coordinates | None = None

    def columns(self) -> Iterator[tuple[str, str]]:
        """Give what each column is for, and its name; the columns of degrees say which of the two they are."""
        for key in STAGE_KEYS:
            name = getattr(self, key)
            if name is not None:
                yield key, name
        yield from (("balance", name) for name in self.balance)
        if self.coordinates is not None:
            degrees = self.coordinates.kind == "degrees"
            yield "longitude" if degrees else "coordinates", self.coordinates.first
            yield "latitude" if degrees else "coordinates", self.coordinates.second
