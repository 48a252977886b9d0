"""Hold how many units a stage takes: an amount for each group, or a total that groups share."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import floor
from typing import TypeVar

from sampling.allocate import Allocation, Precision

Amount = int | str
"""A number of units, ``all``, or a share as ``20%``."""

ALL = "all"


def share_of(amount: Amount) -> Fraction | None:
    """Give an amount's share of the group; None where it is a plain number."""
    if isinstance(amount, int):
        return None
    return Fraction(1) if amount == ALL else Fraction(amount.removesuffix("%")) / 100


@dataclass(frozen=True)
class TakeLine:
    """Give an amount for the strata whose columns hold these values."""

    when: Mapping[str, str]
    take: Amount


@dataclass(frozen=True)
class TakeEach:
    """Take an amount from each stratum of each parent; the first matching line wins, else ``each``.

    Parameters
    ----------
    minimum, maximum : int, optional
        Bounds of what shares come to; plain numbers and ``all`` are as they stand.
    """

    each: Amount
    by: tuple[TakeLine, ...] = ()
    minimum: int | None = None
    maximum: int | None = None

    def amount(self, values: Mapping[str, str]) -> Amount:
        """Find the first line that matches a group's values, else the amount for each."""
        line = _fitting(self.by, values)
        return self.each if line is None else line.take

    def number(self, values: Mapping[str, str], population: int, available: int) -> int:
        """Give how many units a group is asked for: shares of N are rounded half up and kept within the bounds."""
        amount = self.amount(values)
        if isinstance(amount, int):
            return amount
        if amount == ALL:
            return available
        asked = floor((share_of(amount) or Fraction()) * population + Fraction(1, 2))
        highest = asked if self.maximum is None else min(asked, self.maximum)
        return highest if self.minimum is None else max(highest, self.minimum)


@dataclass(frozen=True)
class PlannedLine:
    """Give a planned value, as decimal text, for the strata whose columns hold these values."""

    when: Mapping[str, str]
    value: str


@dataclass(frozen=True)
class Planned:
    """Give a planned standard deviation or cost of each stratum; the first matching line wins, else ``each``."""

    each: str | None
    by: tuple[PlannedLine, ...] = ()

    def value(self, values: Mapping[str, str]) -> str | None:
        """Find the first line that matches a group's values, else the value for each."""
        line = _fitting(self.by, values)
        return self.each if line is None else line.value


@dataclass(frozen=True)
class TakeTotal:
    """Share a total among the strata that agree in the ``within`` columns (and, below stage one, in the parent).

    Parameters
    ----------
    total : int or Precision
        Units, or the precision from which each set of strata works its own total out.
    deviation, cost : Planned, optional
        What Neyman's and cost-optimal allocation rest on.
    minimum, maximum : int
        Bounds of each stratum's share.
    """

    total: int | Precision
    within: tuple[str, ...] = ()
    allocation: Allocation = "proportional"
    exponent: str = "0.5"
    minimum: int = 1
    maximum: int | None = None
    deviation: Planned | None = None
    cost: Planned | None = None


Take = TakeEach | TakeTotal


_Line = TypeVar("_Line", TakeLine, PlannedLine)


def _fitting(lines: Iterable[_Line], values: Mapping[str, str]) -> _Line | None:
    """Find the first line whose columns hold a group's values."""
    return next((line for line in lines if all(values.get(name) == wanted for name, wanted in line.when.items())), None)


def columns_of(take: Take) -> list[str]:
    """List the columns that a take rule asks for."""
    if isinstance(take, TakeEach):
        return list(dict.fromkeys(name for line in take.by for name in line.when))
    planned = [line.when for part in (take.deviation, take.cost) if part is not None for line in part.by]
    return list(dict.fromkeys([*take.within, *(name for when in planned for name in when)]))
