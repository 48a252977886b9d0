"""Run a draw: from a committed design, a frame, the secret and the public value to the manifest."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from sampling.commitment import (
    PROTOCOL,
    Commitment,
    commit,
    committed_frames,
    hash_secret,
    public_value_fault,
    seed_of,
)
from sampling.design import Design, Stage, canonical
from sampling.design_check import check_design_on
from sampling.engine import DuckDBEngine, Engine
from sampling.errors import SamplingError
from sampling.frame import Frame
from sampling.frame_hash import hash_frame
from sampling.frame_text import check_frame_text
from sampling.groups import Group, GroupTake, plan_takes
from sampling.hashing import sha256_json
from sampling.manifest import FrameEntry, Manifest, ManifestStage, ManifestStratum, ManifestUnit, SampleType
from sampling.select import systematic_pps
from sampling.steps import read_groups, smallest_tickets_step, units_step
from sampling.tickets import start, tickets

__all__ = ["PROTOCOL", "Progress", "commit", "draw_stage", "run_draw", "seed_of"]

Progress = Callable[[str, int, int], None]
"""Told the name of the step, how many steps are done and how many there are."""


@dataclass(frozen=True)
class ListedUnit:
    """Hold one unit of a group's list: id, ticket and size."""

    id: str
    ticket: str
    size: int


def run_draw(
    design: Design,
    frame: Frame,
    commitment: Commitment,
    secret: str,
    public_value: str | None,
    *,
    drawn_at: str,
    code_version: str,
    progress: Progress | None = None,
) -> Manifest:
    """Draw the sample of a committed design.

    Parameters
    ----------
    design, frame, commitment
        The commitment must be of exactly this design and frame.
    secret : str
        64 hex digits, whose hash was committed.
    public_value : str or None
        The revealed value in its committed text form; None exactly when the design names no public value.
    drawn_at, code_version : str
        UTC time and version of the code, written into the manifest.
    progress : callable, optional
        Told after each step.

    Raises
    ------
    SamplingError
        ``draw.*`` when commitment, secret, public value or frame do not belong together;
        ``draw.design_refused`` with every complaint when the frame cannot satisfy the design.
    """
    steps = len(design.stages) + 2
    tell = progress or (lambda _name, _done, _total: None)
    _check_commitment(design, commitment, secret, public_value)
    if committed_frames(frame, hash_frame(frame)) != list(commitment.committed["frames"]):
        raise SamplingError("draw.frame_differs")
    tell("frame", 1, steps)
    seed = seed_of(commitment.commitment, secret, public_value)
    stages: list[ManifestStage] = []
    with DuckDBEngine(frame) as engine:
        complaints = [*check_frame_text(engine, frame), *check_design_on(engine, design, frame)]
        if complaints:
            raise SamplingError("draw.design_refused", complaints, count=len(complaints))
        tell("design", 2, steps)
        for number, stage in enumerate(design.stages):
            parents = [unit.id for unit in stages[-1].units] if stages else None
            stages.append(draw_stage(engine, design, number, seed, parents))
            tell(stage.name, number + 3, steps)
    blank = _manifest_without_stages(design, commitment, secret, public_value)
    return replace(blank, code_version=code_version, drawn_at=drawn_at, stages=with_weights(stages))


def _manifest_without_stages(design: Design, commitment: Commitment, secret: str, public_value: str | None) -> Manifest:
    """Write what a manifest takes over from the commitment, the secret and the public value."""
    at = commitment.committed_at
    return Manifest(
        protocol=PROTOCOL,
        evaluation=design.evaluation,
        draw=design.draw,
        design=canonical(design),
        frames=tuple(FrameEntry(**entry, committed_at=at) for entry in commitment.committed["frames"]),
        commitment=commitment.commitment,
        committed_at=at,
        time_stamp=commitment.time_stamp,
        public_source=design.public.source,
        public_round=design.public.round,
        public_form=design.public.form,
        public_value=public_value,
        secret=secret,
        seed=seed_of(commitment.commitment, secret, public_value),
        code_version="",
        drawn_at="",
        stages=(),
    )


def _check_commitment(design: Design, commitment: Commitment, secret: str, public_value: str | None) -> None:
    """Refuse to draw unless everything is what was committed."""
    committed = commitment.committed
    if sha256_json(committed) != commitment.commitment:
        raise SamplingError("draw.commitment_hash")
    if committed["protocol"] != PROTOCOL:
        raise SamplingError("draw.protocol", found=str(committed["protocol"]), expected=PROTOCOL)
    if committed["design"] != canonical(design):
        raise SamplingError("draw.design_differs")
    if committed["secret_sha256"] != hash_secret(secret):
        raise SamplingError("draw.secret_differs")
    if (not public_value) != (design.public.source is None) or public_value == "":
        raise SamplingError("draw.public_value", source=design.public.source or "")
    fault = None if public_value is None else public_value_fault(public_value)
    if fault is not None:
        raise SamplingError("draw.public_value_text", **fault)


def draw_stage(engine: Engine, design: Design, number: int, seed: str, parents: Sequence[str] | None) -> ManifestStage:
    """Draw one stage inside the given parents; without weights.

    Parameters
    ----------
    parents : sequence of str or None
        Ids of the taken units of the stage above; None at the first stage.
    """
    stage = design.stages[number]
    if parents is not None:
        engine.load("parents", {"id": list(parents)})
    engine.define("units", units_step(engine, design, number, parents=None if parents is None else "parents"))
    groups = read_groups(engine, design, number, "units")
    takes = plan_takes(stage, groups).takes
    draw = _draw_equal if stage.method == "equal" else _draw_pps
    strata = tuple(_stratum(stage, group) for group in groups)
    return ManifestStage(stage.name, strata, tuple(draw(engine, stage, seed, takes)))


def _stratum(stage: Stage, group: Group) -> ManifestStratum:
    """Write a group as the manifest counts it."""
    return ManifestStratum(
        group.parent, group.stratum, stage.method, group.population, group.total_size, stage.joint_method
    )


def _draw_equal(engine: Engine, stage: Stage, seed: str, takes: Sequence[GroupTake]) -> Iterable[ManifestUnit]:
    """Take the smallest tickets of every group in one relational step."""
    if not takes:
        return  # the units above have no children that take part
    engine.load(
        "takes",
        {
            "parent": [take.group.parent or "" for take in takes],
            "stratum": [take.group.stratum for take in takes],
            "number": [take.main + take.reserves for take in takes],
        },
    )
    by_group = {(take.group.parent or "", take.group.stratum): take for take in takes}
    for parent, stratum, place, unit_id, ticket in engine.rows(
        smallest_tickets_step(engine, stage, seed, "units", "takes")
    ):
        take = by_group[parent, stratum]
        probability = take.main / take.group.population
        yield _unit(take, ListedUnit(unit_id, ticket, 0), place, probability)


def _draw_pps(engine: Engine, stage: Stage, seed: str, takes: Sequence[GroupTake]) -> Iterable[ManifestUnit]:
    """Select each group systematically with probability proportional to size."""
    lists: dict[tuple[str, str], list[ListedUnit]] = {}
    rows = engine.rows("SELECT parent, stratum, id, size FROM units ORDER BY id")
    for (parent, stratum, unit_id, size), ticket in zip(
        rows, tickets(seed, stage.name, (row[2] for row in rows)), strict=True
    ):
        lists.setdefault((parent, stratum), []).append(ListedUnit(unit_id, ticket, int(size)))
    for take in takes:
        listed = lists[take.group.parent or "", take.group.stratum]  # frame order is code-point order of the ids
        if stage.order == "ticket":
            listed.sort(key=lambda unit: (unit.ticket, unit.id))
        yield from _select_pps(stage, seed, take, listed)


def _select_pps(stage: Stage, seed: str, take: GroupTake, listed: Sequence[ListedUnit]) -> Iterable[ManifestUnit]:
    """Select main units and reserves of one group together; release them in ticket order."""
    together = take.main + take.reserves
    group = take.group
    sizes = [unit.size for unit in listed]
    sample = systematic_pps(sizes, together, start(seed, stage.name, group.parent, group.stratum))
    ratios = {i: (1, 1) for i in sample.certainties}
    ratios |= {i: (sample.size * sizes[i], sample.total) for i in sample.selected}
    released = sorted(ratios, key=lambda i: (listed[i].ticket, listed[i].id))
    for place, i in enumerate(released, start=1):
        numerator, denominator = ratios[i]
        probability = numerator * take.main / (denominator * together)  # one rounding of exact integers
        yield _unit(take, listed[i], place, probability)


def _unit(take: GroupTake, unit: ListedUnit, place: int, probability: float) -> ManifestUnit:
    """Write a taken unit by its place among main units and reserves."""
    group = take.group
    if place > take.main:
        return ManifestUnit(unit.id, group.parent, group.stratum, unit.ticket, None, "reserve", place - take.main)
    sample_type: SampleType = "certainty" if probability == 1.0 else "probability"
    return ManifestUnit(unit.id, group.parent, group.stratum, unit.ticket, probability, sample_type, None)


def with_weights(stages: Sequence[ManifestStage]) -> tuple[ManifestStage, ...]:
    """Give the main units of the last stage their base weight, 1 / product of the probabilities from above."""
    products: dict[str | None, float] = {None: 1.0}
    for stage in stages[:-1]:
        products = {
            unit.id: products[unit.parent] * unit.probability
            for unit in stage.units
            if unit.probability is not None and unit.parent in products
        }
    last = stages[-1]
    units = tuple(
        replace(unit, weight=1.0 / (products[unit.parent] * unit.probability))
        if unit.probability is not None and unit.parent in products
        else unit
        for unit in last.units
    )
    return (*stages[:-1], replace(last, units=units))
