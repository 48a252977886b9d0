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
    given = [f"{name}_{stage}" for stage in _given(design) for name in ("r_unit", "r_stratum", "r_fraction")]
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    ours = ["sample_type", *drawn, *given, "weight"]
    # A column of the frame that is called like one of ours is told apart from it.
    writer.writerow([*(f"frame_{name}" if name in ours else name for name in frame), *ours])
    for row in design.rows:
        known = attributes[row.path[-1]]
        texts = ["" if known.get(name) is None else str(known[name]) for name in frame]
        writer.writerow([*texts, row.sample_type, *_drawn(row), *_for_r(row), repr(row.weight)])
    return buffer.getvalue().encode("utf-8")


def _given(design: RDesign) -> range:
    """Return the numbers of the stages that R is given."""
    return range(1, len(design.rows[0].units) + 1)


def _drawn(row: RRow) -> list[str]:
    texts = []
    for stratum, chance, population in zip(row.strata, row.chances, row.populations, strict=True):
        texts += [stratum, repr(chance), str(population)]
    return texts


def _for_r(row: RRow) -> list[str]:
    texts = []
    for unit, stratum, fraction in zip(row.units, row.r_strata, row.r_fractions, strict=True):
        texts += [unit, stratum, repr(fraction)]
    return texts


def script_text(design: RDesign, manifest: Manifest, levels: Sequence[Level]) -> str:
    """Write the R script; what R cannot say is noted in it, in Chinese and English."""
    unit = levels[level_depth(levels, manifest.stages[-1].name)].id
    details = {"subject": f"{manifest.evaluation}/{manifest.draw}", "commitment": manifest.commitment}
    head = [*_said("r.head", details), *(line for note in design.notes for line in _said(note.code, note.details))]
    return "\n".join(
        [*head, "", *_reading(design), "", *_building(design), "", *_said("r.use", {}), *_use(unit, levels[0].id), ""]
    )


def _use(unit: str, top: str) -> list[str]:
    """Show how answers are joined and estimated."""
    return [
        f"# answers <- read.csv('answers.csv', colClasses = c({unit} = 'character'))",
        f"# design <- update(design, y = answers$y[match(sample${unit}, answers${unit})])",
        f"# svytotal(~y, design); svymean(~y, design); svyby(~y, ~{top}, design, svymean)",
    ]


def _said(code: str, details: Mapping[str, object]) -> list[str]:
    """Write a sentence as comments; a line feed of somebody's text must not end the comment."""
    told = (sentence(code, details, language) for language in LANGUAGES)
    return [f"# {' '.join(text.split())}" for text in told]


def _reading(design: RDesign) -> list[str]:
    numbers = [f"r_fraction_{stage}" for stage in _given(design)] + ["weight"]
    return [
        "library(survey)",
        'options(survey.lonely.psu = "fail")',
        f'sample <- read.csv("{SAMPLE}", colClasses = "character", fileEncoding = "UTF-8", check.names = FALSE)',
        *(f"sample${name} <- as.numeric(sample${name})" for name in numbers),
    ]


def _building(design: RDesign) -> list[str]:
    def terms(name: str, stages: Sequence[int]) -> str:
        return " + ".join(f"{name}_{stage}" for stage in stages)

    stages = list(_given(design))[:1] if design.with_replacement else list(_given(design))
    arguments = [f"ids = ~{terms('r_unit', stages)}", f"strata = ~{terms('r_stratum', stages)}"]
    if not design.with_replacement:
        arguments.append(f"fpc = ~{terms('r_fraction', stages)}")
    arguments.append("weights = ~weight")
    if design.by_probability and not design.with_replacement:
        arguments.append('pps = "brewer"')
    arguments.append("data = sample")
    return ["design <- svydesign(", *(f"  {each}," for each in arguments[:-1]), f"  {arguments[-1]}", ")"]
