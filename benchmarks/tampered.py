"""Tamper with an issued report in every way that we know: is it found, with the sentence that fits, and who else sees?

    .venv/bin/python -m benchmarks.tampered [--folder out/demo] [--short]

Without --folder it makes a small demonstration. Beside our check stand Poppler's `pdfsig` and `qpdf --check`.
"""

import argparse
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.byte_flips import small_demonstration
from benchmarks.evidence import ROOT, Study, parser, publish, table
from benchmarks.tampered_bundle import tampered_bundles
from benchmarks.tampered_files import tampered_files
from benchmarks.tampered_kinds import Material, Tampering, material
from benchmarks.tampered_signatures import good_signatures, tampered_signatures
from evalsvc import files
from evalsvc.demonstration.server import COMMAND, own_settings
from evalsvc.verification.outcome import Verification
from evalsvc.verification.run import read_report, verify_against
from evalsvc.words import sentence
from sampling.errors import Complaint
from tests.revocation_service import running_revocation

STUDY = Study(
    page="tampered-kinds",
    title="Kinds of tampering, and who finds them",
    question=(
        "Is every kind of tampering found, with the sentence that says what happened and where, and is nothing said of"
        " good files? Beside it, what Poppler's pdfsig and qpdf --check say of the same PDF."
    ),
    module="benchmarks.tampered",
    libraries=("pyhanko", "cryptography", "weasyprint"),
)
BY_PROGRAM = 12
"""Every so-many-th kind is shown to the program itself, with its exit code."""
LANGUAGES = ("zh", "en")
BUNDLE_ALONE = "–"
"""What stands for other programs where the PDF is as it was issued."""


@dataclass(frozen=True)
class Found:
    """What was said of one file."""

    kind: Tampering
    codes: tuple[str, ...]
    sentence: str
    place: int
    """Of the right sentence among all of them, from 1; 0 where it was not said or does not say where."""
    pdfsig: str
    qpdf: str
    exits: str = BUNDLE_ALONE
    """The exit code of the program, where it was run."""


def main() -> None:
    given = arguments()
    with tempfile.TemporaryDirectory(prefix="evalsvc-tampered-") as name, running_revocation() as service:
        folder = Path(name)
        source = given.folder or small_demonstration(folder)
        made = material(*((source / each).read_bytes() for each in (files.REPORT, files.BUNDLE, files.LOG)))
        kinds = [*tampered_files(made), *tampered_bundles(made), *tampered_signatures(made, service)]
        every = len(kinds) if given.short else BY_PROGRAM
        found = list(judged(made, kinds, folder, every))
        issued = Tampering("as issued", "", "", made.pdf, made.bundle, logs={"public-log.jsonl": made.log})
        good = list(judged(made, [issued, *good_signatures(made, service)], folder, len(kinds)))
    publish(STUDY, given, sections(found, good))
    if missed(found) or any(each.codes for each in good):
        raise SystemExit("a kind was not found, or a good file was: the page names it")


def arguments() -> argparse.Namespace:
    given = parser(__doc__)
    given.add_argument("--folder", type=Path, help="a finished demonstration, else a small one is made")
    return given.parse_args()


def judged(made: Material, kinds: Sequence[Tampering], folder: Path, every: int) -> Iterator[Found]:
    """Check each file, and every so-many-th by the program itself too."""
    for number, kind in enumerate(kinds):
        found = judge(made, kind, folder)
        exits = by_program(kind, folder) if number % every == 0 else BUNDLE_ALONE
        yield Found(found.kind, found.codes, found.sentence, found.place, found.pdfsig, found.qpdf, exits)


def judge(made: Material, kind: Tampering, folder: Path) -> Found:
    """Check one file as `evalsvc verify` does, and ask the two other programs."""
    untouched = kind.pdf == made.pdf and kind.trust is None
    report = made.report if untouched else read_report(kind.pdf, kind.trust)
    outcome = verify_against(report, kind.bundle, logs=kind.logs)
    said = complaints(outcome)
    place = next((at for at, each in enumerate(said, start=1) if _fits(each, kind)), 0)
    words = sentence(kind.code, said[place - 1].details, "en") if place else ""
    others = (BUNDLE_ALONE, BUNDLE_ALONE) if untouched and kind.code else _others(kind.pdf, folder)
    return Found(kind, tuple(each.code for each in said), words, place, *others)


def complaints(outcome: Verification) -> list[Complaint]:
    """Return everything that was complained of, in the order in which it is told."""
    return [each for step in outcome.steps for each in step.complaints]


def _fits(said: Complaint, kind: Tampering) -> bool:
    """Tell whether a complaint is the right one, and says where in both languages."""
    told = [sentence(said.code, said.details, language) for language in LANGUAGES]
    return said.code == kind.code and all(where in words for words in told for where in kind.where)


def _others(pdf: bytes, folder: Path) -> tuple[str, str]:
    file = folder / "tried.pdf"
    file.write_bytes(pdf)
    signed = _run(["pdfsig", "-nocert", str(file)])
    # Of a stamp over the whole file Poppler gives no verdict; only what it calls a signature with one counts.
    valid, total = signed.stdout.count("Signature is Valid."), signed.stdout.count("Signature Validation:")
    whole = signed.stdout.count("Total document signed")
    sees = (
        "nothing"
        if total and valid >= total and whole
        else f"{valid} of {total} valid" + ("" if whole else ", not whole")
    )
    return sees, "nothing" if _run(["qpdf", "--check", str(file)]).returncode == 0 else "found"


def by_program(kind: Tampering, folder: Path) -> str:
    """Run the program on the files of one kind and return its exit code."""
    given = {"report.pdf": kind.pdf, "bundle.zip": kind.bundle, "trust.pem": kind.trust}
    paths = {name: folder / name for name, data in given.items() if data is not None}
    for name, path in paths.items():
        path.write_bytes(given[name] or b"")
    command = [*COMMAND, "verify", str(paths["report.pdf"]), "--brief"]
    for option, name in (("--bundle", "bundle.zip"), ("--trust", "trust.pem")):
        command += [option, str(paths[name])] if name in paths else []
    for name, data in kind.logs.items():
        (folder / name).write_bytes(data)
        command += ["--log", str(folder / name)]
    return str(_run(command).returncode)


def _run(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=ROOT, env=own_settings({}), capture_output=True, text=True, errors="replace", check=False
    )


def missed(found: Iterable[Found]) -> list[Found]:
    """Return the kinds of which the right sentence was not said, or at which the program ended well."""
    return [each for each in found if each.place == 0 or each.exits == "0"]


def sections(found: Sequence[Found], good: Sequence[Found]) -> list[str]:
    """Write the sections of the page."""
    lost = missed(found)
    first = sum(each.place == 1 for each in found)
    words = (
        f"{len(found) - len(lost)} of {len(found)} kinds were found with the sentence that fits; for {first} it is the"
        " first that is told. `pdfsig` checks bytes and signatures, `qpdf` the form of a file; neither knows the data."
    )
    header = ("Kind", "What was done", "Code", "Sentence", "At place", "All told", "Exit", "pdfsig", "qpdf")
    return [
        "\n".join([words, *map(_lost, lost)]),
        "## Tampered files",
        table(header, (_row(each) for each in found)),
        "## Good files",
        table(("File", "evalsvc", "Exit", "pdfsig", "qpdf"),
              map(_good_row, good)),
    ]  # fmt: skip


def _good_row(each: Found) -> tuple[object, ...]:
    return (each.kind.name, ", ".join(each.codes) or "nothing", each.exits, each.pdfsig, each.qpdf)


def _lost(each: Found) -> str:
    return f"- **not found**: {each.kind.name}; said: {', '.join(each.codes[:5]) or 'nothing'}"


SHORTEN: Callable[[str], str] = lambda words: words if len(words) <= 110 else f"{words[:109]}…"  # noqa: E731


def _row(each: Found) -> tuple[object, ...]:
    words = SHORTEN(each.sentence.replace("\n", " "))
    kind = each.kind
    return (
        kind.name,
        kind.done,
        f"`{kind.code}`",
        words,
        each.place,
        len(each.codes),
        each.exits,
        each.pdfsig,
        each.qpdf,
    )


if __name__ == "__main__":
    main()
