"""Time what happens to forms and submissions on one core: convert, fill, read, check, flatten.

    .venv/bin/python -m benchmarks.form_check [--submissions 1000] [--rounds 5] [--short]

The form is the shipped household form, the submissions are those of the simulated households of the demonstration.
"""

import argparse
import itertools
from collections.abc import Mapping
from datetime import UTC, datetime

from lxml import etree
from pyxform.xls2xform import convert as pyxform_convert

from benchmarks.evidence import Study, parser, publish, table
from benchmarks.form_scaling import growth_sections, sixty_lanes
from benchmarks.memory import Watch, megabytes
from benchmarks.timing import Lane, Timed, race
from evalsvc.demonstration.answers import answer
from evalsvc.demonstration.register import Register, simulate
from evalsvc.demonstration.scenario import SMALL
from evalsvc.demonstration.villages import choose_places, read_villages
from evalsvc.demonstration.world import Home, World
from evalsvc.instruments.operations import shipped_form
from forms import check, convert, fill, parse_definition, parse_instance
from forms.columns import flatten
from forms.definition import FormDefinition

STUDY = Study(
    page="forms",
    title="Forms and submissions",
    question="What does one submission cost, from the answers to the checked columns, and how does that grow?",
    module="benchmarks.form_check",
    libraries=("lxml", "pyxform"),
)
NOW = datetime(2026, 3, 2, 2, 30, tzinfo=UTC)
NUMBERS = itertools.count()
LXML, PYXFORM = "lxml alone: bytes to a tree", "pyxform alone: XLSForm to XForm"


def main() -> None:
    given = arguments()
    count, rounds = (50, 1) if given.short else (given.submissions, given.rounds)
    with Watch() as watch:
        definition, lanes, facts = lanes_of(count)
        timed = race(lanes | sixty_lanes(count), rounds)
    facts |= {"Questions": str(len(definition.questions)), "Peak memory": megabytes(watch.peak)}
    publish(STUDY, given, [*sections(timed, facts, count, rounds), *growth_sections(given.short)])


def arguments() -> argparse.Namespace:
    given = parser(__doc__)
    given.add_argument("--submissions", type=int, default=1000)
    given.add_argument("--rounds", type=int, default=5)
    return given.parse_args()


def lanes_of(count: int) -> tuple[FormDefinition, dict[str, Lane], dict[str, str]]:
    """Prepare the work, and count what it is done on."""
    name, written = shipped_form()
    converted = convert(written, name)
    if converted.xform is None:
        raise ValueError(f"the shipped form cannot be converted: {converted.complaints}")
    definition = parse_definition(converted.xform)
    answered = [answer(home, NOW, "photo.png", "signature.png") for home in homes(count)]
    sent = [fill(definition, each, instance_id=f"uuid:{place}", now=NOW) for place, each in enumerate(answered)]
    instances = [parse_instance(xml) for xml in sent]
    text = written.decode("utf-8")
    lanes = {
        PYXFORM: Lane(lambda: pyxform_convert(text, file_type=".md"), 1),
        "convert: XLSForm to XForm with complaints": Lane(lambda: convert(written, name), 1, PYXFORM),
        "definition: XForm to questions": Lane(lambda: parse_definition(_another(converted.xform)), 1),
        "fill: answers to XML": Lane(
            lambda: [fill(definition, each, instance_id="uuid:1", now=NOW) for each in answered], count
        ),
        LXML: Lane(lambda: [etree.fromstring(xml) for xml in sent], count),
        "read: XML to a checked tree": Lane(lambda: [parse_instance(xml) for xml in sent], count, LXML),
        "check: every rule of the form": Lane(lambda: [check(definition, each) for each in instances], count),
        "flatten: answers as columns": Lane(lambda: [flatten(definition, each) for each in instances], count),
    }
    complained = sum(bool(check(definition, each)) for each in instances)
    size = sum(map(len, sent)) // count
    return definition, lanes, {"Bytes of a submission: mean": f"{size:,}", "With complaints": str(complained)}


def _another(xform: bytes | None) -> bytes:
    """Return the same form in bytes that were never seen: a definition that was read before is remembered."""
    return (xform or b"") + f"<!-- {next(NUMBERS)} -->".encode()


def homes(count: int) -> list[Home]:
    """Return households of the simulated register, one after the other."""
    register, truth = simulate(choose_places(read_villages(), SMALL), SMALL)
    world, identifiers = World(register, truth), _spread(register, count)
    return [world.home(identifier) for identifier in identifiers]


def _spread(register: Register, count: int) -> list[str]:
    identifiers = register.household_ids()
    return [identifiers[place * len(identifiers) // count] for place in range(count)]


def sections(timed: Mapping[str, Timed], facts: Mapping[str, str], count: int, rounds: int) -> list[str]:
    """Write the sections of the page."""
    rows = [
        (name, milliseconds(each.each), milliseconds(min(each.seconds)), milliseconds(max(each.seconds)), _times(each))
        for name, each in timed.items()
    ]
    return [
        "## What was measured",
        table(("", ""), [("Submissions", f"{count:,}"), ("Rounds", str(rounds)), *facts.items()]),
        "## Processor time",
        "Milliseconds of processor time for one form or one submission, median of the rounds, on one core. The peers"
        " run in the same rounds: pyxform, which the conversion is built on, and lxml, which reads a submission into a"
        " tree without a look at the form, and whose compiled XPath evaluates the expressions of the form of sixty"
        " questions and does nothing else; for the rest no Python library was found that does it. A ratio is the median"
        " of the ratios of the rounds.",
        table(("Work", "Median ms", "Least", "Most", "Times its peer"), rows),
    ]


def milliseconds(seconds: float) -> str:
    """Write a short time."""
    return f"{1000 * seconds:.3f}"


def _times(timed: Timed) -> str:
    return "–" if timed.ratio is None else f"{timed.ratio:.2f}"


if __name__ == "__main__":
    main()
