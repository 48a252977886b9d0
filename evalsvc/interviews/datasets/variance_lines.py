"""The lines with which R and Stata take up the design of a dataset, for its README."""

from collections.abc import Iterator
from types import MappingProxyType

from evalsvc.draws.r_design import RDesign
from evalsvc.draws.r_script import svydesign_arguments
from evalsvc.interviews.datasets.sampled import Sampled, SampledDraw
from evalsvc.words import sentence

PREFIX = "ev_"
READ_IN_R = MappingProxyType(
    {
        "csv": 'interviews <- read.csv("interviews.csv", fileEncoding = "UTF-8-BOM", na.strings = "")',
        "xlsx": 'interviews <- as.data.frame(readxl::read_excel("dataset.xlsx", "interviews", guess_max = 1e6))',
        "parquet": 'interviews <- as.data.frame(arrow::read_parquet("interviews.parquet"))',
        "spss": 'interviews <- as.data.frame(haven::zap_labels(haven::read_sav("interviews.sav")))',
        "stata": 'interviews <- as.data.frame(haven::zap_labels(haven::read_dta("interviews.dta")))',
        "json": 'interviews <- jsonlite::stream_in(file("interviews.jsonl"))',
    }
)
READ_IN_STATA = MappingProxyType(
    {
        "csv": 'import delimited "interviews.csv", varnames(1) case(preserve) encoding("utf-8") clear',
        "xlsx": 'import excel "dataset.xlsx", sheet("interviews") firstrow case(preserve) clear',
        "stata": 'use "interviews.dta", clear',
        "spss": 'import spss using "interviews.sav", clear',
    }
)
ANSWERED_IN_R = 'answered <- subset(design, ev_disposition == "completed")'


def variance_paragraphs(drawn: Sampled, language: str, written_as: str, *, full: bool) -> list[str]:
    """Say how standard errors are computed from a dataset in a format; nothing where no household was drawn."""
    draws = [each for each in drawn.draws.values() if each.design is not None]
    if not draws:
        return []

    def say(name: str, **details: object) -> str:
        return sentence(f"dataset.variance.{name}", details, language)

    found = [f"## {say('head')}", say("full" if full else "coarse")]
    if any(each.without_reserves for each in draws):
        found.append(say("without_reserves"))
    found += [say("read"), _code("r", [READ_IN_R[written_as]])]
    if written_as in READ_IN_STATA:
        found.append(_code("stata", [READ_IN_STATA[written_as]]))
    if not full:
        return [
            *found,
            _code("r", [*_coarse_in_r(), ANSWERED_IN_R]),
            _code("stata", _coarse_in_stata()),
            say("answered"),
        ]
    found.append(say("answered"))
    for draw in draws:
        found += _of_draw(draw, draw.design, say("draw", draw=draw.number), say("by_script"))
    return found


def _of_draw(draw: SampledDraw, design: RDesign | None, head: str, by_script: str) -> Iterator[str]:
    if design is None:
        return
    yield head
    if not is_ready(design):
        yield by_script
        return
    yield _code("r", [*in_r(design, draw.number), ANSWERED_IN_R])
    yield _code("stata", _in_stata(design, draw.number))


def is_ready(design: RDesign) -> bool:
    """Tell whether one design of the columns says all; units drawn again need the script of `draw r-script`."""
    return not design.repeated and not design.inside


def in_r(design: RDesign, number: int) -> list[str]:
    """Write the lines for R."""
    stages = list(range(1, design.depth + 1))
    fractions = not design.with_replacement
    given = svydesign_arguments(
        design, stages if fractions else stages[:1], fractions=fractions, prefix=PREFIX, data="counted"
    )
    return [
        "library(survey)",
        'options(survey.lonely.psu = "adjust")',
        f"counted <- subset(interviews, ev_draw == {number} & ev_counts == 1 & !is.na(ev_weight))",
        "design <- svydesign(",
        *given,
        ")",
    ]


def _in_stata(design: RDesign, number: int) -> list[str]:
    stages = range(1, 2 if design.with_replacement else design.depth + 1)
    groups = [
        f"egen {short}{stage} = group(ev_r_{name}_{stage})"
        for stage in stages
        for short, name in (("u", "unit"), ("s", "stratum"))
    ]
    fraction = "" if design.with_replacement else " fpc(ev_r_fraction_{0})"
    levels = [f"u{stage}{{}}, strata(s{stage}){fraction.format(stage)}" for stage in stages]
    first = levels[0].format(" [pweight=ev_weight]")
    rest = "".join(f" || {each.format('')}" for each in levels[1:])
    keep = f"keep if ev_draw == {number} & ev_counts == 1 & !missing(ev_weight)"
    return [keep, *groups, f"svyset {first}{rest} singleunit(scaled)"]


def _coarse_in_r() -> list[str]:
    return [
        "library(survey)",
        "counted <- subset(interviews, ev_counts == 1 & !is.na(ev_weight_coarse) & !is.na(ev_psu_coarse))",
        "design <- svydesign(ids = ~ev_psu_coarse, strata = ~ev_area_coarse, weights = ~ev_weight_coarse,",
        "  data = counted)",
    ]


def _coarse_in_stata() -> list[str]:
    return [
        "keep if ev_counts == 1 & !missing(ev_weight_coarse) & !missing(ev_psu_coarse)",
        "egen u1 = group(ev_psu_coarse)",
        "egen s1 = group(ev_area_coarse)",
        "svyset u1 [pweight=ev_weight_coarse], strata(s1) singleunit(scaled)",
    ]


def _code(language: str, lines: list[str]) -> str:
    return "\n".join([f"```{language}", *lines, "```"])
