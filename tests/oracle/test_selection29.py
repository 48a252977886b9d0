"""Selections and their probabilities against a second set of numbers of R sampling 2.9."""

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sampling.methods import maximum_entropy, tille
from sampling.methods.probabilities import inclusion_probabilities
from sampling.methods.systematic import systematic_pps
from sampling.tickets import TICKET_RANGE

CASES: dict[str, dict[str, Any]] = {
    case["id"]: case for case in json.loads(Path(__file__).with_name("selection29.json").read_text())["cases"]
}
WALKS = [name for name in CASES if name.startswith("UPsystematic_")]


def test_joint_probabilities() -> None:
    case = CASES["UPtillepi2_a"]
    assert np.abs(tille.joint(np.array(case["pik"])) - np.array(case["joint"])).max() < 1e-10


def test_inclusion_probabilities() -> None:
    case = CASES["inclusionprobabilities_2"]
    assert np.abs(np.array(inclusion_probabilities(case["x"], case["n"])) - np.array(case["pik"])).max() < 1e-10


@pytest.mark.parametrize("name", WALKS)
def test_a_walk_takes_the_same_units(name: str) -> None:
    case = CASES[name]
    shares = [Fraction(str(share)) for share in case["pik"]]
    scale = int(np.lcm.reduce([share.denominator for share in shares]))
    start = int(Fraction(str(case["u"])) * TICKET_RANGE)
    taken = systematic_pps([int(share * scale) for share in shares], round(float(sum(shares))), start)
    expected = [i for i, one in enumerate(case["sample"]) if one]
    assert sorted((*taken.certainties, *taken.selected)) == expected


def test_odds_of_maximum_entropy() -> None:
    """R's working probabilities have the same odds, up to one factor, to the precision of R's own search (1e-6)."""
    case = CASES["UPMEqfromw_q_c"]
    given = np.array(case["pik"])
    tilde = np.array(case["pik_tilde"])
    ratio = maximum_entropy.odds_of(given) / (tilde / (1.0 - tilde))
    assert np.abs(ratio / ratio[0] - 1.0).max() < 1e-4
