"""The simulated household register, and the hidden true state that only the closing comparison may show.

Everything is drawn in whole arrays from one seed. The frame file is written from `Register`; `Truth` never enters it.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evalsvc.demonstration.scenario import SEED, Rates, Scale
from evalsvc.demonstration.villages import NEIGHBOURHOOD, Village

EXITED, MONITORED, ORDINARY = "脱贫户", "监测户", "一般农户"
CLASSES = (EXITED, MONITORED, ORDINARY)
ELIGIBLE, VACANT, DECEASED, DUPLICATE = range(4)
AVAILABLE, NON_CONTACT, REFUSED = range(3)

Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Register:
    """Hold villages, and one entry a household in each array."""

    villages: tuple[Village, ...]
    poor_village: Flags
    """Whether a village is a 脱贫村; one entry a village."""
    remaining_poor: Integers
    """Remaining registered poor persons of the village's county; one entry a village."""
    village: Integers
    """Index of the household's village."""
    number: Integers
    """Running number within the village, from 1."""
    household_class: Integers
    """Index in `CLASSES`."""
    registered: Flags
    persons: Integers

    def household_ids(self) -> list[str]:
        """Return the identifiers: the village's code, a hyphen (no table program takes that for a number), a number."""
        codes = [place.village_code for place in self.villages]
        return [f"{codes[v]}-{n:04d}" for v, n in zip(self.village.tolist(), self.number.tolist(), strict=True)]


@dataclass(frozen=True)
class Truth:
    """Hold the hidden state, one entry a household."""

    wrong_exit: Flags
    missed: Flags
    wrong_entry: Flags
    satisfied_team: Flags
    satisfied_helper: Flags
    recognises: Flags
    ineligible: Integers
    """`ELIGIBLE`, `VACANT`, `DECEASED` or `DUPLICATE`."""
    availability: Integers
    """`AVAILABLE`, `NON_CONTACT` or `REFUSED`."""


def simulate(places: list[Village], scale: Scale, seed: int = SEED) -> tuple[Register, Truth]:
    """Make the register and its hidden state, the same for the same list, scale and seed."""
    generator = np.random.default_rng(seed)
    register = _make_register(places, scale, generator)
    return register, _make_truth(register, scale, generator)


def _make_register(places: list[Village], scale: Scale, generator: np.random.Generator) -> Register:
    committee = np.array([place.committee == NEIGHBOURHOOD for place in places])
    poor_village = _choose_poor_villages(places, committee, generator)
    households = np.maximum(generator.lognormal(np.log(scale.households) - 0.125, 0.5, len(places)).astype(int), 12)
    households[committee] = 0
    share_exited = np.where(poor_village, generator.beta(12, 25, len(places)), generator.beta(9, 41, len(places)))
    village = np.repeat(np.arange(len(places)), households)
    starts = np.cumsum(households) - households
    roll = generator.random(village.size)
    exited = share_exited[village]
    classes = np.where(roll < exited, 0, np.where(roll < exited + 0.02, 1, 2))
    registered = (classes == 0) | ((classes == 1) & (generator.random(village.size) < 0.6))
    persons = np.clip(1 + generator.binomial(7, np.where(classes == 2, 0.36, 0.32)), 1, 8)
    return Register(
        villages=tuple(places),
        poor_village=poor_village,
        remaining_poor=_remaining_poor(places, village, persons, generator),
        village=village,
        number=np.arange(village.size) - starts[village] + 1,
        household_class=classes,
        registered=registered,
        persons=persons,
    )


def _choose_poor_villages(places: list[Village], committee: Flags, generator: np.random.Generator) -> Flags:
    """Make three tenths of the villages of each county 脱贫村."""
    counties = np.array([place.county_code for place in places])
    order = generator.random(len(places))
    poor = np.zeros(len(places), dtype=bool)
    for code in np.unique(counties):
        inside = np.flatnonzero((counties == code) & ~committee)
        poor[inside[np.argsort(order[inside])[: round(0.3 * inside.size)]]] = True
    return poor


def _remaining_poor(
    places: list[Village], village: Integers, persons: Integers, generator: np.random.Generator
) -> Integers:
    """Give every county registered poor persons who have not exited, 1 to 5 in 1,000, repeated for each village."""
    counties, place_county = np.unique([place.county_code for place in places], return_inverse=True)
    rural = np.bincount(place_county[village], weights=persons, minlength=counties.size)
    return np.round(rural * generator.uniform(0.001, 0.005, counties.size)).astype(np.int64)[place_county]


def _make_truth(register: Register, scale: Scale, generator: np.random.Generator) -> Truth:
    county_of_village = np.array([place.county_code for place in register.villages])
    county = county_of_village[register.village]
    size = register.village.size
    flags = {name: np.zeros(size, dtype=bool) for name in Rates.__dataclass_fields__}
    for code in np.unique(county):
        inside, rates = county == code, scale.rates_of(str(code))
        _mark(flags["ineligible"], inside, rates.ineligible, register.village, generator)
        living = inside & ~flags["ineligible"]
        ordinary = register.household_class == CLASSES.index(ORDINARY)
        eligible = {"wrong_exit": living & register.registered, "missed": living & ordinary}
        for name in ("wrong_exit", "missed"):
            _mark(flags[name], eligible[name], getattr(rates, name), register.village, generator)
        _mark(
            flags["wrong_entry"],
            eligible["wrong_exit"] & ~flags["wrong_exit"],
            rates.wrong_entry,
            register.village,
            generator,
        )
        for name in ("dissatisfied_team", "dissatisfied_helper", "not_recognising", "non_contact", "refused"):
            _mark(flags[name], living, getattr(rates, name), register.village, generator)
    kinds = generator.choice([VACANT, DECEASED, DUPLICATE], size=size, p=[0.55, 0.2, 0.25])
    return Truth(
        wrong_exit=flags["wrong_exit"],
        missed=flags["missed"],
        wrong_entry=flags["wrong_entry"],
        satisfied_team=~flags["dissatisfied_team"],
        satisfied_helper=~flags["dissatisfied_helper"],
        recognises=~flags["not_recognising"],
        ineligible=np.where(flags["ineligible"], kinds, ELIGIBLE),
        availability=np.where(flags["refused"], REFUSED, np.where(flags["non_contact"], NON_CONTACT, AVAILABLE)),
    )


def _mark(flag: Flags, candidates: Flags, rate: float, village: Integers, generator: np.random.Generator) -> None:
    """Set the flag for exactly that share of the candidates, clustered in villages.

    Each village has its own propensity (gamma, mean 1, variance 1/2); the households with the smallest exponential
    arrival times are marked, which is a draw without replacement in proportion to the propensities.
    """
    places = np.flatnonzero(candidates)
    propensity = generator.gamma(2.0, 0.5, int(village.max()) + 1)[village[places]]
    arrival = generator.exponential(size=places.size) / np.maximum(propensity, 1e-9)
    chosen = round(rate * places.size)
    flag[places[np.argsort(arrival, kind="stable")[:chosen]]] = True
