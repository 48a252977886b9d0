"""Values that leave the draws room."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class DrawRecord:
    """One draw without its secret."""

    id: str
    evaluation_id: str
    frame_id: str
    number: int
    purpose: str
    state: str
    design_text: str
    excluded: tuple["Excluded", ...]
    commitment: str
    commitment_sha256: str
    committed_at: datetime
    time_stamped_at: datetime | None
    time_stamped_by: str | None
    public_value: str | None
    manifest_sha256: str | None
    """Store key of the manifest that holds everything drawn so far."""
    drawn_at: datetime | None
    release_at: datetime | None
    published_at: datetime | None


@dataclass(frozen=True)
class UnitRecord:
    """One unit of a draw; `top` is the unit of the frame's outermost level that it lies in."""

    unit_id: str
    stage: str
    parent: str | None
    top: str
    stratum: str
    sample_type: str
    order: int | None
    probability: float | None
    weight: float | None
    attributes: Mapping[str, object]
    unannounced: bool | None = None
    """Whether the draw marked it for a visit without notice; None where its stage has no such part."""


@dataclass(frozen=True)
class StratumRow:
    """One line of a draw's summary: what a stage took in one stratum, over all parents of the same stratum."""

    stage: str
    inside: str
    """Stratum of the parents; empty at the first stage."""
    stratum: str
    method: str
    groups: int
    population: int
    taken: int
    certain: int
    reserves: int


@dataclass(frozen=True)
class Excluded:
    """How many units of a level take no part because of one rule of the design."""

    level: str
    column: str
    values: tuple[str, ...]
    reason: str
    kept_values: bool
    """Set for a rule that names what takes part, not what does not."""
    units: int
    purposive: bool = False
    """Set for a rule that names units chosen by judgement: not drawn, but visited."""


@dataclass(frozen=True)
class ListState:
    """How far a drawn unit is whose list is made later: waiting for it, bound, or drawn from."""

    parent: str
    name: str
    top: str
    """The unit of the outermost level that it lies in, as people call it."""
    state: str
    """`waiting`, `bound` or `drawn`."""
    units: int | None
    """How many the list holds."""
    sha256: str | None
    """What binds the list, as the manifest and the public log name it."""
    source_name: str | None
    source_sha256: str | None
    """Hash of the file as it was handed in; whoever sends it again sees that it arrived."""
    bound_at: datetime | None
    taken: int
    """Units drawn from the list, without reserves."""
    reserves: int
