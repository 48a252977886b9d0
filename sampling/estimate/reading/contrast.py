"""Read the expression of a contrast and check what it builds upon."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np

from sampling.estimate.errors import GrammarError
from sampling.estimate.reading.expression import Expression, read_expression
from sampling.estimate.reading.fitted import FITTED
from sampling.estimate.reading.meant import ARITHMETIC
from sampling.estimate.reading.reader import Reader
from sampling.estimate.reading.reference import Reference
from sampling.estimate.statement import RATES, Statement


def read_contrast(keys: Reader) -> Expression | None:
    """Read the expression, which is needed."""
    text = keys.text("expression", needed=True)
    if text is None:
        return None
    try:
        return read_expression(text)
    except GrammarError as error:
        sign = text[error.position : error.position + 1]
        refused = GrammarError(error.reason, error.position, sign)
        keys.refuse_text("expression", text, refused, "plan.bad_expression", ARITHMETIC.get(sign))
        return None


def check_references(
    keys: Reader,
    expression: Expression,
    by: tuple[str, ...],
    earlier: Mapping[str, Statement],
    unread: Collection[str] = (),
) -> None:
    """Complain about names that are no earlier estimates, and about picks that they do not have or still need.

    Of the `unread` statements, whose own faults are told, nothing is known.
    """
    for reference in expression.references:
        part = earlier.get(reference.id)
        if part is None and reference.id in unread:
            continue
        if part is None:
            keys.complain("plan.unknown_estimate", "expression", name=reference.id)
        elif part.statistic in FITTED:
            keys.complain("plan.no_part", "expression", name=reference.id, statistic=part.statistic)
        else:
            _check_picks(keys, reference, part)
            _check_domains(keys, reference, part, by)
    if not expression.references:
        keys.complain("plan.no_estimate", "expression")


def _check_picks(keys: Reader, reference: Reference, part: Statement) -> None:
    name = reference.key
    if reference.variable is None and len(part.variables) > 1:
        keys.complain("plan.several_variables", "expression", name=name)
    if reference.variable is not None and reference.variable not in part.variables:
        keys.complain("plan.unknown_pick", "expression", name=name, pick=f"variable={reference.variable}")
    if reference.p is None and len(part.probabilities) > 1:
        keys.complain("plan.several_shares", "expression", name=name)
    if reference.p is not None and reference.p not in part.probabilities:
        keys.complain("plan.unknown_pick", "expression", name=name, pick=f"p={reference.p:g}")
    if reference.level is not None and part.statistic not in ("mean", "total", "proportion"):
        keys.complain("plan.unknown_pick", "expression", name=name, pick=f"level={reference.level}")


def _check_domains(keys: Reader, reference: Reference, part: Statement, by: tuple[str, ...]) -> None:
    """The columns that are not picked must be those of the contrast, in their order."""
    picked = dict(reference.columns)
    unknown = [f"{column}={value}" for column, value in picked.items() if column not in part.by]
    for pick in unknown:
        keys.complain("plan.unknown_pick", "expression", name=reference.key, pick=pick)
    left = tuple(column for column in part.by if column not in picked)
    if left != by and not unknown:
        keys.complain("plan.other_domains", "expression", name=reference.key, by=", ".join(by), other=", ".join(left))


def ends_of_composite(expression: Expression, earlier: Mapping[str, Statement]) -> tuple[float, float] | None:
    """Give the ends between which a constant and rates with factors of one sign lie; None for other expressions."""
    line = expression.affine
    if line is None or len({np.sign(value) for value in line.coefficients.values()} - {0.0}) != 1:
        return None
    parts = [earlier.get(reference.id) for reference in expression.references]
    if 0.0 in line.coefficients.values() or any(part is None or part.statistic not in RATES for part in parts):
        return None
    ends = (line.constant, line.constant + sum(line.coefficients.values()))
    return min(ends), max(ends)
