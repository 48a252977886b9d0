"""Joint probabilities of main units: certainties, reserves and parts of a group, against samples counted one by one."""

import tracemalloc
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from sampling.methods import joint, tille
from sampling.methods.catalogue import METHODS, Method
from sampling.methods.pairs import GroupTaken, joint_of
from sampling.methods.probabilities import inclusion_probabilities

EXACT_METHODS: list[Method] = ["sampford", "maximum_entropy", "tille"]


def all_pairs(taken: GroupTaken) -> NDArray[np.float64]:
    return joint_of(taken, range(len(taken.sizes)))


def sampford_by_hand(sizes: list[int], main: int, reserves: int) -> NDArray[np.float64]:
    """Count every sample of main units and reserves, then every way to release the main ones first."""
    own = np.array(inclusion_probabilities(sizes, main + reserves))
    certain, others = np.flatnonzero(own == 1.0), np.flatnonzero((own > 0.0) & (own < 1.0))
    pairs, total = np.zeros((len(sizes), len(sizes))), 0.0
    for sample in combinations(others, main + reserves - certain.size):
        units = list(sample)
        odds = own[units] / (1.0 - own[units])
        likelihood = float(np.prod(odds) * np.sum(1.0 - own[units]))
        releases = list(combinations([*certain, *units], main))
        for released in releases:
            pairs[np.ix_(released, released)] += likelihood / len(releases)
        total += likelihood
    return pairs / total


@pytest.mark.parametrize(("main", "reserves"), [(2, 0), (3, 0), (2, 1), (3, 2), (1, 2)])
def test_sampford_with_certainties_and_reserves_equals_the_sum_over_all_samples(main: int, reserves: int) -> None:
    sizes = [50, 3, 3, 2, 2, 1, 0, 4]
    taken = GroupTaken("sampford", "exact", sizes, main, reserves)
    assert np.abs(all_pairs(taken) - sampford_by_hand(sizes, main, reserves)).max() < 1e-12


@pytest.mark.parametrize("method", EXACT_METHODS)
@given(
    sizes=st.lists(st.integers(0, 200), min_size=3, max_size=14),
    main=st.integers(1, 6),
    reserves=st.integers(0, 3),
)
@settings(max_examples=40, deadline=None)
def test_pairs_of_main_units_add_up(method: Method, sizes: list[int], main: int, reserves: int) -> None:
    """Whoever is a main unit is so together with n - 1 others: the sum of pi_ij over j is n pi_i."""
    available = sum(size > 0 for size in sizes)
    main = min(main, available)
    if not main:
        return
    taken = GroupTaken(method, "exact", sizes, main, min(reserves, available - main))
    try:
        pairs = all_pairs(taken)
    except ArithmeticError:
        assert method == "maximum_entropy"  # the one method that has to search for its odds
        return
    assert np.abs(pairs.sum(axis=1) - main * pairs.diagonal()).max() < 1e-9
    assert abs(pairs.trace() - main) < 1e-9
    assert (pairs == pairs.T).all()


def test_simple_random_sampling_is_exact_and_reserves_change_nothing() -> None:
    for reserves in (0, 3):
        pairs = all_pairs(GroupTaken("equal", None, [1] * 10, 4, reserves))
        assert pairs[0, 1] == 4 * 3 / (10 * 9)
        assert pairs[0, 0] == 4 / 10
    assert all_pairs(GroupTaken("equal", None, [1], 1)).tolist() == [[1.0]]


def test_units_taken_each_by_itself_are_independent() -> None:
    pairs = all_pairs(GroupTaken("poisson", "independent", [60, 10, 10, 20], 2))
    assert pairs.diagonal().tolist() == [1.0, 0.25, 0.25, 0.5]
    assert pairs[1, 3] == 0.125
    assert pairs[0, 3] == 0.5
    assert all_pairs(GroupTaken("bernoulli", "independent", [1] * 8, 2))[0, 1] == 0.0625


@pytest.mark.parametrize("approximate", [joint.hajek, joint.hartley_rao, joint.brewer])
def test_approximations_of_a_part_are_those_of_the_whole(approximate) -> None:  # type: ignore[no-untyped-def]
    own = tille.proportional(np.random.default_rng(20261122).lognormal(0.0, 0.4, 60), 12)
    at = np.array([3, 41, 7, 58])
    assert (approximate(own, at) == approximate(own)[np.ix_(at, at)]).all()


def test_equal_sizes_give_nearly_the_pairs_of_simple_random_sampling() -> None:
    wanted = 20 * 19 / (100 * 99)
    for name in ("hajek", "hartley-rao", "brewer"):
        found = joint_of(GroupTaken("pivotal", name, [1] * 100, 20), [5, 6])[0, 1]
        assert abs(found / wanted - 1.0) < 0.003


@pytest.mark.parametrize("method", [method for method, traits in METHODS.items() if "frame" in traits.orders])
def test_a_fixed_order_knows_no_pairs(method: Method) -> None:
    for name in METHODS[method].joint_methods["frame"]:
        with pytest.raises(ValueError, match="no pairs"):
            all_pairs(GroupTaken(method, name, [1, 2, 3], 2))


def test_every_named_joint_method_gives_pairs_or_says_that_it_has_none() -> None:
    sizes = [4, 5, 6, 5, 4, 5, 6, 5]
    for method, traits in METHODS.items():
        for name in traits.joint_methods["ticket"]:
            own = sizes if traits.size == "must" else [1] * len(sizes)
            if name == "with-replacement":
                continue
            pairs = all_pairs(GroupTaken(method, name, own, 3))
            assert ((pairs > 0.0) & (pairs < 1.0)).all(), (method, name)


@pytest.mark.parametrize("name", ["hajek", "hartley-rao", "brewer"])
def test_one_table_is_held_and_is_symmetric_to_the_last_digit(name: str) -> None:
    sizes = np.random.default_rng(20261122).integers(50, 150, 4_000).tolist()
    taken = GroupTaken("pivotal", name, sizes, 1_000)
    tracemalloc.start()
    pairs = joint_of(taken, range(1_000))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1.5 * pairs.nbytes
    assert (pairs == pairs.T).all()
