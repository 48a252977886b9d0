"""The shipped list of real villages: places only, no household counts and no persons."""

import csv
import gzip
import io
from dataclasses import dataclass
from importlib.resources import files

VILLAGE_LIST = "fujian23_villages.csv.gz"
FIRST_VILLAGE_NUMBER = "200"
"""The last three digits of a code: 001-199 are neighbourhood committees, the others villages."""


@dataclass(frozen=True)
class Village:
    """One village or neighbourhood committee of the list."""

    county_code: str
    county: str
    town_code: str
    town: str
    village_code: str
    village: str

    @property
    def committee(self) -> str:
        """Return 村委会 for a village, 居委会 for a neighbourhood committee."""
        return "村委会" if self.village_code[9:] >= FIRST_VILLAGE_NUMBER else "居委会"


def read_villages() -> list[Village]:
    """Return the whole list in the order of the codes."""
    packed = files("evalsvc.demonstration").joinpath("data", VILLAGE_LIST).read_bytes()
    text = gzip.decompress(packed).decode("utf-8")
    return sorted((Village(**row) for row in csv.DictReader(io.StringIO(text))), key=lambda place: place.village_code)
