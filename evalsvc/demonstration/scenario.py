"""What the demonstration assumes: the judged counties, their hidden rates, and the sizes of a full and of a small run."""

from collections.abc import Mapping
from dataclasses import dataclass, field

EVALUATION = "fujian-demo"
SEED = 20240601
"""The register and its hidden state follow from it; the sample does not (a draw has its own secret)."""


@dataclass(frozen=True)
class Rates:
    """Hold the hidden shares of households of one county."""

    wrong_exit: float
    missed: float
    wrong_entry: float = 0.008
    dissatisfied_team: float = 0.045
    dissatisfied_helper: float = 0.055
    not_recognising: float = 0.045
    non_contact: float = 0.035
    refused: float = 0.012
    ineligible: float = 0.012


@dataclass(frozen=True)
class Judged:
    """Name one county that is judged by itself, with its hidden rates."""

    county_code: str
    county: str
    rates: Rates


JUDGED = (
    Judged("350125", "永泰县", Rates(wrong_exit=0.002, missed=0.001, not_recognising=0.03)),
    Judged("350424", "宁化县", Rates(wrong_exit=0.017, missed=0.003)),
    Judged("350821", "长汀县", Rates(wrong_exit=0.022, missed=0.004, not_recognising=0.10)),
    Judged("350924", "寿宁县", Rates(wrong_exit=0.085, missed=0.012, not_recognising=0.17, dissatisfied_team=0.12)),
)
OTHER = Rates(wrong_exit=0.012, missed=0.003)


@dataclass(frozen=True)
class Scale:
    """Hold the sizes of one kind of run."""

    name: str
    counties: int
    """How many counties take part, the judged ones first."""
    villages_per_county: int
    """At most so many villages of each county stand in the frame."""
    households: int
    """Mean number of households of a village."""
    register_rates: Mapping[str, Rates] = field(default_factory=lambda: {one.county_code: one.rates for one in JUDGED})

    def rates_of(self, county_code: str) -> Rates:
        """Return the hidden rates of a county."""
        return self.register_rates.get(county_code, OTHER)


FULL = Scale("full", counties=23, villages_per_county=10_000, households=145)
SMALL = Scale("small", counties=5, villages_per_county=14, households=40)
SCALES = {scale.name: scale for scale in (FULL, SMALL)}
