"""Say in words what a design means on a frame, before anything is committed."""

from collections.abc import Iterator
from math import fsum

from evalsvc.words import sentence
from sampling.explain import Explanation, StageExplanation, StratumExplanation


def in_words(told: Explanation, language: str) -> list[str]:
    """Tell levels, stages, strata and the interviews to expect, a sentence each."""
    lines = [
        sentence("draw.explain.level", {"level": name, "all": everything, "part": part}, language)
        for name, everything, part in told.counts
    ]
    for stage in told.stages:
        lines += _stage(stage, language)
    last = told.stages[-1]
    reserves = fsum(stratum.expected_reserves for stratum in last.strata)
    work = {"level": last.name, "expected": _count(last.expected), "reserves": _count(reserves)}
    return [*lines, sentence("draw.explain.work", work, language)]


def _stage(stage: StageExplanation, language: str) -> Iterator[str]:
    details = {
        "stage": stage.name,
        "method": sentence(f"draw.method.{stage.method}", {}, language),
        "population": stage.population,
        "expected": _count(stage.expected),
    }
    yield sentence("draw.explain.stage", details, language)
    for stratum in stage.strata:
        yield "  " + _stratum(stratum, language)


def _stratum(stratum: StratumExplanation, language: str) -> str:
    least, most = stratum.take_least, stratum.take_most
    details = {
        "stratum": stratum.stratum or sentence("draw.explain.undivided", {}, language),
        "groups": stratum.groups,
        "population": stratum.population,
        "take": str(most) if least == most else f"{least}–{most}",
        "reserves": stratum.reserves_most,
        "expected": _count(stratum.expected),
        "chance": f"{stratum.expected / stratum.population:.2%}" if stratum.population else "—",
    }
    parts = [sentence("draw.explain.stratum" if stratum.groups > 1 else "draw.explain.stratum_once", details, language)]
    if stratum.certainties:
        code = "draw.explain.certain_below" if stratum.groups > 1 else "draw.explain.certain"
        parts.append(sentence(code, {"units": stratum.certainties}, language))
    if stratum.short:
        parts.append(sentence("draw.explain.short", {"groups": stratum.short}, language))
    if stratum.short_of_reserves:
        parts.append(sentence("draw.explain.few_reserves", {"groups": stratum.short_of_reserves}, language))
    return "".join(parts)


def _count(expected: float) -> str:
    return f"{expected:.1f}".removesuffix(".0")
