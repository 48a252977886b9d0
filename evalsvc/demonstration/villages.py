"""The shipped list of real villages: places only, no household counts and no persons."""

import csv
import gzip
import io
from dataclasses import dataclass
from importlib.resources import files

from evalsvc.demonstration.scenario import JUDGED, Scale

VILLAGE_LIST = "fujian23_villages.csv.gz"
VILLAGE, NEIGHBOURHOOD = "村委会", "居委会"
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
        return VILLAGE if self.village_code[9:] >= FIRST_VILLAGE_NUMBER else NEIGHBOURHOOD


def read_villages() -> list[Village]:
    """Return the whole list in the order of the codes."""
    packed = files("evalsvc.demonstration").joinpath("data", VILLAGE_LIST).read_bytes()
    text = gzip.decompress(packed).decode("utf-8")
    return sorted((Village(**row) for row in csv.DictReader(io.StringIO(text))), key=lambda place: place.village_code)


def choose_places(places: list[Village], scale: Scale) -> list[Village]:
    """Return the places that take part in a run of a scale: the judged counties first, a part of each county's list."""
    judged = [one.county_code for one in JUDGED]
    others = sorted({place.county_code for place in places} - set(judged))
    chosen: list[Village] = []
    for code in sorted((judged + others)[: scale.counties]):
        inside = [place for place in places if place.county_code == code]
        chosen += [place for place in inside if place.committee == VILLAGE][: scale.villages_per_county]
        chosen += [place for place in inside if place.committee != VILLAGE][: scale.committees_per_county]
    return sorted(chosen, key=lambda place: place.village_code)
