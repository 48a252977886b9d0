"""Values that leave the fieldwork room."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from evalsvc.instruments.values import InstrumentRecord


@dataclass(frozen=True)
class AssignmentRecord:
    """One household to be visited, or a closed reserve."""

    id: str
    evaluation_id: str
    draw_id: str
    instrument_id: str
    unit_id: str
    parent: str
    county: str
    stratum: str
    sample_type: str
    order: int | None
    opened_at: datetime | None
    replaces: str | None
    reason: str | None
    disposition: str | None
    instance_id: str | None
    enumerator_id: str | None
    unannounced: bool | None = None
    """Whether it is visited without notice; None where the draw has no such part."""


@dataclass(frozen=True)
class GivenForm:
    """A form version with the household classes whose drawn households are visited with it."""

    instrument: InstrumentRecord
    classes: tuple[str, ...]


@dataclass(frozen=True)
class Task:
    """One open household as its enumerator sees it: no weight, no reserve, no probability."""

    assignment_id: str
    unit_id: str
    county: str
    village: str
    stratum: str
    form_id: str
    version: str
    disposition: str | None
    enumerator: str | None
    attributes: Mapping[str, object] = field(default_factory=dict)
    unannounced: bool | None = None
    """Whether it is visited without notice; None where the draw has no such part."""


@dataclass(frozen=True)
class ProgressRow:
    """How far the fieldwork of one county or village is: opened households by what came of them."""

    unit_id: str
    label: str
    opened: int
    counts: Mapping[str, int]
    reserves_opened: int
    reserves_closed: int
    enumerators: tuple[str, ...] = ()
    team: str = ""
    villages: tuple["ProgressRow", ...] = ()
    unannounced: int = 0
    """How many of the opened households are visited without notice."""

    @property
    def finished(self) -> int:
        """Count the households whose outcome is known."""
        return sum(self.counts.values())

    @property
    def share(self) -> float:
        """Return the finished part of the opened households, 0 to 1."""
        return self.finished / self.opened if self.opened else 0.0


@dataclass(frozen=True)
class Progress:
    """The progress of one draw's fieldwork, by county and village."""

    total: ProgressRow
    counties: tuple[ProgressRow, ...]


@dataclass(frozen=True)
class Household:
    """One open household of a village, with the reasons for which a reserve may be opened beside it now."""

    assignment: AssignmentRecord
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Village:
    """One village of the fieldwork."""

    unit_id: str
    label: str
    county: str
    enumerator_id: str | None
    households: tuple[Household, ...]
    reserves_closed: Mapping[str, int]
    """How many reserves still wait, by class."""

    @property
    def unannounced(self) -> bool:
        """Tell whether every open household of the village is visited without notice."""
        return bool(self.households) and all(each.assignment.unannounced for each in self.households)


@dataclass(frozen=True)
class Area:
    """A county of the fieldwork with its villages, for people to choose from."""

    unit_id: str
    label: str
    villages: tuple[tuple[str, str], ...]
    """Identifier and name of each village."""
