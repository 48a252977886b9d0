"""Size a sample of villages with few degrees of freedom so that it demonstrates with a chance."""

from dataclasses import dataclass

from sampling.errors import SamplingError
from sampling.size.demonstration import Method, pass_probability, power_size, upper_bound
from sampling.size.effective import effective_size
from sampling.size.ranges import LARGEST_SAMPLE, LARGEST_SIZE, round_up


@dataclass(frozen=True)
class PowerInterviews:
    """Hold the interviews that demonstrate with a chance, and the errors among n / deff that still do."""

    interviews: int
    errors: int
    chance: float


def power_interviews(
    true_rate: float,
    threshold: float,
    *,
    power: float = 0.8,
    deff: float = 1.0,
    df: float | None = None,
    level: float = 0.95,
    method: Method = "exact",
) -> PowerInterviews:
    """Give the fewest interviews that demonstrate a rate below the threshold with a probability.

    Errors are binomial in n / deff, by which an estimate varies; the bound is that of the effective size, which few
    degrees of freedom make smaller (Korn and Graubard 1998). As in ``power_size`` one allowed number of errors is tried
    after the other, each with the smallest size that allows it.

    Raises
    ------
    SamplingError
        As ``power_size``; ``size.beyond_all``: the degrees of freedom leave nothing.
    """
    power_size(true_rate, threshold, power=power, level=level, method=method)  # refuses what no size can do
    each = effective_size(1.0, df=df, level=level)
    if not each > 0:
        raise SamplingError("size.beyond_all", largest=LARGEST_SAMPLE)
    errors = 0
    while True:
        simple = _smallest(errors, threshold, each, level, method)
        if simple > LARGEST_SIZE:
            raise SamplingError("size.beyond_all", largest=LARGEST_SIZE)
        chance = pass_probability(simple, errors, true_rate)
        if chance >= power:
            return PowerInterviews(round_up(simple * deff), errors, chance)
        errors += 1


def _smallest(errors: int, threshold: float, each: float, level: float, method: Method) -> float:
    """Give the smallest n / deff at which so many errors still demonstrate: the whole number above where n is whole."""
    low, high = float(errors), float(errors) + 1.0
    while upper_bound(errors * each, high * each, level=level, method=method) >= threshold:
        low, high = high, 2 * high
        if high > LARGEST_SAMPLE:
            raise SamplingError("size.beyond_all", largest=LARGEST_SAMPLE)
    while high - low > 1e-9 * high:
        middle = (low + high) / 2
        below = upper_bound(errors * each, middle * each, level=level, method=method) < threshold
        low, high = (low, middle) if below else (middle, high)
    return high if each < 1.0 else float(round_up(high))
