"""Hold what a design is made of: rules, stages and how many units each takes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from sampling.levels import Level

Method = Literal["equal", "pps_systematic"]
Order = Literal["ticket", "frame"]
Allocation = Literal["equal", "proportional", "power"]
WhenShort = Literal["refuse", "take_all"]

JOINT_METHODS: Mapping[str, tuple[str, ...]] = {
    "ticket": ("hartley-rao", "brewer"),
    "frame": ("successive-differences", "with-replacement"),
}
"""Variance approximations that suit an order of the list; the first is the default."""


@dataclass(frozen=True)
class Rule:
    """Keep, or leave out, the units of a level whose column holds one of the values."""

    level: str
    column: str
    values: tuple[str, ...]
    reason: str | None = None


@dataclass(frozen=True)
class PublicValue:
    """Name the public random value: source, round and exact text form; all None when there is none."""

    source: str | None = None
    round: str | None = None
    form: str | None = None


@dataclass(frozen=True)
class TakeLine:
    """Give a number for the strata whose columns hold these values."""

    when: Mapping[str, str]
    take: int


@dataclass(frozen=True)
class TakeEach:
    """Take a number from each stratum of each parent; the first matching line wins, else ``each``."""

    each: int
    by: tuple[TakeLine, ...] = ()


@dataclass(frozen=True)
class TakeTotal:
    """Share a total among the strata that agree in the ``within`` columns (and, below stage one, in the parent)."""

    total: int
    within: tuple[str, ...] = ()
    allocation: Allocation = "proportional"
    exponent: str = "0.5"
    minimum: int = 1


Take = TakeEach | TakeTotal


@dataclass(frozen=True)
class Size:
    """Say what a unit's size is: a count of lower units, a column of its own, or the sum of a lower column."""

    kind: Literal["count", "column", "sum"]
    name: str


@dataclass(frozen=True)
class Stage:
    """Say how one level's units are taken inside each taken unit of the stage above."""

    name: str
    method: Method
    take: Take
    strata: tuple[str, ...] = ()
    order: Order = "ticket"
    size: Size | None = None
    joint_method: str | None = None
    reserves: Take = field(default_factory=lambda: TakeEach(0))
    when_short: WhenShort = "refuse"


@dataclass(frozen=True)
class Design:
    """Hold a whole design; ``canonical`` is the form that is hashed."""

    evaluation: str
    draw: int
    title: str
    levels: tuple[Level, ...]
    stages: tuple[Stage, ...]
    only: tuple[Rule, ...] = ()
    exclude: tuple[Rule, ...] = ()
    public: PublicValue = PublicValue()

    def depth(self, stage: int) -> int:
        """Give the depth of a stage's level in the frame."""
        names = [level.name for level in self.levels]
        return names.index(self.stages[stage].name)
