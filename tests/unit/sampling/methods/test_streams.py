"""Streams of random numbers stay the same; spread samples spread, balanced samples balance."""

import numpy as np

from sampling.methods import brewer, cube, local_pivotal, replacement
from sampling.methods.randomness import Stream

DRAWS = 20_000
LIMIT = 4.5
"""Standard errors: one of 200 comparisons lies beyond by chance once in 700 runs, and the streams are fixed."""
PLACES = np.array([[0, 0], [0, 1], [1, 0], [1, 1], [5, 5], [5, 6], [6, 5], [6, 6]], dtype=float)


def test_draws_with_replacement_come_as_often_as_sizes_say() -> None:
    sizes = np.array([1.0, 2.0, 3.0, 10.0])
    counts = np.array([replacement.select(sizes, 5, Stream(f"with:{number}")) for number in range(DRAWS)])
    assert (counts.sum(axis=1) == 5).all()
    share = sizes / sizes.sum()
    errors = (counts.mean(axis=0) - 5 * share) / np.sqrt(5 * share * (1 - share) / DRAWS)
    assert np.abs(errors).max() < LIMIT


def test_local_pivotal_spreads_and_the_cube_balances() -> None:
    given = np.full(8, 0.25)
    spread = [local_pivotal.select(given, PLACES, Stream(f"spread:{number}")) for number in range(200)]
    assert all((taken < 4).sum() == 1 for taken in spread)  # one of each cluster of four places
    other = np.random.default_rng(20261122).uniform(1.0, 3.0, 200)
    probabilities = np.full(200, 0.1)
    errors = {
        name: [np.sum(other[taken] / probabilities[taken]) / other.sum() - 1.0 for taken in samples]
        for name, samples in {
            "cube": [cube.select(probabilities, other[:, None], Stream(f"balance:{k}")) for k in range(100)],
            "brewer": [brewer.select(probabilities, Stream(f"balance:{k}")) for k in range(100)],
        }.items()
    }
    assert np.std(errors["cube"]) < 0.25 * np.std(errors["brewer"])


def test_the_stream_is_the_same_for_ever() -> None:
    expected = [0.39618285974833234, 0.6091770821001701, 0.5770578183118991]
    assert Stream("seed:village/sampford::").uniforms(3).tolist() == expected
    assert Stream("a").uniform() != Stream("b").uniform()
