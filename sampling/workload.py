"""Work out what fieldwork is expected to take, from what the design plans for each unit."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from math import ceil, fsum

from sampling.design import Design


@dataclass(frozen=True)
class Workload:
    """Hold the expected work of all teams together, and its cost.

    Parameters
    ----------
    minutes : float or None
        None where no minutes are planned.
    days : int or None
        Days for all teams working side by side, rounded up.
    cost : Decimal or None
        In the currency, to the cent; None where no cost is planned.
    parts : tuple of (str, Decimal)
        Stage and its cost.
    """

    minutes: float | None
    days: int | None
    teams: int
    day_minutes: int
    cost: Decimal | None
    parts: tuple[tuple[str, Decimal], ...]
    currency: str


def workload(design: Design, expected: Mapping[str, float], beside: Mapping[str, float]) -> Workload | None:
    """Multiply expected units by what is planned for each.

    Parameters
    ----------
    expected : mapping
        Stage: units expected in the sample; a stage that is listed later is not there.
    beside : mapping
        Stage: purposive units, which are visited as well.

    Returns
    -------
    Workload or None
        None where the design plans nothing, or plans for a stage of which nothing is known yet.
    """
    plan = design.fieldwork
    if plan is None or not {*plan.cost, *plan.minutes} <= expected.keys():
        return None
    units = {name: number + beside.get(name, 0.0) for name, number in expected.items()}
    minutes = fsum(units[name] * each for name, each in plan.minutes.items()) if plan.minutes else None
    parts = tuple((name, _money(units[name], each)) for name, each in plan.cost.items())
    return Workload(
        minutes=minutes,
        days=None if minutes is None else ceil(round(minutes / (plan.day_minutes * plan.teams), 9)),
        teams=plan.teams,
        day_minutes=plan.day_minutes,
        cost=sum((amount for _, amount in parts), Decimal(0)) if parts else None,
        parts=parts,
        currency=plan.currency,
    )


def _money(units: float, each: str) -> Decimal:
    return (Decimal(units) * Decimal(each)).quantize(Decimal("0.01"), rounding=ROUND_HALF_EVEN)
