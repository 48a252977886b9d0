"""Administrative codes: six digits by GB/T 2260, nine with the town, twelve with the village or neighbourhood.

Digits 7 to 9 follow GB/T 10114 (001 to 599, 000 for a unit above the towns), digits 10 to 12 the rules for statistical
division codes of the National Bureau of Statistics (统计用区划代码和城乡划分代码编制规则): 001 to 199 neighbourhood
committees, 200 to 399 village committees, 400 to 499 like the former, 500 to 599 like the latter, 000 for a unit above.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

STANDARD = "GB/T 2260"
FIRST_VINTAGE, LAST_VINTAGE = 1980, 2023
"""Years of the first and the last list of codes that is shipped."""
UNITS = ("province", "city", "county", "town", "village")
"""What a code can stand for, outermost first."""
COMMITTEES = ("居委会", "村委会", "类似居委会", "类似村委会")
"""What digits 10 to 12 tell apart, in their order."""
COMMITTEE_BEGINS = ("001", "200", "400", "500")
LAST_NUMBER = "599"
COUNTY_DIGITS, TOWN_DIGITS, VILLAGE_DIGITS = 6, 9, 12
CITIES_WITHOUT_COUNTIES = ("441900", "442000", "460400", "620200")
"""Cities whose towns stand directly under them: 东莞, 中山, 儋州, 嘉峪关."""


@dataclass(frozen=True)
class Validity:
    """Say from which year until which a code stood for a unit of a name; None where no list tells of its end."""

    first: int | None
    last: int | None
    name: str

    def holds(self, year: int) -> bool:
        """Tell whether the code was in force at some time of a year."""
        return (self.first is None or self.first <= year) and (self.last is None or year <= self.last)

    @property
    def years(self) -> str:
        """Write the years, open where no list tells of an end."""
        return f"{self.first or ''}–{self.last or ''}"


@cache
def validities() -> Mapping[str, tuple[Validity, ...]]:
    """Read which six-digit codes were in force when; the file tells its sources."""
    found: dict[str, tuple[Validity, ...]] = {}
    text = resources.files("sampling").joinpath("data/gbt2260.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        if not line.startswith("#"):
            code, first, last, name = line.split("\t")
            each = Validity(int(first) if first else None, int(last) if last else None, name)
            found[code] = (*found.get(code, ()), each)
    return found


def in_force(code: str, year: int) -> bool:
    """Tell whether a six-digit code was in force at some time of a year."""
    return any(each.holds(year) for each in validities().get(code, ()))


def significant(code: str) -> str:
    """Give the digits with which the codes of everything below a unit begin."""
    county, town, village = code[:COUNTY_DIGITS], code[COUNTY_DIGITS:TOWN_DIGITS], code[TOWN_DIGITS:]
    if village.strip("0"):
        return code
    if town.strip("0"):
        return county + town
    return county.removesuffix("00").removesuffix("00")


def unit_of(code: str) -> str:
    """Tell what a code stands for: one of ``UNITS``."""
    digits = len(significant(code))
    return {2: "province", 4: "city", COUNTY_DIGITS: "county", TOWN_DIGITS: "town"}.get(digits, "village")


def committee_of(code: str) -> str | None:
    """Tell a village's committee from a neighbourhood's by digits 10 to 12; None for a unit above them."""
    number = code[TOWN_DIGITS:]
    found = [name for name, begin in zip(COMMITTEES, COMMITTEE_BEGINS, strict=True) if number >= begin]
    return found[-1] if found and number <= LAST_NUMBER else None
