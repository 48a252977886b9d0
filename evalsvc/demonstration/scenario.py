"""What the demonstration assumes: judged counties, hidden rates, and the sizes of a full and of a small run."""

from dataclasses import dataclass

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
    Judged("350125", "永泰县", Rates(wrong_exit=0.0002, missed=0.0, not_recognising=0.03)),
    Judged("350424", "宁化县", Rates(wrong_exit=0.016, missed=0.003)),
    Judged("350821", "长汀县", Rates(wrong_exit=0.022, missed=0.004, not_recognising=0.10)),
    Judged("350924", "寿宁县", Rates(wrong_exit=0.085, missed=0.012, not_recognising=0.20, dissatisfied_team=0.12)),
)
"""One county far below the thresholds of 2 %, two near them, one far above.

In the first no household was missed: of unregistered households a sample holds so few that one missed among them leaves
the verdict open, whatever the county's rate.

Which verdicts occur depends on the sample, and a sample on its secret: docs/evidence/demonstration-coverage.md counts
them over many samples.
"""
OTHER = Rates(wrong_exit=0.012, missed=0.003)


@dataclass(frozen=True)
class Sizes:
    """Hold how many villages a stratum takes, and how many households of each class a village."""

    poor_villages: int
    other_villages: int
    exited: int
    monitored: int
    ordinary: int
    reserves: int


@dataclass(frozen=True)
class ProvinceSizes:
    """Hold how many units the province design takes at each stage."""

    counties: int
    villages: int
    """Of each kind, in each county."""
    households: tuple[int, int, int]
    """脱贫户, 监测户 and 一般农户 in each village."""


@dataclass(frozen=True)
class Scale:
    """Hold the sizes of one kind of run."""

    name: str
    counties: int
    """How many counties take part, the judged ones first."""
    villages_per_county: int
    """At most so many villages of each county stand in the frame."""
    committees_per_county: int
    """At most so many neighbourhood committees of each county stand in the frame."""
    households: int
    """Mean number of households of a village."""
    sizes: Sizes
    province: ProvinceSizes
    enumerators: int

    def rates_of(self, county_code: str) -> Rates:
        """Return the hidden rates of a county."""
        return next((one.rates for one in JUDGED if one.county_code == county_code), OTHER)


FULL = Scale(
    name="full",
    counties=23,
    villages_per_county=10_000,
    committees_per_county=10_000,
    households=145,
    sizes=Sizes(poor_villages=14, other_villages=14, exited=21, monitored=2, ordinary=13, reserves=3),
    province=ProvinceSizes(counties=8, villages=10, households=(8, 2, 5)),
    enumerators=12,
)
SMALL = Scale(
    name="small",
    counties=5,
    villages_per_county=40,
    committees_per_county=2,
    households=30,
    # Three villages a stratum: two would leave one alone wherever the other is large enough to be certain.
    sizes=Sizes(poor_villages=3, other_villages=3, exited=3, monitored=2, ordinary=2, reserves=2),
    province=ProvinceSizes(counties=2, villages=2, households=(2, 2, 2)),
    enumerators=2,
)
SCALES = {scale.name: scale for scale in (FULL, SMALL)}
