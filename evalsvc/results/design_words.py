"""Put the summary of a compiled design into words: `evalsvc estimate plan.yaml --design`."""

from collections.abc import Iterator

from evalsvc.results.numerals import degrees, figure
from evalsvc.words import sentence
from sampling.estimate import DesignSummary
from sampling.estimate.summary import AdjustmentSummary, StageSummary, WeightSummary

DIGITS = 10
"""Digits of totals that were wanted and reached: enough to tell one from the other."""


def design_words(summary: DesignSummary, rule: str, language: str) -> Iterator[str]:
    """Give the lines; `rule` is what the plan does with strata of a single unit."""
    yield _line("rows", language, rows=summary.rows, weighted=summary.weights.rows)
    yield from _stages(summary.stages, rule, language)
    if summary.second_rows is not None:
        yield _line("second_phase", language, rows=summary.second_rows)
        yield from _stages(summary.second_stages, rule, language)
    if summary.adjustments:
        yield _weights("drawn_weights", summary.drawn_weights, language)
    for adjustment in summary.adjustments:
        yield from _adjustment(adjustment, language)
    yield _weights("weights", summary.weights, language)
    if (made := summary.replicates) is not None:
        yield _line("replicates", language, method=made.method, number=made.number, rank=made.rank)
    yield _line("degrees", language, df=degrees(summary.degrees_of_freedom))


def _stages(stages: tuple[StageSummary, ...], rule: str, language: str) -> Iterator[str]:
    for number, stage in enumerate(stages, start=1):
        yield _line(
            "stage",
            language,
            number=number,
            units_of=stage.cluster or sentence("results.design.row_units", {}, language),
            strata=stage.strata,
            units=stage.units,
            sizes=_joined(f"{stage.smallest:,}", f"{stage.largest:,}"),
        )
        if stage.draws != stage.units:
            yield _line("draws", language, draws=stage.draws)
        if stage.least_fraction is None or stage.most_fraction is None:
            yield _line("with_replacement", language)
        else:
            yield _line("fraction", language, range=_range(stage.least_fraction, stage.most_fraction, 4))
        for name, count in (("certainties", stage.certainties), ("full", stage.full)):
            if count:
                yield _line(name, language, count=count)
        if stage.lone:
            yield _line("lone", language, count=stage.lone, rule=rule)


def _adjustment(adjustment: AdjustmentSummary, language: str) -> Iterator[str]:
    spread = _range(adjustment.smallest_g, adjustment.largest_g, 5)
    yield _line("adjustment", language, place=adjustment.place, range=spread)
    for target in adjustment.targets:
        name = target.name if target.level is None else f"{target.name} = {target.level}"
        yield _line(
            "target", language, name=name, wanted=f"{target.wanted:.{DIGITS}g}", reached=f"{target.reached:.{DIGITS}g}"
        )


def _weights(code: str, weights: WeightSummary, language: str) -> str:
    spread = _joined(figure(weights.smallest), figure(weights.largest))
    return _line(code, language, total=figure(weights.total), range=spread, kish=f"{weights.kish:.4g}")


def _range(least: float, most: float, digits: int) -> str:
    return _joined(f"{least:.{digits}g}", f"{most:.{digits}g}")


def _joined(least: str, most: str) -> str:
    """Write a range; one number where both ends read alike."""
    return "–".join(dict.fromkeys((least, most)))


def _line(code: str, language: str, **details: object) -> str:
    return sentence(f"results.design.{code}", details, language)
