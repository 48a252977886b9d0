"""The page of the repeated samples: verdicts, and what the intervals hold, counted from the kept samples."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from statistics import mean
from typing import Any

from benchmarks.evidence import table
from benchmarks.memory import megabytes
from evalsvc.demonstration.comparison import Compared
from evalsvc.demonstration.institute import PACK
from evalsvc.demonstration.scenario import JUDGED
from evalsvc.evaluations.packs import pack_bytes
from evalsvc.evaluations.rule_pack import Pack, read_pack

MET, OPEN, MISSED = "达标", "不能判定", "不达标"
Record = Mapping[str, Any]
Figures = Mapping[tuple[str, str], Sequence[Compared]]
"""The figures of all samples by indicator and county."""


def sections(records: Sequence[Record], kept: int, peak: int) -> list[str]:
    """Write the sections of the page."""
    figures = figures_of(records)
    pack = _pack()
    return [
        "## What was repeated",
        _repeated(records, kept, peak),
        "## Verdicts of the counties",
        "The truth is what the hidden rates of the whole county say under the pack's thresholds. A verdict is left open"
        " where the sample does not decide, or where cases that the experts have not settled could turn it.",
        _county_table(records, figures, pack),
        "## Verdicts of the indicators",
        _errors(figures, pack),
        _indicator_table(figures, pack),
        "## Intervals",
        _held_in_all(figures, pack),
        _interval_table(figures),
    ]


def figures_of(records: Sequence[Record]) -> Figures:
    """Gather the figures of all samples by indicator and county, in the order of the report."""
    found: dict[tuple[str, str], list[Compared]] = defaultdict(list)
    for record in records:
        for values in record["figures"]:
            figure = Compared(**values)
            found[figure.indicator, figure.county].append(figure)
    return found


def _pack() -> Pack:
    pack, complaints = read_pack(pack_bytes(PACK))
    if pack is None:
        raise ValueError(f"the demonstration's pack cannot be read: {complaints}")
    return pack


def _repeated(records: Sequence[Record], kept: int, peak: int) -> str:
    visits = [sum(record["outcomes"].values()) for record in records]
    completed = [record["outcomes"]["completed"] for record in records]
    cases = [sum(record["cases"].values()) for record in records]
    still_open = sum(record["cases"].get("open", 0) for record in records)
    false = sum(record["false_suspicions"] for record in records)
    rows = [
        ("Samples", len(records)),
        ("Of these kept from an interrupted run of the same state", kept),
        ("Visits in a sample: mean (least, most)", f"{mean(visits):,.0f} ({min(visits):,}, {max(visits):,})"),
        ("Completed interviews: mean", f"{mean(completed):,.0f}"),
        ("Cases: mean", f"{mean(cases):.0f}"),
        ("Cases that stay open", percent(still_open / max(1, sum(cases)), 1)),
        ("Completed interviews with a suspicion of something that is not there", percent(false / sum(completed), 1)),
        ("Peak memory of all processes", megabytes(peak)),
    ]
    text = (
        "Each sample is drawn with `sampling.draw` under the demonstration's design for its four judged counties, from"
        " the same simulated register; households answer, are away or refuse as they do in the demonstration, reserves"
        " are opened, two experts judge the cases, and `evalsvc.results.compute` estimates. Answers go into the"
        " computation without XML and database between; a test holds the figures against those of the demonstration"
        " itself. The secret of sample n is the SHA-256 of `demonstration-samples:n`, so that anybody can draw the same"
        " samples. What the households are and how they answer is fixed: chance lies in the sample alone."
    )
    return f"{text}\n\n{table(('', ''), rows)}"


def _county_table(records: Sequence[Record], figures: Figures, pack: Pack) -> str:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    turned: Counter[str] = Counter()
    for record in records:
        for each in record["verdicts"]:
            counts[each["code"]][each["verdict"]] += 1
            turned[each["code"]] += each["open_cases_decide"]
    rows = []
    for one in JUDGED:
        found, open_decides = counts[one.county_code], turned[one.county_code]
        truth = county_truth(figures, one.county, pack)
        rows.append((one.county, truth, found[MET], found[OPEN], open_decides, found[MISSED]))
    return table(("County", "Truth", MET, OPEN, "of these, open cases decide", MISSED), rows)


def county_truth(figures: Figures, county: str, pack: Pack) -> str:
    """Return the verdict that full knowledge would give a county: a single miss fails it."""
    truths = {indicator_truth(figures[name, county][0], pack) for name in pack.thresholds}
    return MISSED if MISSED in truths else MET


def indicator_truth(figure: Compared, pack: Pack) -> str:
    """Return the verdict that the true rate gives under the pack's threshold."""
    threshold = pack.thresholds[figure.indicator]
    passes = figure.true < threshold.value if threshold.passes == "below" else figure.true >= threshold.value
    return MET if passes else MISSED


def _judged(figures: Figures, pack: Pack) -> Iterator[tuple[str, str, Sequence[Compared]]]:
    for (indicator, county), found in figures.items():
        if indicator in pack.thresholds:
            yield indicator, county, found


def _errors(figures: Figures, pack: Pack) -> str:
    tally: Counter[tuple[str, str]] = Counter()
    for _, _, found in _judged(figures, pack):
        tally.update((indicator_truth(found[0], pack), str(each.verdict)) for each in found)
    missed = sum(count for (truth, _), count in tally.items() if truth == MISSED)
    met = sum(count for (truth, _), count in tally.items() if truth == MET)
    passed, failed = tally[MISSED, MET], tally[MET, MISSED]
    return (
        f"Of {met + missed:,} verdicts on single indicators, {passed} passed a county that truly fails"
        f" ({percent(passed / max(1, missed), 2)} of the {missed:,} on such counties) and {failed} failed one that"
        f" truly passes ({percent(failed / max(1, met), 2)} of {met:,}); each test is made at {percent(pack.alpha, 0)}."
    )


def _indicator_table(figures: Figures, pack: Pack) -> str:
    rows = []
    for _, county, found in _judged(figures, pack):
        counts = Counter(each.verdict for each in found)
        first = found[0]
        truth = percent(first.true, 3), indicator_truth(first, pack)
        rows.append((first.name, county, *truth, counts[MET], counts[OPEN], counts[MISSED]))
    return table(("Indicator", "County", "True rate", "Truth", MET, OPEN, MISSED), rows)


def _held_in_all(figures: Figures, pack: Pack) -> str:
    known = [each.covered for found in figures.values() for each in found if each.covered is not None]
    samples = len(next(iter(figures.values())))
    error = (pack.level * (1 - pack.level) / samples) ** 0.5
    share, level = percent(sum(known) / max(1, len(known)), 1), percent(pack.level, 0)
    return (
        f"{sum(known):,} of {len(known):,} intervals hold the true rate ({share}; they are made at {level}, method"
        f" {pack.interval}). A share of {samples} samples has a standard error of {percent(error, 1)} where the true"
        f" coverage is {level}. 退出准确率 is 1 - 错退率: the intervals of both hold together. Estimates count"
        " confirmed cases only, and an open case that is real is missing in them."
    )


def _interval_table(figures: Figures) -> str:
    rows = [_interval_row(county, found) for (_, county), found in figures.items()]
    header = ("Indicator", "County", "True rate", "Mean estimate", "Holds the truth", "All above it", "All below it")
    return table((*header, "Mean length"), rows)


def _interval_row(county: str, found: Sequence[Compared]) -> tuple[str, ...]:
    true = found[0].true
    ends = [(each.low, each.high) for each in found if each.low is not None and each.high is not None]
    estimates = [each.estimate for each in found if each.estimate is not None]
    above, below = sum(low > true for low, _ in ends), sum(high < true for _, high in ends)
    return (
        found[0].name,
        county,
        percent(true, 3),
        percent(mean(estimates), 3) if estimates else "–",
        f"{len(ends) - above - below} of {len(ends)}",
        str(above),
        str(below),
        percent(mean(high - low for low, high in ends), 2) if ends else "–",
    )


def percent(share: float, places: int) -> str:
    """Write a share as a percentage."""
    return f"{100 * share:.{places}f} %"
