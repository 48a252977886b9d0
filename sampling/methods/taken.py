"""Hold one unit that a method took."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Taken:
    """Hold one unit taken: its position, its probability as a quotient, and how often it was drawn.

    Parameters
    ----------
    numerator, denominator : int
        Of the probability; of the expected number of draws with replacement.
    times : int or None
        How often, with replacement; None without.
    """

    position: int
    numerator: int
    denominator: int
    times: int | None = None
