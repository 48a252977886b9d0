"""Write what `r_design` found as two files: the sample as CSV, and an R script that rebuilds the design of it."""

import csv
import io
from collections.abc import Mapping, Sequence

from evalsvc.draws.r_design import RDesign, RRow
from evalsvc.words import sentence
from sampling.levels import Level, level_depth
from sampling.manifest import Manifest

SAMPLE, SCRIPT = "sample.csv", "design.R"
LANGUAGES = ("zh", "en")


def sample_csv(
    design: RDesign, manifest: Manifest, levels: Sequence[Level], attributes: Mapping[str, Mapping[str, object]]
) -> bytes:
    """Write one row for each household: the frame's columns, how it was drawn, and the columns that R is given.

    Numbers are written in the shortest form that reads back to the same double.
    """
    stages = range(1, len(design.stages) + 1)
    shown = levels[: level_depth(levels, manifest.stages[-1].name) + 1]
    frame = [column.name for level in shown for column in level.all_columns]
    drawn = [f"{name}_{stage}" for stage in stages for name in ("stratum", "probability", "population")]
    of_stage = ("r_unit", "r_stratum", "r_fraction", *(["r_draws"] if design.repeated else []))
    given = [f"{name}_{stage}" for stage in _given(design) for name in of_stage]
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    ours = ["sample_type", *drawn, *given, "weight"]
    # A column of the frame that is called like one of ours is told apart from it.
    writer.writerow([*(f"frame_{name}" if name in ours else name for name in frame), *ours])
    for row in design.rows:
        known = attributes[row.path[-1]]
        texts = ["" if known.get(name) is None else str(known[name]) for name in frame]
        writer.writerow([*texts, row.sample_type, *_drawn(row), *_for_r(row, draws=design.repeated), repr(row.weight)])
    return buffer.getvalue().encode("utf-8")


def _given(design: RDesign) -> range:
    """Return the numbers of the stages that R is given."""
    return range(1, design.depth + design.inside + 1)


def _drawn(row: RRow) -> list[str]:
    texts = []
    for stratum, chance, population in zip(row.strata, row.chances, row.populations, strict=True):
        texts += [stratum, repr(chance), str(population)]
    return texts


def _for_r(row: RRow, *, draws: bool) -> list[str]:
    texts = []
    for each in row.columns:
        texts += [each.unit, each.stratum, repr(each.fraction), *([str(each.draws)] if draws else [])]
    return texts


def script_text(design: RDesign, manifest: Manifest, levels: Sequence[Level]) -> str:
    """Write the R script; what R cannot say is noted in it, in Chinese and English."""
    unit = levels[level_depth(levels, manifest.stages[-1].name)].id
    details = {"subject": f"{manifest.evaluation}/{manifest.draw}", "commitment": manifest.commitment}
    head = [*_said("r.head", details), *(line for note in design.notes for line in _said(note.code, note.details))]
    return "\n".join(
        [*head, "", *_reading(design), "", *_building(design), "", *_using(design, unit, levels[0].id), ""]
    )


def _using(design: RDesign, unit: str, top: str) -> list[str]:
    """Show how answers are joined and estimated."""
    joined = f"y = answers$y[match({unit}, answers${unit})]"
    lines = [
        *_said("r.use", {}),
        f"# answers <- read.csv('answers.csv', colClasses = c({unit} = 'character'))",
        f"# design <- update(design, {joined})",
    ]
    if not design.inside:
        return [*lines, f"# svytotal(~y, design); svymean(~y, design); svyby(~y, ~{top}, design, svymean)"]
    return [
        *lines,
        f"# inside <- lapply(inside, function(one) update(one, {joined}))",
        f"# estimated(function(d) svytotal(~y, d)); estimated(function(d) svyby(~y, ~{top}, d, svymean))",
    ]


def _said(code: str, details: Mapping[str, object]) -> list[str]:
    """Write a sentence as comments; a line feed of somebody's text must not end the comment."""
    told = (sentence(code, details, language) for language in LANGUAGES)
    return [f"# {' '.join(text.split())}" for text in told]


def _reading(design: RDesign) -> list[str]:
    kinds = ("r_fraction", *(["r_draws"] if design.repeated else []))
    numbers = [f"{kind}_{stage}" for stage in _given(design) for kind in kinds] + ["weight"]
    return [
        "library(survey)",
        'options(survey.lonely.psu = "fail")',
        f'sample <- read.csv("{SAMPLE}", colClasses = "character", fileEncoding = "UTF-8", check.names = FALSE)',
        *(f"sample${name} <- as.numeric(sample${name})" for name in numbers),
    ]


BY_DRAW = """by_draw <- function(data, stages) {
  times <- Reduce(`*`, data[paste0("r_draws_", stages)])
  again <- data[rep(seq_len(nrow(data)), times), ]
  for (stage in stages) {
    unit <- paste0("r_unit_", stage)
    often <- again[[paste0("r_draws_", stage)]] > 1
    again[[unit]][often] <- paste(again[[unit]], sequence(times), sep = "|draw ")[often]
  }
  again$weight <- again$weight / rep(times, times)
  again
}"""
"""Repeats the rows of a unit for each of its draws, each with its part of the weight."""
ESTIMATED = """estimated <- function(estimator) {
  found <- estimator(design)
  variance <- Reduce(`+`, lapply(c(list(design), inside), function(one) as.vector(SE(estimator(one)))^2))
  data.frame(estimate = as.vector(coef(found)), SE = sqrt(variance), row.names = names(coef(found)))
}"""
"""Adds the variances of the stages inside repeated units; degrees of freedom are those of the design."""


def _building(design: RDesign) -> list[str]:
    main = list(range(1, design.depth + 1))
    made = svydesign_arguments(
        design, main[:1] if design.with_replacement else main, fractions=not design.with_replacement
    )
    lines = [*BY_DRAW.splitlines(), ""] if design.repeated else []
    lines += ["design <- svydesign(", *made, ")"]
    if design.inside:
        lines.append("inside <- list(")
        for stage in design.adding:
            end = "  )" if stage == design.adding[-1] else "  ),"
            lines += [
                "  svydesign(",
                *(f"  {each}" for each in svydesign_arguments(design, [stage], fractions=True)),
                end,
            ]
        lines += [")", "", *ESTIMATED.splitlines()]
    return lines


def svydesign_arguments(
    design: RDesign, stages: Sequence[int], *, fractions: bool, prefix: str = "", data: str = "sample"
) -> list[str]:
    """Write the arguments of one svydesign; `prefix` begins the names of the columns, `data` holds them."""

    def terms(name: str) -> str:
        return " + ".join(f"{prefix}{name}_{stage}" for stage in stages)

    arguments = [f"ids = ~{terms('r_unit')}", f"strata = ~{terms('r_stratum')}"]
    if fractions:
        arguments.append(f"fpc = ~{terms('r_fraction')}")
    arguments.append(f"weights = ~{prefix}weight")
    if fractions and design.by_probability(stages):
        arguments.append('pps = "brewer"')
    numbers = f"c({', '.join(map(str, stages))})"
    arguments.append(f"data = by_draw({data}, {numbers})" if design.repeated else f"data = {data}")
    return [*(f"  {each}," for each in arguments[:-1]), f"  {arguments[-1]}"]
