"""Name where units lie: for drawing samples that are spread over an area, and for estimating from them."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Coordinates:
    """Name the two columns of a unit's place: longitude and latitude in degrees, or x and y in one unit of length."""

    kind: Literal["degrees", "plane"]
    first: str
    second: str
