"""What the page of the fieldwork shows, read in one session."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from evalsvc.draws.queries import draws_of
from evalsvc.draws.release import visible_draws
from evalsvc.draws.values import DrawRecord
from evalsvc.fieldwork import queries
from evalsvc.fieldwork.lists import teams_of
from evalsvc.fieldwork.values import GivenForm, Progress, Task
from evalsvc.instruments.queries import instruments_of
from evalsvc.instruments.values import InstrumentRecord
from evalsvc.people.actor import Actor

MOST_UNFOLDED = 24
"""Villages that are shown without folding."""


@dataclass(frozen=True)
class Overview:
    """How far one draw's fieldwork is, and what another one could begin with."""

    draws: tuple[DrawRecord, ...]
    """Those whose households were given out."""
    draw: DrawRecord | None
    """The one that is shown."""
    progress: Progress | None
    ready: tuple[DrawRecord, ...]
    """Those whose households can be given out; none while another draw is in the field."""
    instruments: tuple[InstrumentRecord, ...]
    """The forms that households can be visited with."""
    classes: tuple[str, ...]
    """Household classes of those draws, each of which may have a form of its own."""
    given: tuple[GivenForm, ...]
    """The forms that the draw that is shown is visited with."""
    people: tuple[tuple[str, str], ...]
    """Enumerators, identifier and name."""
    teams: tuple[str, ...] = ()
    """Teams that villages were given to; an empty name stands for villages without one."""
    is_open: bool = True
    """Whether the reader may see which villages were drawn."""

    @property
    def in_field(self) -> bool:
        """Tell whether the draw that is shown is still visited."""
        return self.draw is not None and self.draw.published_at is None

    @property
    def is_short(self) -> bool:
        """Tell whether the villages of all counties fit one page as they are; otherwise each county is folded."""
        counties = () if self.progress is None else self.progress.counties
        return len(counties) == 1 or sum(len(each.villages) for each in counties) <= MOST_UNFOLDED


@dataclass(frozen=True)
class VillageTasks:
    """The households of one village that one enumerator visits."""

    county: str
    village: str
    tasks: tuple[Task, ...]

    @property
    def finished(self) -> int:
        """Count the households whose outcome is known."""
        return sum(each.disposition is not None for each in self.tasks)


def by_village(tasks: Sequence[Task]) -> tuple[VillageTasks, ...]:
    """Put households together by village, in the order in which they come."""
    found: dict[tuple[str, str], list[Task]] = {}
    for each in tasks:
        found.setdefault((each.county, each.village), []).append(each)
    return tuple(VillageTasks(county, village, tuple(rows)) for (county, village), rows in found.items())


def overview(session: Session, actor: Actor, evaluation_id: str, number: int | None) -> Overview:
    """Read the fieldwork of the draw asked for, else of the latest one; before its release only that there is one."""
    given_out = set(queries.draws_in_fieldwork(session, evaluation_id))
    draws = draws_of(session, evaluation_id)
    visited = tuple(draw for draw in draws if draw.id in given_out)
    chosen = next((draw for draw in visited if draw.number == number), visited[-1] if visited else None)
    busy = any(draw.published_at is None for draw in visited)
    waiting = (draw for draw in draws if draw.state == "drawn" and not draw.published_at and draw.id not in given_out)
    is_open = chosen is not None and chosen.id in visible_draws(session, actor, evaluation_id)
    ready = () if busy else tuple(waiting)
    return Overview(
        is_open=is_open or chosen is None,
        teams=tuple(teams_of(session, chosen.id)) if chosen is not None and is_open else (),
        draws=visited,
        draw=chosen,
        progress=None if chosen is None or not is_open else queries.progress(session, chosen.id),
        ready=ready,
        instruments=tuple(each for each in instruments_of(session, evaluation_id) if each.takes_interviews),
        classes=tuple(queries.classes_of_draws(session, [draw.id for draw in ready])),
        given=() if chosen is None else queries.forms_of_draw(session, chosen.id),
        people=tuple(queries.enumerators_of(session, evaluation_id)),
    )
