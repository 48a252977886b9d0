"""Write tests and models of R survey as statements, and hold their rows against R's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sampling.estimate import EstimateRow

FITTED = ("chisq", "ttest", "ranktest", "glm")


def written_fitted(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Write what a test or model is about."""
    if asked["fn"] == "glm":
        return {"formula": asked["formula"], "family": asked["family"]}
    if asked["fn"] == "chisq":
        return {"variables": asked["vars"], "test": asked["statistic"]}
    if asked["fn"] == "ranktest":
        return {"variables": asked["vars"], "test": asked["test"]}
    if "expr" in asked:
        return {"formula": f"I({asked['expr']}) ~ 0"}
    return {"variables": asked["vars"]}


def figures_of_test(expected: Mapping[str, Any], row: EstimateRow) -> Iterator[tuple[str, float | None, float]]:
    """Give name, our figure and R's of a test's row."""
    for name in ("statistic", "p_value", "estimate"):
        if expected.get(name) is not None:
            yield name, getattr(row, name), expected[name]
    if expected.get("conf_int") is not None:
        yield from zip(("low", "high"), (row.low, row.high), expected["conf_int"], strict=True)
    parameter = expected.get("parameter")
    if isinstance(parameter, list):
        yield "df_numerator", row.df_numerator, parameter[0]
        yield "df", row.df, parameter[1]
    elif parameter is not None:
        yield "df", row.df, parameter


def figures_of_model(
    expected: Mapping[str, Any], rows: list[EstimateRow]
) -> Iterator[tuple[str, EstimateRow, float | None, float]]:
    """Give name, row, our figure and R's of a model's coefficients."""
    if [row.variable for row in rows] != expected["names"]:
        raise ValueError(f"{[row.variable for row in rows]} instead of {expected['names']}")
    for row, estimate, error in zip(rows, expected["estimate"], expected["se"], strict=True):
        yield "estimate", row, row.estimate, estimate
        yield "se", row, row.se, error
        yield "df", row, row.df, expected["df_residual"]


def fit_tolerance(statement: Mapping[str, Any]) -> float:
    """Give what R is exact to: it stops its steps, and those of each replicate, where the deviance hardly moves."""
    if statement.get("test") == "lincom":
        return 1e-5
    return 1e-8 if statement.get("family", "gaussian") == "gaussian" else 1e-6


def figures_made_here(
    expected: list[Mapping[str, Any]], rows: list[EstimateRow]
) -> Iterator[tuple[str, EstimateRow, float | None, float]]:
    """Give name, row, our figure and R's of a case of fits41.json; limits as their distance from the estimate."""
    if [row.variable for row in rows] != [figures.get("variable", rows[0].variable) for figures in expected]:
        raise ValueError(f"{[row.variable for row in rows]} instead of {[figures['variable'] for figures in expected]}")
    for row, figures in zip(rows, expected, strict=True):
        for name, value in figures.items():
            found = getattr(row, name)
            if name in ("low", "high") and found is not None:
                # A limit next to 0 is as exact as what it is the difference of.
                yield name, row, found - row.estimate, value - figures["estimate"]
            elif name != "variable":
                yield name, row, found, value
