"""Say how well a balanced draw meets its totals and how evenly a spread draw lies, beside plain draws of its size."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sampling.design import design_in
from sampling.drawn_groups import DrawnGroup, Wanted, drawn_groups, refuse_other_frame
from sampling.engine import DuckDBEngine, OpenEngine
from sampling.errors import SamplingError
from sampling.frame import Frame
from sampling.manifest import Manifest
from sampling.methods import pivotal
from sampling.methods.probabilities import inclusion_probabilities
from sampling.methods.randomness import Floats, Positions, Stream
from sampling.methods.spatial_balance import spatial_balance

PLAIN_DRAWS = 20
"""Draws by the same probabilities that neither balance nor spread: what is reached is compared with their mean."""


@dataclass(frozen=True)
class ColumnBalance:
    """Compare a balancing column's estimated total with the true one, over the units that can be drawn.

    Parameters
    ----------
    estimated : float
        Horvitz and Thompson's estimate, the sum of x / p over the main units.
    true : float
        The sum of x over the units of the group whose probability is not 0: no draw tells of the others.
    difference : float or None
        (estimated - true) / true; None where the true total is 0.
    plain : float or None
        Root mean square of the same over ``PLAIN_DRAWS`` plain draws.
    """

    column: str
    estimated: float
    true: float
    difference: float | None
    plain: float | None


@dataclass(frozen=True)
class Spread:
    """Compare the spatial balance reached, 0 at best, with the mean of ``PLAIN_DRAWS`` plain draws."""

    balance: float
    plain: float


@dataclass(frozen=True)
class GroupQuality:
    """Hold what one group's sample reached: of a balanced stage its columns, of a spread one its spatial balance."""

    stage: str
    parent: str | None
    stratum: str
    population: int
    units: int
    columns: tuple[ColumnBalance, ...]
    spread: Spread | None


def draw_quality(manifest: Manifest, frame: Frame, engine: OpenEngine = DuckDBEngine) -> tuple[GroupQuality, ...]:
    """Measure every group of the stages that are balanced or spread, in the manifest's order.

    Parameters
    ----------
    frame : Frame
        The whole frame that was committed.

    Raises
    ------
    SamplingError
        ``draw.frame_not_of_draw``, ``draw.stages_differ``, ``draw.group_differs``; ``draw.no_quality`` where no stage
        is balanced or spread.
    """
    design = design_in(manifest.design)
    numbers = [i for i, stage in enumerate(design.stages) if stage.traits.needs is not None]
    if not numbers:
        raise SamplingError("draw.no_quality")
    refuse_other_frame(manifest, design, frame, engine)
    found: list[GroupQuality] = []
    with engine(frame) as opened:
        for number in numbers:
            columns = design.stages[number].balance
            groups = drawn_groups(opened, manifest, design, number, Wanted())
            found.extend(_quality(group, columns, manifest.seed) for group in groups)
    return tuple(found)


def _quality(group: DrawnGroup, columns: tuple[str, ...], seed: str) -> GroupQuality:
    sizes, taken = group.taken.sizes, np.array(group.at, dtype=np.int64)
    own = np.array(inclusion_probabilities(sizes, group.taken.main))
    plain = _plain_draws(own, Stream(f"{seed}:{group.stage}/quality:{group.parent or ''}:{group.stratum}"))
    values = np.empty((own.size, 0)) if group.balancing is None else group.balancing
    return GroupQuality(
        group.stage,
        group.parent,
        group.stratum,
        own.size,
        taken.size,
        tuple(_balance(name, values[:, i], own, taken, plain) for i, name in enumerate(columns)),
        None if group.coordinates is None else _spread(own, group.coordinates, taken, plain),
    )


def _plain_draws(own: Floats, stream: Stream) -> list[Positions]:
    """Draw by the same probabilities in random order (random pivotal method); certainties are in every sample."""
    certain, others = np.flatnonzero(own == 1.0), np.flatnonzero((own > 0.0) & (own < 1.0))
    samples = []
    for _ in range(PLAIN_DRAWS):
        mixed = others[stream.permutation(others.size)]
        chosen = mixed[pivotal.select(own[mixed], stream)] if mixed.size else mixed
        samples.append(np.sort(np.concatenate([certain, chosen])))
    return samples


def _balance(name: str, values: Floats, own: Floats, taken: Positions, plain: list[Positions]) -> ColumnBalance:
    true = float(values[own > 0.0].sum())

    def estimate(sample: Positions) -> float:
        return float(np.sum(values[sample] / own[sample]))

    def relative(estimated: float) -> float | None:
        return (estimated - true) / true if true else None

    others = [relative(estimate(sample)) for sample in plain]
    known = [other for other in others if other is not None]
    usual = float(np.sqrt(np.mean(np.square(known)))) if known else None
    reached = estimate(taken)
    return ColumnBalance(name, reached, true, relative(reached), usual)


def _spread(own: Floats, places: NDArray[np.float64], taken: Positions, plain: list[Positions]) -> Spread:
    usual = float(np.mean([spatial_balance(own, places, sample) for sample in plain]))
    return Spread(spatial_balance(own, places, taken), usual)
