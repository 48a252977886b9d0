"""Take forms of public test suites in, one folder of a suite after the other: read, convert, compile, serve and check.

    .venv/bin/python -m benchmarks.form_acceptance FOLDER... [--short]

Every file below a folder is taken for a form, but those in its folder `tables`, which forms look values up in, and two
files: `SOURCE` names the repository and commit that the forms are of, `REFUSED` those that the suite's own tests want
refused (lines of path, tabulator, reason). Without folders the forms of the shipped library are taken.
"""

import argparse
import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.evidence import Study, parser, publish, table
from evalsvc.instruments.reading import converted, judged
from forms import FillingError, FormDefinition, check, fill, flatten, library, parse_instance
from forms.complaint import Complaint
from forms.openrosa import ListedForm, MediaFile, form_list, manifest

STUDY = Study(
    page="form-acceptance",
    title="Forms of public test suites",
    question="Which of the forms that public clients are tested with load here, are served, and are checked?",
    module="benchmarks.form_acceptance",
    libraries=("pyxform", "lxml"),
)
SOURCE, REFUSED, TABLES = "SOURCE", "REFUSED", "tables"
STAGES = ("read", "compiled", "served", "checked")
"""How far a form came: understood; without an error; listed with its files; filled, read and judged."""
GENERAL = (
    "workbook.other", "workbook.unreadable", "workbook.damaged", "workbook.parameters", "workbook.range",
    "workbook.entity", "workbook.header_missing", "workbook.column_missing",
)  # fmt: skip
"""Codes that pass on what pyxform or a reader says."""
FAULTS = ("Suite", "Refused", "In sentences of our own", "Each in its cell", "On their sheets", "About the file")
NEEDS_FILE = "check.data_missing"
NOW = datetime(2026, 3, 2, 2, 30, tzinfo=UTC)
URL = "https://forms.test/"


@dataclass(frozen=True)
class Outcome:
    """How far a form came, the code that stopped it, and what its own preset answers were told."""

    file: str
    stage: str
    reason: str = ""
    told: tuple[str, ...] = ()
    place: str = ""
    """How exactly the faults of a workbook are told: each in its cell, on its sheet, or about the file."""


@dataclass(frozen=True)
class Suite:
    """The forms of one folder: where they are of, how far each came, and which the suite wants refused."""

    name: str
    source: str
    outcomes: tuple[Outcome, ...]
    wanted: Mapping[str, str]


def main() -> None:
    given = arguments()
    suites = [suite_of(folder) for folder in given.folders] or [shipped()]
    publish(STUDY, given, sections(suites))


def arguments() -> argparse.Namespace:
    given = parser(__doc__)
    given.add_argument("folders", nargs="*", type=Path)
    return given.parse_args()


def suite_of(folder: Path) -> Suite:
    """Take all forms of a folder in."""
    tables = {path.name: path.read_bytes() for path in (folder / TABLES).glob("*")}
    files = (path for path in sorted(folder.rglob("*")) if path.is_file() and path.name not in (SOURCE, REFUSED))
    named = [(path.relative_to(folder), path) for path in files]
    outcomes = tuple(outcome(str(name), path.read_bytes(), tables) for name, path in named if name.parts[0] != TABLES)
    return Suite(folder.name, _text(folder / SOURCE), outcomes, dict(_pairs(_text(folder / REFUSED))))


def shipped() -> Suite:
    """Take the forms of the shipped library in."""
    outcomes = tuple(outcome(f"{name}.md", library.text_of(name), {}) for name in library.names())
    return Suite("library", "the forms that come with evalsvc", outcomes, {})


def _text(path: Path) -> str:
    return path.read_text("utf-8").strip() if path.is_file() else ""


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        path, _, reason = line.partition("\t")
        yield path, reason


def outcome(file: str, data: bytes, tables: Mapping[str, bytes]) -> Outcome:
    """Take one form as far as it comes."""
    form = converted(data, Path(file).name)
    if form.definition is None:
        errors = [each for each in form.complaints if each.severity == "error"]
        return Outcome(file, "refused", errors[0].code, place=place_of(errors))
    reading = judged(
        form, {a.filename: tables[a.filename] for a in form.definition.attachments if a.filename in tables}
    )
    if reading.errors:
        return Outcome(file, "read", reading.errors[0].code)
    try:
        serve(form.definition)
    except ValueError:
        return Outcome(file, "compiled", "form.file_name")
    return checked(file, form.definition, reading.files)


def place_of(errors: Sequence[Complaint]) -> str:
    """Say how exactly faults are told: the least of what is known of each."""
    if all(each.sheet and each.row and each.column for each in errors):
        return "cell"
    return "sheet" if all(each.sheet for each in errors) else "file"


def serve(definition: FormDefinition) -> None:
    """Write what a device asks for: the list that names the form, and the manifest of its files."""
    digest = hashlib.md5(definition.xform, usedforsecurity=False).hexdigest()
    form_list([ListedForm(definition.form_id, definition.title, definition.version, f"md5:{digest}", URL)])
    manifest(MediaFile(each.filename, f"md5:{digest}", URL) for each in definition.attachments)


def checked(file: str, definition: FormDefinition, tables: Mapping[str, bytes]) -> Outcome:
    """Fill the form with nothing but its presets, read the submission back and check it."""
    try:
        submission = fill(definition, {}, instance_id="uuid:0", now=NOW, data=tables)
    except FillingError as problem:
        return Outcome(file, "served", problem.code)
    instance = parse_instance(submission)
    complaints = check(definition, instance, NOW, tables)
    flatten(definition, instance)
    return Outcome(file, "checked", told=tuple(each.code for each in complaints))


def sections(suites: Iterable[Suite]) -> list[str]:
    """Put the tables of the page together."""
    taken = list(suites)
    return [
        "## Sources\n\n" + table(("Suite", "Forms", "Of"), [(s.name, len(s.outcomes), s.source or "–") for s in taken]),
        "## How far the forms came\n\nRead: understood as a form. Compiled: no error stands against it. Served: listed,"
        " with a manifest of its files. Checked: filled with its presets, read back, judged and flattened.\n\n"
        + table(("Suite", "Forms", *map(str.capitalize, STAGES), "Not further"), [row(s) for s in taken]),
        "## What stopped the others\n\nA suite holds forms that are wrong on purpose; those that its own tests want"
        " refused, or that lack a file that the suite does not hold, are told apart.\n\n"
        + table(("Suite", "Reason", "Wanted by the suite", "A file is missing", "Else"), reasons(taken)),
        "## Those that stopped else\n\n" + table(("Suite", "Form", "Stage", "Reason"), others(taken)),
        "## How the faults of workbooks are told\n\nForms that the conversion refused; what pyxform says is told in"
        " sentences of our own where there is one for it, and every fault at once.\n\n"
        + table(FAULTS, [row_of_faults(s) for s in taken]),
        "## What the presets were told\n\nComplaints about submissions that hold the form's own presets alone.\n\n"
        + table(("Complaint", "Forms"), told(taken)),
    ]


def row_of_faults(suite: Suite) -> tuple[str | int, ...]:
    """Count how exactly the faults of a suite's refused forms are told."""
    refused = [each for each in suite.outcomes if each.stage == "refused"]
    places = Counter(each.place for each in refused)
    own = sum(each.reason not in GENERAL for each in refused)
    return suite.name, len(refused), own, *(places[place] for place in ("cell", "sheet", "file"))


def told(suites: Iterable[Suite]) -> list[tuple[str, int]]:
    """Count the forms whose presets were told something, by what."""
    return Counter(code for s in suites for each in s.outcomes for code in set(each.told)).most_common()


def row(suite: Suite) -> tuple[str | int, ...]:
    """Count how many forms of a suite came at least so far."""
    reached = [STAGES.index(each.stage) if each.stage in STAGES else -1 for each in suite.outcomes]
    counts = [sum(stage >= least for stage in reached) for least in range(len(STAGES))]
    return suite.name, len(reached), *counts, len(reached) - counts[-1]


def reasons(suites: Iterable[Suite]) -> list[tuple[str | int, ...]]:
    """Count the reasons of the forms that did not come to the end."""
    counted: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    for suite, each in stopped(suites):
        kind = 0 if each.file in suite.wanted else 1 if each.reason == NEEDS_FILE else 2
        counted[suite.name, each.reason][kind] += 1
    return [(*key, *counts) for key, counts in sorted(counted.items())]


def others(suites: Iterable[Suite]) -> list[tuple[str | int, ...]]:
    """List the forms that stopped though their suite does not want it."""
    left = ((s, o) for s, o in stopped(suites) if o.file not in s.wanted and o.reason != NEEDS_FILE)
    return [(suite.name, each.file, each.stage, each.reason) for suite, each in left] or [("none", "", "", "")]


def stopped(suites: Iterable[Suite]) -> Iterator[tuple[Suite, Outcome]]:
    """Give the forms that did not come to the end."""
    for suite in suites:
        for each in suite.outcomes:
            if each.stage != STAGES[-1]:
                yield suite, each


if __name__ == "__main__":
    main()
