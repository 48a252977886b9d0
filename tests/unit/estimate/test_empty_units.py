"""Drawn units in which chance took nothing: one row of weight 0 keeps them in the n and the mean of their stage."""

from collections.abc import Iterator
from itertools import combinations, product
from typing import Any

import pytest

from sampling.estimate import load_plan, run_plan

VILLAGES, DRAWN, CHANCE = ((3, 1), (2, 2), (4, 1), (1, 5)), 3, 0.4
DESIGN = {
    "stages": [{"cluster": "village", "strata": "kind", "population": "N"}, {"probability": "pi"}],
    "weights": "w",
    "nested": True,
    "unequal": {"method": "poisson"},
}
OTHERS = [
    # Two villages taken in full: they add no variance, and give degrees of freedom to samples without a household.
    {"kind": "others", "village": f"other {number}", "N": 2, "pi": 1, "w": 1, "y": 0}
    for number in (0, 1)
]


def samples(*, empty_rows: bool) -> Iterator[tuple[float, list[dict[str, Any]]]]:
    """Give every sample with its probability: three villages of four, and each of their households by itself."""
    for villages in combinations(range(len(VILLAGES)), DRAWN):
        households = [(village, y) for village in villages for y in VILLAGES[village]]
        for taken in product((True, False), repeat=len(households)):
            chance, rows = 1 / 4, []
            for (village, y), here in zip(households, taken, strict=True):
                chance *= CHANCE if here else 1 - CHANCE
                head = {"kind": "drawn", "village": str(village), "N": len(VILLAGES)}
                if here:
                    rows.append(head | {"pi": CHANCE, "w": len(VILLAGES) / DRAWN / CHANCE, "y": y})
            filled = {row["village"] for row in rows}
            rows += [
                {"kind": "drawn", "village": str(village), "N": len(VILLAGES), "pi": 1, "w": 0, "y": 0}
                for village in villages
                if empty_rows and str(village) not in filled
            ]
            yield chance, rows + OTHERS


def mean_variance(*, empty_rows: bool) -> float:
    reading = load_plan(
        {
            "version": 1,
            "design": {**DESIGN, "lonely_psu": "certainty"},
            "estimates": [{"id": "t", "statistic": "total", "variables": ["y"]}],
        }
    )
    assert reading.plan is not None, reading.complaints
    expected = 0.0
    for chance, rows in samples(empty_rows=empty_rows):
        (row,) = run_plan(reading.plan, {name: [each[name] for each in rows] for name in rows[0]}).rows
        expected += chance * (row.se or 0.0) ** 2
    return expected


def true_variance() -> float:
    """Cochran (1977), 11.3, with the variance of households that are each taken by itself inside the villages."""
    totals, number = [sum(village) for village in VILLAGES], len(VILLAGES)
    mean = sum(totals) / number
    between = sum((total - mean) ** 2 for total in totals) / (number - 1)
    inside = sum((1 - CHANCE) / CHANCE * y**2 for village in VILLAGES for y in village)
    return number**2 * (1 - DRAWN / number) * between / DRAWN + number / DRAWN * inside


def test_over_every_sample_the_variance_is_unbiased_with_rows_of_empty_villages() -> None:
    assert mean_variance(empty_rows=True) == pytest.approx(true_variance(), rel=1e-12)
    assert mean_variance(empty_rows=False) < 0.8 * true_variance()
