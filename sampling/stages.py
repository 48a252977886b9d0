"""Hold what a design is made of: rules, stages, and what stands around them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from sampling.coordinates import Coordinates
from sampling.levels import Level
from sampling.methods.catalogue import METHODS, Method, Order, Traits
from sampling.takes import Take, TakeEach

WhenShort = Literal["refuse", "take_all"]
Listed = Literal["frame", "later"]


@dataclass(frozen=True)
class Rule:
    """Name the units of a level whose column holds one of the values: to keep, to leave out, or as purposive ones."""

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
class EarlierDraw:
    """Name the draw whose tickets are used again, so that samples overlap, or keep apart.

    Parameters
    ----------
    manifest_sha256, seed : str
        Of the earlier draw.
    shift : str
        Added to every u, modulo 1, as decimal text: 0 for the most overlap.
    stages : tuple of str
        Names of the stages that follow it.
    """

    manifest_sha256: str
    seed: str
    shift: str
    stages: tuple[str, ...]


@dataclass(frozen=True)
class FirstPhase:
    """Name the draw whose respondents are the frame, and the text column that holds their weights."""

    manifest_sha256: str
    weight: str


@dataclass(frozen=True)
class Fieldwork:
    """Hold what fieldwork is planned to take: money as decimal text, minutes, for one taken unit of a stage."""

    cost: Mapping[str, str]
    minutes: Mapping[str, int]
    day_minutes: int
    teams: int
    currency: str


@dataclass(frozen=True)
class Size:
    """Say what a unit's size is: a count of lower units, a column of its own, or the sum of a lower column."""

    kind: Literal["count", "column", "sum"]
    name: str


@dataclass(frozen=True)
class Stage:
    """Say how one level's units are taken inside each taken unit of the stage above.

    Parameters
    ----------
    balance : tuple of str
        Columns whose totals a balanced sample meets, the most important first.
    listed : {"frame", "later"}
        ``later`` for units whose lists are made when their parents are known, and bound one parent at a time.
    unannounced : int
        Main units of each group that are visited without notice, chosen by tickets of their own.
    """

    name: str
    method: Method
    take: Take
    strata: tuple[str, ...] = ()
    order: Order = "ticket"
    size: Size | None = None
    joint_method: str | None = None
    reserves: Take = field(default_factory=lambda: TakeEach(0))
    when_short: WhenShort = "refuse"
    balance: tuple[str, ...] = ()
    coordinates: Coordinates | None = None
    listed: Listed = "frame"
    unannounced: int = 0

    @property
    def traits(self) -> Traits:
        """Give what is to be known of the method."""
        return METHODS[self.method]


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
    purposive: tuple[Rule, ...] = ()
    public: PublicValue = PublicValue()
    earlier: EarlierDraw | None = None
    first_phase: FirstPhase | None = None
    fieldwork: Fieldwork | None = None

    def depth(self, stage: int) -> int:
        """Give the depth of a stage's level in the frame."""
        names = [level.name for level in self.levels]
        return names.index(self.stages[stage].name)

    def first_later(self) -> int | None:
        """Give the position of the first stage whose units are listed later; None where the frame lists all."""
        return next((i for i, stage in enumerate(self.stages) if stage.listed == "later"), None)
