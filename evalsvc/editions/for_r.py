"""What a bundle holds for those who check it with R alone: a script, the design and the plan as tables, the results."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from importlib.resources import files as resources
from typing import Any

from evalsvc import files
from evalsvc.editions.results_csv import results_csv
from sampling.estimate.plan import load_plan
from sampling.estimate.reading.name import bare
from sampling.estimate.reading.where import TOKEN, Token, tokens
from sampling.estimate.stages.stage_spec import StageSpec
from sampling.estimate.statement import Plan, Statement

DESIGN_COLUMNS = ("stage", "cluster", "strata", "kind", "chance", "method", "lonely_psu")
JOIN = "|"
"""Joins the names in a cell that holds several."""
IN_R = {"and": "&", "or": "|", "not": "!", "[": "c(", "]": ")"}


def for_r(facts: Mapping[str, Any], plan: bytes) -> dict[str, bytes]:
    """Return the files by which R alone checks the figures of an edition, by name.

    Parameters
    ----------
    facts : edition.json, of which the results and their printed form are taken
    plan : plan.yaml
    """
    read = load_plan(plan.decode("utf-8")).plan
    assert read is not None  # noqa: S101 (the results were computed by it)
    return {
        files.CHECK_SCRIPT: check_script(),
        files.CHECK_DESIGN: _csv([DESIGN_COLUMNS, *_design_rows(read)]),
        files.CHECK_PLAN: _csv(_plan_rows(read)),
        files.RESULTS_TABLE: results_csv(facts),
    }


def check_script() -> bytes:
    """Return the script: the same in every bundle of this version."""
    return resources("evalsvc.editions").joinpath(files.CHECK_SCRIPT).read_bytes()


def _design_rows(plan: Plan) -> Iterator[tuple[str, ...]]:
    design = plan.design
    unequal = "" if design.unequal is None else design.unequal.method
    for number, stage in enumerate(design.stages, start=1):
        kind, chance = _chance(stage)
        method = unequal if kind == "probability" else ""
        yield str(number), stage.cluster or "", stage.strata or "", kind, chance, method, design.lonely_psu


def _chance(stage: StageSpec) -> tuple[str, str]:
    """Return what a stage's probability comes from, and the column that holds it."""
    for kind in ("population", "probability", "draws"):
        column = getattr(stage, kind)
        if column is not None:
            return kind, column
    return "draws", ""


def _plan_rows(plan: Plan) -> list[tuple[str, ...]]:
    rows = [_plan_row(each) for each in plan.statements]
    return [tuple(rows[0]), *(tuple(row.values()) for row in rows)]


def _plan_row(statement: Statement) -> dict[str, str]:
    threshold, where = statement.threshold, statement.where
    numerator = statement.numerator or "".join(statement.variables[:1])
    return {
        "id": statement.id,
        "statistic": statement.statistic,
        "numerator": numerator,
        "denominator": statement.denominator or "",
        "where": "" if where is None else condition_in_r(where.text),
        "numbers": "" if where is None else JOIN.join(sorted(where.numeric)),
        "by": JOIN.join(statement.by),
        "missing": statement.missing,
        "expression": "" if statement.expression is None else statement.expression.text,
        "design_effect": statement.design_effect,
        "method": statement.interval.method,
        "level": repr(statement.interval.level),
        "planned_deff": _number(statement.interval.planned_deff),
        "threshold": "" if threshold is None else repr(threshold.value),
        "side": "" if threshold is None else threshold.side,
        "alpha": "" if threshold is None else repr(threshold.alpha),
        "threshold_planned_deff": "" if threshold is None else _number(threshold.planned_deff),
    }


def condition_in_r(text: str) -> str:
    """Write a condition of a plan (`responded == 1 and kind in ['a', 'b']`) as R reads it."""
    words = list(tokens(text, TOKEN))
    written: list[str] = []
    for place, word in enumerate(words):
        after = [each.text for each in words[place + 1 : place + 3]]
        if word.text == "not" and after[:1] == ["in"]:
            continue  # it stands before the name already
        negated = word.kind == "name" and after == ["not", "in"]
        written.append(("! " if negated else "") + _word_in_r(word, words[place - 1].text if place else ""))
    return " ".join(written)


def _word_in_r(word: Token, before: str) -> str:
    if word.kind == "text":
        return word.text
    if word.text == "in":
        return "%in%"
    if word.text in IN_R:
        return IN_R[word.text]
    if word.text == "(" and before == "in":
        return "c("
    return f"`{bare(word.text)}`" if word.kind == "name" else word.text


def _number(value: float | None) -> str:
    return "" if value is None else repr(float(value))


def _csv(rows: Iterable[Iterable[str]]) -> bytes:
    buffer = io.StringIO(newline="")
    csv.writer(buffer, lineterminator="\n").writerows(rows)
    return buffer.getvalue().encode("utf-8")
