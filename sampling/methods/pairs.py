"""Give how likely the units of one group are to be main units together, by the joint method that the manifest names."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from sampling.methods import joint, maximum_entropy, sampford, tille
from sampling.methods.catalogue import EXACT, Method
from sampling.methods.probabilities import inclusion
from sampling.methods.randomness import Floats, Positions


@dataclass(frozen=True)
class GroupTaken:
    """Say what was taken of a group.

    Parameters
    ----------
    sizes : sequence of int, shape (N,)
        Of all units of the group; all 1 where they are alike.
    main, reserves : int
        Units asked for; expected, where the size of the sample is random.
    share : Fraction, optional
        Probability of Bernoulli sampling, where it was asked for as a share.
    """

    method: Method
    joint_method: str | None
    sizes: Sequence[int]
    main: int
    reserves: int = 0
    share: Fraction | None = None

    @property
    def together(self) -> int:
        """Give the units drawn together, main and reserves."""
        return self.main + self.reserves

    def ratios(self, among: Sequence[int]) -> list[tuple[int, int]]:
        """Give the probabilities of units to be main units, given the parent, as quotients of exact integers."""
        if self.method in ("equal", "bernoulli"):
            share = Fraction(self.main, len(self.sizes)) if self.share is None else self.share
            return [(share.numerator, share.denominator)] * len(among)
        found = inclusion(self.sizes, self.together)
        drawn = [found.ratio(i, self.sizes[i]) for i in among]
        return [(top * self.main, below * self.together) for top, below in drawn]


def joint_of(taken: GroupTaken, among: Sequence[int]) -> NDArray[np.float64]:
    """Give the joint probabilities, given the parent, of units to be main units together.

    With m reserves beside n main units, n + m are drawn together and n of them are released first: a pair's probability
    is that of the n + m times ``n (n - 1) / ((n + m) (n + m - 1))``, a unit's own times ``n / (n + m)``. A certainty
    among the n + m goes with any other unit as often as that one is drawn.

    Parameters
    ----------
    among : sequence of int, shape (k,)
        Positions of the units.

    Returns
    -------
    array, shape (k, k)
        Symmetric, the diagonal the units' own probabilities.

    Raises
    ------
    ArithmeticError
        An approximation does not fit such probabilities, or a method's numbers were not found.
    ValueError
        The joint method knows no pairs.
    """
    own = np.array([top / below for top, below in taken.ratios(among)], dtype=np.float64)
    if taken.method == "equal":
        pairs = np.full((len(among), len(among)), _chance(taken.main, len(taken.sizes)))
    elif taken.joint_method == "independent":
        pairs = np.outer(own, own)
    elif taken.joint_method in _APPROXIMATE or taken.joint_method == EXACT:
        pairs = _drawn_together(taken, among)
        pairs *= _chance(taken.main, taken.together)
    else:
        raise ValueError(f"{taken.joint_method} knows no pairs")
    np.fill_diagonal(pairs, own)
    return pairs


def _chance(n: int, of: int) -> float:
    """Give how likely two of a number of units are both among n of them that are taken with equal chances."""
    return n * (n - 1) / (of * (of - 1)) if of > 1 else 1.0


def _drawn_together(taken: GroupTaken, among: Sequence[int]) -> NDArray[np.float64]:
    """Give the pairs of main units and reserves: certainties go with any unit, the others by the joint method.

    The diagonal has no meaning.
    """
    found = inclusion(taken.sizes, taken.together)
    ratios = [found.ratio(i, taken.sizes[i]) for i in among]
    own = np.array([top / below for top, below in ratios], dtype=np.float64)
    others = found.others(taken.sizes)
    places = {position: place for place, position in enumerate(others)}
    wanted = [k for k, position in enumerate(among) if position in places]
    if not wanted or not found.points:
        return np.outer(own, own)
    given = np.array(found.floats(taken.sizes, others), dtype=np.float64)
    at = np.array([places[among[k]] for k in wanted], dtype=np.int64)
    open_pairs = _open_pairs(taken, given, at)
    if len(wanted) == len(among):
        return open_pairs  # a table may be large: no second one is made where it is the same
    pairs = np.outer(own, own)  # right wherever one of the two is certain
    pairs[np.ix_(wanted, wanted)] = open_pairs
    return pairs


def _open_pairs(taken: GroupTaken, given: Floats, at: Positions) -> NDArray[np.float64]:
    """Give the pairs of units that are neither certain nor without size."""
    if taken.joint_method == EXACT:
        return _EXACT[taken.method](given)[np.ix_(at, at)]
    return _APPROXIMATE[str(taken.joint_method)](given, at)


_APPROXIMATE: Mapping[str, Callable[[Floats, Positions], NDArray[np.float64]]] = {
    "hajek": joint.hajek,
    "brewer": joint.brewer,
    "hartley-rao": joint.hartley_rao,
}
_EXACT: Mapping[Method, Callable[[Floats], NDArray[np.float64]]] = {
    "sampford": sampford.joint,
    "maximum_entropy": maximum_entropy.joint,
    "tille": tille.joint,
}
