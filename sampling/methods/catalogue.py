"""Say of every method of selection what it needs, what it may be joined with, and what random numbers it uses."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Method = Literal[
    "equal",
    "systematic",
    "bernoulli",
    "pps_systematic",
    "poisson",
    "pareto",
    "sequential_poisson",
    "sampford",
    "maximum_entropy",
    "brewer",
    "tille",
    "pivotal",
    "with_replacement",
    "balanced",
    "spread",
]
Order = Literal["ticket", "frame"]
Need = Literal["no", "may", "must"]

_RANDOM_ORDER = ("hartley-rao", "brewer")
PAIRLESS = ("with-replacement", "successive-differences")
"""Joint methods that estimate a variance without pairs: in a fixed order most pairs have no chance at all."""
EXACT = "exact"
"""Joint method of a design whose own rules give the joint probabilities."""
_HIGH_ENTROPY = ("brewer", "hajek", "hartley-rao")
_MOST_EXACT = 2_000
"""N**2 numbers, each of up to N steps: a quarter of a minute."""


@dataclass(frozen=True)
class Traits:
    """Tell one method.

    Parameters
    ----------
    size : {"no", "may", "must"}
        Whether a stage names a size; without one all units are alike.
    joint_methods : mapping
        Order the list may have: joint methods that suit it, the default first; none for equal probability.
    numbers : {"tickets", "stream"}
        Tickets alone give the same sample on any engine; a stream is verified by the same version of the code.
    fixed_size : bool
        Whether the sample has the size asked for, or only expects it.
    reserves : bool
        Whether more units can be drawn together and released one after the other.
    coordinated : bool
        Whether tickets of an earlier draw make the samples overlap.
    needs : {"balance", "coordinates"}, optional
        Columns that the method rests on.
    most_units : int, optional
        Largest group that it draws from: the textbook methods take time that grows with the square.
    most_joint_units : int, optional
        Largest group whose exact joint probabilities are computed: their time grows with the cube at worst.
    joint_known : bool
        False where nobody knows the method's own joint probabilities, and those of a design of high entropy stand in.
    exact_first_order : bool
        False where the probabilities are those aimed at, which the method reaches only nearly.
    """

    size: Need
    joint_methods: Mapping[Order, tuple[str, ...]]
    numbers: Literal["tickets", "stream"] = "stream"
    fixed_size: bool = True
    reserves: bool = True
    coordinated: bool = False
    needs: Literal["balance", "coordinates"] | None = None
    most_units: int | None = None
    most_joint_units: int | None = None
    joint_known: bool = True
    exact_first_order: bool = True

    @property
    def orders(self) -> tuple[Order, ...]:
        """List the orders that the list may have, the default first."""
        return tuple(self.joint_methods)


METHODS: Mapping[Method, Traits] = {
    "equal": Traits("no", {"ticket": ()}, numbers="tickets", coordinated=True),
    "systematic": Traits("no", {"ticket": _RANDOM_ORDER, "frame": PAIRLESS}, numbers="tickets"),
    "bernoulli": Traits(
        "no", {"ticket": ("independent",)}, numbers="tickets", fixed_size=False, reserves=False, coordinated=True
    ),
    "pps_systematic": Traits("must", {"ticket": _RANDOM_ORDER, "frame": PAIRLESS}, numbers="tickets"),
    "poisson": Traits(
        "must", {"ticket": ("independent",)}, numbers="tickets", fixed_size=False, reserves=False, coordinated=True
    ),
    "pareto": Traits(
        "must",
        {"ticket": _HIGH_ENTROPY},
        numbers="tickets",
        reserves=False,
        coordinated=True,
        exact_first_order=False,
    ),
    "sequential_poisson": Traits(
        "must",
        {"ticket": _HIGH_ENTROPY},
        numbers="tickets",
        reserves=False,
        coordinated=True,
        exact_first_order=False,
    ),
    "sampford": Traits("must", {"ticket": (*_HIGH_ENTROPY, EXACT)}, most_units=5_000, most_joint_units=_MOST_EXACT),
    "maximum_entropy": Traits(
        "must", {"ticket": (*_HIGH_ENTROPY, EXACT)}, most_units=2_000, most_joint_units=_MOST_EXACT
    ),
    "brewer": Traits("must", {"ticket": _HIGH_ENTROPY}, most_units=20_000),
    "tille": Traits("must", {"ticket": (*_HIGH_ENTROPY, EXACT)}, most_units=5_000, most_joint_units=_MOST_EXACT),
    "pivotal": Traits("may", {"ticket": _HIGH_ENTROPY, "frame": PAIRLESS}, joint_known=False),
    "with_replacement": Traits("must", {"ticket": ("with-replacement",)}, reserves=False),
    "balanced": Traits(
        "may", {"ticket": ("brewer", "hajek")}, reserves=False, needs="balance", most_units=100_000, joint_known=False
    ),
    "spread": Traits(
        "may",
        {"ticket": ("brewer", "hajek")},
        reserves=False,
        needs="coordinates",
        most_units=200_000,
        joint_known=False,
    ),
}
"""Every method of protocol 1 and beyond; docs/draw-protocol.md tells them one by one."""
