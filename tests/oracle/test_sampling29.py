"""Probabilities and joint probabilities against R sampling 2.9."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from sampling.methods import maximum_entropy, sampford, tille
from sampling.methods.catalogue import Method
from sampling.methods.pairs import GroupTaken, joint_of
from sampling.methods.probabilities import inclusion_probabilities
from sampling.methods.randomness import Floats

CASES: list[dict[str, Any]] = json.loads(Path(__file__).with_name("sampling29.json").read_text())["cases"]
JOINT: dict[str, Callable[[Floats], NDArray[np.float64]]] = {
    "sampford": sampford.joint,
    "maximum_entropy": maximum_entropy.joint,
    "tille": tille.joint,
}
SIZES = [case for case in CASES if "x" in case]
PAIRS = [case for case in CASES if "joint" in case]


@pytest.mark.parametrize("case", PAIRS, ids=[case["id"] for case in PAIRS])
def test_joint_probabilities(case: dict[str, Any]) -> None:
    ours = JOINT[case["id"].rsplit("_", 1)[0]](np.array(case["pik"]))
    assert np.abs(ours - np.array(case["joint"])).max() < 1e-10


@pytest.mark.parametrize("case", SIZES, ids=[case["id"] for case in SIZES])
def test_inclusion_probabilities(case: dict[str, Any]) -> None:
    assert np.abs(np.array(inclusion_probabilities(case["x"], case["n"])) - np.array(case["pik"])).max() < 1e-12
    positive = np.array([size for size in case["x"] if size > 0], dtype=float)
    ours = tille.proportional(positive, case["n"])
    assert (
        np.abs(ours - np.array([p for p, size in zip(case["pik"], case["x"], strict=True) if size > 0])).max() < 1e-12
    )


@pytest.mark.parametrize("case", PAIRS, ids=[case["id"] for case in PAIRS])
def test_joint_probabilities_of_a_group_by_its_sizes(case: dict[str, Any]) -> None:
    """The way of `evalsvc draw joint`: from whole sizes over the probabilities to pairs."""
    sizes = [round(own * 10**15) for own in case["pik"]]
    method: Method = case["id"].rsplit("_", 1)[0]
    taken = GroupTaken(method, "exact", sizes, round(sum(case["pik"])))
    among = range(1, len(sizes), 2)
    assert np.abs(joint_of(taken, among) - np.array(case["joint"])[np.ix_(among, among)]).max() < 1e-10
