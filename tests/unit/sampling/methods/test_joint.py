"""Joint probabilities: exact ones against all samples counted by hand and against their identities."""

from collections.abc import Callable
from itertools import combinations
from time import process_time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from sampling.methods import joint, maximum_entropy, sampford, tille
from sampling.methods.randomness import Floats

EXACT: dict[str, Callable[[Floats], NDArray[np.float64]]] = {
    "sampford": sampford.joint,
    "maximum_entropy": maximum_entropy.joint,
    "tille": tille.joint,
}


@st.composite
def probabilities(draw: st.DrawFn, largest: int = 40) -> Floats:
    sizes = draw(st.lists(st.integers(1, 1000), min_size=4, max_size=largest))
    n = draw(st.integers(2, len(sizes) - 1))
    made = tille.proportional(np.array(sizes, dtype=float), n)
    kept = made[made < 1.0 - 1e-6]
    return kept if kept.sum() > 1.5 else np.full(4, 0.5)


def enumerate_samples(given_: Floats, likelihood: Callable[[list[int]], float]) -> NDArray[np.float64]:
    n = round(float(given_.sum()))
    total, pairs = 0.0, np.zeros((given_.size, given_.size))
    for sample in combinations(range(given_.size), n):
        units = list(sample)
        weight = likelihood(units)
        total += weight
        pairs[np.ix_(units, units)] += weight
    return pairs / total


@given(probabilities(largest=9))
@settings(max_examples=40, deadline=None)
def test_sampford_and_maximum_entropy_equal_the_sum_over_all_samples(given_: Floats) -> None:
    odds = given_ / (1.0 - given_)
    by_hand = enumerate_samples(given_, lambda units: float(np.prod(odds[units]) * np.sum(1.0 - given_[units])))
    assert np.abs(sampford.joint(given_) - by_hand).max() < 1e-10
    odds = maximum_entropy.odds_of(given_)
    by_hand = enumerate_samples(given_, lambda units: float(np.prod(odds[units])))
    assert np.abs(maximum_entropy.joint(given_) - by_hand).max() < 1e-9


@pytest.mark.parametrize("method", list(EXACT))
@given(given_=probabilities())
@settings(max_examples=40, deadline=None)
def test_exact_joint_probabilities_keep_their_identities(method: str, given_: Floats) -> None:
    pairs = EXACT[method](given_)
    n = given_.sum()
    assert np.abs(pairs.sum(axis=1) - n * given_).max() < 1e-8  # a fixed size: sum over l of pi_kl = n pi_k
    assert np.abs(pairs - pairs.T).max() < 1e-12
    assert (pairs > (-1e-12 if method == "tille" else 0.0)).all()  # Tillé's method never takes some pairs
    off = ~np.eye(given_.size, dtype=bool)
    assert (pairs <= np.outer(given_, given_) + 1e-10)[off].all()  # Yates-Grundy's variance cannot be negative


@pytest.mark.parametrize("approximate", [joint.hajek, joint.hartley_rao, joint.brewer])
def test_approximations_come_near_the_exact_ones_of_large_groups(
    approximate: Callable[[Floats], NDArray[np.float64]],
) -> None:
    sizes = np.random.default_rng(20261122).lognormal(0.0, 0.4, 300)
    given_ = 30 * sizes / sizes.sum()
    exact = maximum_entropy.joint(given_)
    off = ~np.eye(given_.size, dtype=bool)
    assert np.abs(approximate(given_) / exact - 1.0)[off].max() < 0.01


APPROXIMATE = [joint.hajek, joint.hartley_rao, joint.brewer]


@pytest.mark.parametrize("approximate", APPROXIMATE)
def test_a_single_unit_has_no_partner(approximate: Callable[[Floats], NDArray[np.float64]]) -> None:
    given_ = np.array([0.2, 0.3, 0.5])
    assert (approximate(given_) == np.diag(given_)).all()


@pytest.mark.parametrize("approximate", APPROXIMATE)
@given(given_=probabilities())
@settings(max_examples=60, deadline=None)
def test_approximations_are_possible_or_refused(
    approximate: Callable[[Floats], NDArray[np.float64]], given_: Floats
) -> None:
    try:
        pairs = approximate(given_)
    except ArithmeticError:
        return
    assert (pairs >= -1e-9).all()
    assert (pairs <= np.minimum(given_[:, None], given_[None, :]) + 1e-9).all()


def test_approximations_far_from_their_conditions_are_refused() -> None:
    with pytest.raises(ArithmeticError, match="too small"):
        joint.hajek(np.array([0.999, 0.999, 0.001, 0.001]))
    one_large = np.concatenate([[0.99], np.full(101, 0.01)])
    with pytest.raises(ArithmeticError, match="uneven"):
        joint.brewer(one_large)


@pytest.mark.parametrize("method", ["sampford", "maximum_entropy"])
@pytest.mark.parametrize("sizes", [np.ones(150), np.random.default_rng(20261122).lognormal(0.0, 0.7, 400)])
def test_exact_joint_probabilities_of_large_groups_are_quick(method: str, sizes: Floats) -> None:
    made = tille.proportional(sizes, 50)
    begun = process_time()
    pairs = EXACT[method](made)
    assert process_time() - begun < 4.0  # a fifth of a second on one core; N**3 n steps take longer than the limit
    assert np.abs(pairs.sum(axis=1) - 50 * made).max() < 1e-8
    assert pairs.min() > 0.0


@pytest.mark.parametrize("method", ["sampford", "maximum_entropy"])
def test_units_nearly_alike_have_nearly_the_same_pairs(method: str) -> None:
    """No digits are lost between units that are told apart by the twelfth, the sixth or the fourth."""
    base = np.array([0.2, 0.2, 0.3, 0.45, 0.45, 0.6, 0.35, 0.45])
    alike = EXACT[method](base)
    for difference in (1e-12, 1e-7, 0.9e-5, 1.1e-5, 1e-4):
        moved = base + difference * np.array([1, -1, 0, 1, -1, 0, 0, 0])
        pairs = EXACT[method](moved)
        assert np.abs(pairs - alike).max() < 2.0 * difference + 1e-12
        assert np.abs(pairs.sum(axis=1) - 3 * moved).max() < 1e-9
