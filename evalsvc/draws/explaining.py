"""Say in words what a design means on a frame, before anything is committed."""

from collections.abc import Iterator
from math import fsum

from evalsvc.words import sentence, term
from sampling.design import Design
from sampling.explain import Explanation, RandomSizes, StageExplanation, StratumExplanation
from sampling.methods.catalogue import METHODS, Method
from sampling.stages import EarlierDraw
from sampling.workload import Workload

SHOWN_HASH = 12
"""Characters by which a manifest is named."""
LEAST_TOLD, MOST_TOLD = 0.001, 0.999
"""A chance nearer to 0 or 1 is not told more exactly."""


def in_words(design: Design, told: Explanation, language: str) -> list[str]:
    """Tell levels, stages, strata, what stands around them and the interviews to expect, a sentence each."""
    lines = [
        sentence(
            "draw.explain.level",
            {"level": term("draw.level", name, language), "all": everything, "part": part},
            language,
        )
        for name, everything, part in told.counts
    ]
    repeated = False
    for stage in told.stages:
        lines += _stage(stage, language, below_repeated=repeated)
        repeated = repeated or stage.method == "with_replacement"
    lines += [
        sentence(
            "draw.explain.purposive",
            {"stage": term("draw.level", one.stage, language), "units": one.units, "reason": one.reason},
            language,
        )
        for one in told.purposive
    ]
    lines += _other_draws(design, language)
    last = told.stages[-1]
    if last.listed == "frame":
        reserves = fsum(stratum.expected_reserves for stratum in last.strata)
        work = {
            "level": term("draw.level", last.name, language),
            "expected": _count(last.expected),
            "reserves": _count(reserves),
        }
        lines.append(sentence("draw.explain.work", work, language))
    return lines + ([] if told.workload is None else list(_workload(told.workload, language)))


def _stage(stage: StageExplanation, language: str, *, below_repeated: bool) -> Iterator[str]:
    """Tell one stage; ``below_repeated`` says that units above it may be drawn several times."""
    if stage.listed == "later":
        yield sentence("draw.explain.later", {"stage": term("draw.level", stage.name, language)}, language)
        return
    details = {
        "stage": term("draw.level", stage.name, language),
        "method": sentence(f"draw.method.{stage.method}", {}, language),
        "population": stage.population,
        "expected": _count(stage.expected),
    }
    remarks = "".join(sentence(f"draw.explain.{code}", given, language) for code, given in _remarks(stage, language))
    yield sentence("draw.explain.stage", details, language) + remarks
    for stratum in stage.strata:
        yield "  " + _stratum(stratum, language)
        if stratum.random is not None:
            yield from ("    " + line for line in _random_sizes(stratum.random, language))
            if below_repeated:
                yield "    " + sentence("draw.explain.random_once", {}, language)
    if stage.inside_purposive:
        yield "  " + sentence("draw.explain.inside_purposive", {"units": stage.inside_purposive}, language)


def _remarks(stage: StageExplanation, language: str) -> Iterator[tuple[str, dict[str, object]]]:
    """Give what is to be said of a stage's method: code and details."""
    if stage.joint_method is not None:
        yield "joint", {"joint_method": sentence(f"draw.joint_method.{stage.joint_method}", {}, language)}
    method: Method = stage.method  # type: ignore[assignment]
    traits = METHODS[method]
    if stage.joint_method in traits.joint_methods.get("frame", ()):
        yield "in_order", {}
    if not traits.fixed_size:
        yield "random_size", {}
    if method == "with_replacement":
        yield "several_times", {}
    if traits.needs is not None:
        yield "overstated", {}
    if not traits.exact_first_order:
        yield "nearly", {}
    if traits.numbers == "stream":
        yield "same_version", {}
    if stage.unannounced:
        yield "unannounced", {"units": stage.unannounced}


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
    parts += [sentence(f"draw.explain.{code}", given, language) for code, given in _stratum_remarks(stratum)]
    return "".join(parts)


def _random_sizes(sizes: RandomSizes, language: str) -> Iterator[str]:
    """Tell how far the number of units may be from what is expected: of each group, or of the worst ones."""
    if sizes.groups > len(sizes.worst):
        many = {"groups": sizes.groups, "shown": len(sizes.worst), "empty": _count(sizes.expected_empty)}
        yield sentence("draw.explain.random_many", many, language)
    for size in sizes.worst:
        details = {
            "parent": size.parent,
            "expected": _count(size.expected),
            "deviation": _count(size.deviation),
            "empty": _percent(size.empty),
        }
        yield sentence("draw.explain.random_alone" if size.parent is None else "draw.explain.random", details, language)


def _stratum_remarks(stratum: StratumExplanation) -> Iterator[tuple[str, dict[str, object]]]:
    if stratum.least is not None and stratum.least != stratum.most:
        yield "chances", {"least": f"{100 * stratum.least:.4g}%", "most": f"{100 * (stratum.most or 0):.4g}%"}
    if stratum.certainties:
        yield ("certain_below" if stratum.groups > 1 else "certain"), {"units": stratum.certainties}
    if stratum.dissolved:
        yield "dissolved", {"units": stratum.dissolved}
    if stratum.lone:
        yield "lone", {"groups": stratum.lone}
    if stratum.without:
        yield "without", {"units": stratum.without}
    if stratum.short:
        yield "short", {"groups": stratum.short}
    if stratum.short_of_reserves:
        yield "few_reserves", {"groups": stratum.short_of_reserves}


def _other_draws(design: Design, language: str) -> Iterator[str]:
    """Tell of an earlier draw that is followed, and of a first phase."""
    if design.earlier is not None:
        yield sentence("draw.explain.earlier", _earlier(design.earlier, language), language)
    if design.first_phase is not None:
        phase = design.first_phase
        details = {"manifest": phase.manifest_sha256[:SHOWN_HASH], "weight": phase.weight}
        yield sentence("draw.explain.first_phase", details, language)


def _earlier(earlier: EarlierDraw, language: str) -> dict[str, object]:
    effect = "earlier_apart" if float(earlier.shift) else "earlier_overlap"
    return {
        "stages": "、".join(term("draw.level", name, language) for name in earlier.stages),
        "manifest": earlier.manifest_sha256[:SHOWN_HASH],
        "shift": earlier.shift,
        "effect": sentence(f"draw.explain.{effect}", {}, language),
    }


def _workload(work: Workload, language: str) -> Iterator[str]:
    if work.minutes is not None:
        details = {"minutes": _count(work.minutes), "day": work.day_minutes, "teams": work.teams, "days": work.days}
        yield sentence("draw.explain.effort", details, language)
    if work.cost is not None:
        parts = "、".join(f"{term('draw.level', name, language)} {amount}" for name, amount in work.parts)
        money = {"amount": str(work.cost), "currency": work.currency, "parts": parts}
        yield sentence("draw.explain.money", money, language)


def _percent(chance: float) -> str:
    """Write a chance in percent with one decimal at most; what is not quite 0 or 1 is never written as them."""
    if 0.0 < chance < LEAST_TOLD:
        return f"<{LEAST_TOLD:.1%}"
    return f">{MOST_TOLD:.1%}" if MOST_TOLD < chance < 1.0 else f"{_count(100 * chance)}%"


def _count(expected: float) -> str:
    return f"{expected:.1f}".removesuffix(".0")
