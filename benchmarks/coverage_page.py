"""Write the page of the coverage study: intervals, wrong verdicts, and what the caution costs in power."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

from benchmarks.coverage_measure import ALPHA, DEFAULT, LEVEL, METHODS, OWN, PLAIN, RULES, TRUNCATED, Counts
from benchmarks.coverage_settings import MORE_PERSONS, SISTER_CORRELATION, SISTER_RATE, Setting
from benchmarks.evidence import table

Found = Mapping[tuple[Setting, float], Counts]
"""Counts by setting and true rate as a part of the threshold."""
LEAST_COVERAGE, MOST_WIDTH = 0.94, 1.03
HEADS = {
    "wald": "Wald, t",
    "logit": "Logit, t",
    TRUNCATED: "Korn-Graubard, truncated",
    "wilson": "Wilson, t, truncated",
    DEFAULT: "Default",
}
RULE_HEADS = {
    PLAIN: "Plain bound",
    OWN: "Own deff",
    "none": "Library, no `planned_deff`",
    "planned 2": "Library, `planned_deff: 2`",
    "planned right": "Library, true `planned_deff`",
    "pooled": "Library, `pooled_deff`",
}
STATED = ("planned right", "pooled")
"""The library's rule as a plan should have it, with a design effect that is stated as it is, or lent."""


def sections(found: Found) -> list[str]:
    """Write the sections of the page."""
    settings = list(dict.fromkeys(setting for setting, _ in found))
    return [
        _introduction(found),
        "## Two-sided intervals of 95 %",
        _coverage_words(found, settings),
        _coverage_table(found, settings),
        "## The same against figures known before",
        "Coverage in percent here / known before; the last column is the width of truncated Korn-Graubard in points."
        " The known figures are rounded.",
        _known_table(found, settings),
        "## Counties at their threshold that pass",
        _verdict_words(found, settings),
        _verdict_table(found, settings),
        "## Counties at their threshold that fail",
        "The other error, in percent of the samples. The limit that decides on failing takes the larger of the own and"
        " the stated design effect, not an upper confidence limit: rates that come out high come with a high variance.",
        _rule_table(found, settings, "fails", 1.0),
        "## The price in power",
        "Percent of samples that pass when the true rate is a part of the threshold.",
        _power_table(found, settings),
    ]


def share(counts: Counts, name: str) -> float:
    """Give a count as a part of the draws."""
    return counts[name] / counts["draws"]


def error(part: float, draws: float) -> float:
    """Give the Monte-Carlo standard error of a part."""
    return math.sqrt(max(part * (1.0 - part), 1e-12) / draws)


def limit(figures: int) -> float:
    """Give how many Monte-Carlo errors the largest of so many figures exceeds once in a hundred studies."""
    from scipy import special  # noqa: PLC0415 (one number)

    return float(-special.ndtri(0.01 / figures))


def uncovered(found: Found, settings: Sequence[Setting]) -> list[Setting]:
    """Name the settings whose default interval covers less than 94 %, Monte-Carlo error granted."""
    chosen = [setting for setting in settings if for_intervals(setting)]
    beyond = limit(max(len(chosen), 1))
    return [
        setting
        for setting in chosen
        if (part := share(found[setting, 1.0], f"{DEFAULT}: covers"))
        < LEAST_COVERAGE - beyond * error(part, found[setting, 1.0]["draws"])
    ]


def too_wide(found: Found, settings: Sequence[Setting]) -> list[Setting]:
    """Name the settings whose default interval is more than 1.03 times as wide as truncated Korn-Graubard."""
    return [setting for setting in settings if for_intervals(setting) and ratio(found[setting, 1.0]) > MOST_WIDTH]


def ratio(counts: Counts) -> float:
    """Give the default's mean width by that of truncated Korn-Graubard."""
    return counts[f"{DEFAULT}: width"] / counts[f"{TRUNCATED}: width"]


def for_intervals(setting: Setting) -> bool:
    """Tell whether a setting is one for intervals; those with a known plain bound are for verdicts only."""
    return setting.expected_plain is None


def wrong(found: Found, settings: Iterable[Setting], rules: Sequence[str] = STATED) -> list[tuple[Setting, str]]:
    """Name the settings and rules that pass too often at the threshold, Monte-Carlo error granted."""
    cells = [(setting, rule) for setting in settings for rule in rules if f"{rule}: passes" in found[setting, 1.0]]
    beyond = limit(max(len(cells), 1))
    return [
        (setting, rule)
        for setting, rule in cells
        if share(found[setting, 1.0], f"{rule}: passes") > ALPHA + beyond * error(ALPHA, found[setting, 1.0]["draws"])
    ]


def _introduction(found: Found) -> str:
    draws = max(int(counts["draws"]) for counts in found.values())
    power = min(int(counts["draws"]) for counts in found.values())
    return (
        f"{draws:,} samples of each setting ({power:,} for the power), the same for every method; estimates, variances,"
        " degrees of freedom, limits and verdicts come from `sampling.estimate`. A setting is strata x villages of a"
        " stratum x households of a village. Villages are drawn with replacement, and their rates follow a beta"
        " distribution with the setting's intra-class correlation. The strata's parts of the population are spread"
        " evenly between 0.5 and 1.5 times the mean one, so that weights differ. Persons: a household has 1 + Poisson"
        f" ({MORE_PERSONS}) of them, who are all wrong or none. Sister: a rate of {SISTER_RATE:.0%} in the same"
        f" villages, with correlation {SISTER_CORRELATION}, lends its design effect."
    )


def _coverage_words(found: Found, settings: Sequence[Setting]) -> str:
    low, wide = uncovered(found, settings), too_wide(found, settings)
    said = [
        "The default is `korn-graubard`: the effective count is capped before the t-adjustment. It should cover at"
        f" least {LEAST_COVERAGE:.0%} (Monte-Carlo error granted) and be at most {MOST_WIDTH} times as wide as"
        " truncated Korn-Graubard, which caps after the adjustment (`cap: sas`), in every setting that is not one of"
        " verdicts only.",
        f"**Coverage: {_finding(each.name for each in low)}. Width: {_finding(each.name for each in wide)}.**",
        "Percent covered, mean width in points in brackets.",
    ]
    return "\n\n".join(said)


def _finding(names: Iterable[str]) -> str:
    missed = "; ".join(names)
    return f"missed in {missed}" if missed else "holds in every setting"


def _coverage_table(found: Found, settings: Sequence[Setting]) -> str:
    rows = []
    for setting in settings:
        counts = found[setting, 1.0]
        cells = [f"{_covered(counts, name)} ({_width(counts, name)})" for name in METHODS]
        only = "" if for_intervals(setting) else " (verdicts only)"
        rows.append(
            (setting.name + only, f"{setting.design_effect:.2f}", _none(counts), *cells, f"{ratio(counts):.3f}")
        )
    heads = (HEADS[name] for name in METHODS)
    return table(("Setting", "True deff", "Nothing found, %", *heads, "Default / truncated"), rows)


def _known_table(found: Found, settings: Sequence[Setting]) -> str:
    rows = []
    for setting in settings:
        if setting.expected:
            counts = found[setting, 1.0]
            names = [name for name in METHODS if name in setting.expected]
            cells = [f"{_covered(counts, name)} / {setting.expected[name]}" for name in names]
            rows.append((setting.name, *cells, f"{_width(counts, TRUNCATED)} / {setting.expected['width']}"))
    return table(("Setting", *(HEADS[name] for name in METHODS if name != DEFAULT), "Width"), rows)


def _verdict_words(found: Found, settings: Sequence[Setting]) -> str:
    stated, small, without = (wrong(found, settings, rules) for rules in (STATED, ("planned 2",), ("none",)))
    missed = [f"{setting.name} ({rule})" for setting, rule in stated]
    return "\n\n".join(
        [
            f"Percent of samples in which a county whose true rate is the threshold passes at alpha {ALPHA}: this"
            f" should be at most {100 * ALPHA:.0f} with a design effect that is planned as it is, or pooled.",
            f"**With the true or a pooled design effect: {_finding(missed)}. With `planned_deff: 2` whatever the true"
            f" one: {_finding(setting.name for setting, _ in small)}. Without any:"
            f" {_finding(setting.name for setting, _ in without)}.**",
            "The plain bound takes one-sided limits of Korn-Graubard with the sample's own design effect, in rates of"
            " persons with their number as n. It passes too often, because a sample that missed the villages with"
            " errors shows too low a rate and too low a design effect at once. Own deff counts households as Kish does."
            " The library takes the larger of the own design effect and the stated one, planned or pooled; a plan that"
            " states half the true one passes too often in some settings, as `planned_deff: 2` shows. Where none is"
            f" stated it takes the own one at its upper confidence limit, at {LEVEL:.0%}. Where nothing was found the"
            " sample has no design effect: without a planned or a pooled one it counts as 1, and the row is flagged"
            " `no_planned_design_effect`.",
        ]
    )


def _verdict_table(found: Found, settings: Sequence[Setting]) -> str:
    return _rule_table(found, settings, "passes", 1.0, known=True)


def _rule_table(
    found: Found, settings: Sequence[Setting], outcome: str, fraction: float, *, known: bool = False
) -> str:
    rows = []
    for setting in settings:
        counts = found[setting, fraction]
        cells = [_percent(counts, f"{rule}: {outcome}") for rule in RULES]
        if known:
            cells.append("–" if setting.expected_plain is None else str(setting.expected_plain))
        rows.append((setting.name, f"{setting.design_effect:.2f}", *cells))
    heads = [RULE_HEADS[rule] for rule in RULES] + ["Plain bound, known before"] * known
    return table(("Setting", "True deff", *heads), rows)


def _power_table(found: Found, settings: Sequence[Setting]) -> str:
    rows = []
    for setting in settings:
        for fraction in sorted({part for each, part in found if each == setting and part < 1.0}):
            counts = found[setting, fraction]
            cells = [_percent(counts, f"{rule}: passes", digits=0) for rule in RULES]
            rows.append((setting.name, f"{100 * setting.rate * fraction:g} %", f"{100 * setting.rate:g} %", *cells))
    return table(("Setting", "True rate", "Threshold", *(RULE_HEADS[rule] for rule in RULES)), rows)


def _percent(counts: Counts, name: str, digits: int = 1) -> str:
    return f"{100 * share(counts, name):.{digits}f}" if name in counts else "–"


def _covered(counts: Counts, name: str) -> str:
    return _percent(counts, f"{name}: covers")


def _width(counts: Counts, name: str) -> str:
    return f"{100 * share(counts, f'{name}: width'):.2f}"


def _none(counts: Counts) -> str:
    return _percent(counts, "none found")
