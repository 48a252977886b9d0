"""Touch a signed report, its manifest and its interviews bit by bit, line by line, answer by answer: what is found?

    .venv/bin/python -m benchmarks.byte_flips [--folder out/demo] [--every 499] [--all-bits] [--short]

Without --folder it makes a small demonstration of its own. Reports of every size carry a signature of the same form.
"""

import argparse
import os
import signal
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from benchmarks.edits import COVERED, SIGNATURE, AnswerEdit, Flip, LineEdit, answer_edit, flips_of, line_edits
from benchmarks.evidence import ROOT, Study, parser, publish, table, tell
from benchmarks.touched import (
    ALONE,
    BOUND,
    FIGURES,
    FILE,
    FOUND,
    HASH,
    INTERVIEW,
    PLACE,
    Issued,
    Tried,
    read_issued,
    try_answer,
    try_flip,
    try_line,
)
from evalsvc import files
from evalsvc.demonstration.server import COMMAND, own_settings

STUDY = Study(
    page="tampering",
    title="Touched reports, manifests and interviews",
    question=(
        "Is every touched bit of a signed report, line of a draw and answer of an interview found, and is it said"
        " where?"
    ),
    module="benchmarks.byte_flips",
    libraries=("pyhanko", "asn1crypto", "duckdb"),
)
OTHER_ANSWER, RENEWED = "one answer changed", "one answer changed, its hash in interviews.csv renewed"
RENEWED_EVERY = 3
LINE_MARKS = {
    ALONE: "by manifest and frame alone",
    PLACE: "names the line",
    BOUND: "names commitment or seed",
    HASH: "by the signed hash",
    FILE: "names the file",
}
ANSWER_MARKS = {
    INTERVIEW: "names the interview",
    FILE: "names interviews.csv",
    FIGURES: "a printed figure differs",
}
Edit = Flip | LineEdit | AnswerEdit


@dataclass(frozen=True)
class Amount:
    """How much is tried: every so-many-th byte, digit of the signature, line edit and interview."""

    bytes: int
    digits: int
    lines: int
    interviews: int
    all_bits: bool = False


SHORT = Amount(bytes=40_009, digits=100, lines=50, interviews=50)


def main() -> None:
    given = arguments()
    amount = SHORT if given.short else Amount(given.every, 1, 1, 1, given.all_bits)
    with tempfile.TemporaryDirectory(prefix="evalsvc-flips-") as folder:
        source = given.folder or small_demonstration(Path(folder))
        issued = read_issued((source / files.REPORT).read_bytes(), (source / files.BUNDLE).read_bytes(), Path(folder))
        tried = try_all(source, edits_of(issued, amount), given.workers)
    publish(STUDY, given, sections(issued, tried, amount))
    if any(FOUND not in each.marks for each in tried):
        raise SystemExit("something was touched and not found: the page names it")


def arguments() -> argparse.Namespace:
    given = parser(__doc__)
    given.add_argument("--folder", type=Path, help="a finished demonstration, else a small one is made")
    given.add_argument("--every", type=int, default=499, help="flip a bit of every so-many-th byte of the report")
    given.add_argument("--all-bits", action="store_true", help="every bit of the signature's digits, not one of each")
    given.add_argument("--workers", type=int, default=len(os.sched_getaffinity(0)))
    return given.parse_args()


def small_demonstration(folder: Path) -> Path:
    """Make a demonstration of a few villages."""
    print("making a small demonstration …", flush=True)
    out = folder / "demo"
    command = [*COMMAND, "demo", "--dir", str(out), "--scale", "small"]
    subprocess.run(command, cwd=ROOT, env=own_settings({}), stdout=subprocess.DEVNULL, check=True)
    return out


def edits_of(issued: Issued, amount: Amount) -> list[Edit]:
    """List everything that will be tried."""
    lines = list(line_edits(issued.content[files.MANIFEST].decode("utf-8")))
    interviews = sorted(name for name in issued.content if name.startswith(files.INTERVIEW_FOLDER))
    answers = [
        answer_edit(group, name, issued.content[name], number)
        for number, name in enumerate(interviews)
        for group in ((OTHER_ANSWER, RENEWED) if number % RENEWED_EVERY == 0 else (OTHER_ANSWER,))
    ]
    flips = flips_of(issued.pdf, amount.bytes, all_bits=amount.all_bits)
    covered = [flip for flip in flips if flip.group == COVERED]
    digits = [flip for flip in flips if flip.group == SIGNATURE]
    return [*covered, *digits[:: amount.digits], *_part(lines, amount.lines), *_part(answers, amount.interviews)]


def _part(edits: Iterable[LineEdit | AnswerEdit], every: int) -> Iterator[LineEdit | AnswerEdit]:
    """Take every so-many-th edit of each group, at least one."""
    counted: Counter[str] = Counter()
    for edit in edits:
        if counted[edit.group] % every == 0:
            yield edit
        counted[edit.group] += 1


def try_one(issued: Issued, edit: Edit) -> Tried:
    """Try one edit by the check that it is for."""
    if isinstance(edit, Flip):
        return try_flip(issued, edit)
    if isinstance(edit, LineEdit):
        return try_line(issued, edit)
    return try_answer(issued, edit, renewed=edit.group == RENEWED)


class Worker:
    """What a process of the pool keeps between edits."""

    issued: Issued


def _prepare(source: Path, folder: str) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer
    own = Path(folder, str(os.getpid()))
    own.mkdir()
    Worker.issued = read_issued((source / files.REPORT).read_bytes(), (source / files.BUNDLE).read_bytes(), own)


def _try(edit: Edit) -> Tried:
    return try_one(Worker.issued, edit)


def try_all(source: Path, edits: Sequence[Edit], workers: int) -> list[Tried]:
    """Try every edit, in several processes."""
    began, tried = time.monotonic(), list[Tried]()
    with tempfile.TemporaryDirectory(prefix="evalsvc-flips-") as folder:
        pool = ProcessPoolExecutor(workers, get_context("spawn"), _prepare, (source, folder))
        try:
            for done, found in enumerate(pool.map(_try, edits, chunksize=8), start=1):
                tried.append(found)
                tell(done, len(edits), began)
        finally:
            pool.shutdown(cancel_futures=True)
    return tried


def sections(issued: Issued, tried: Sequence[Tried], amount: Amount) -> list[str]:
    """Write the sections of the page."""
    groups = list(dict.fromkeys(each.group for each in tried))
    flips = [each for each in tried if each.group in (COVERED, SIGNATURE)]
    answers = [each for each in tried if each.group in (OTHER_ANSWER, RENEWED)]
    lines = [group for group in groups if ": " in group]
    digits = "each hexadecimal digit" if amount.digits == 1 else f"every {amount.digits}th hexadecimal digit"
    return [
        "## The whole",
        _whole(tried),
        "## Bits of the signed report",
        f"A report of {len(issued.pdf):,} bytes. One bit of every {amount.bytes}th byte that the signature covers, and"
        f" {'every bit' if amount.all_bits else 'one bit'} of {digits} of the signature itself that makes another digit"
        " of it. Only the signature is checked, by `reports.signing.check.check_signatures`.",
        _counts(flips, (COVERED, SIGNATURE), {problem: f"`{problem}`" for problem in _problems(flips)}),
        "## Lines of the manifest",
        "Of each line one value is changed (of the lines outside of lists every value), then the line is left out."
        " First only `evalsvc draw verify` looks, with the manifest and the frame and no hash of the manifest; then the"
        " file stands in the bundle. A design, a frame's hash or a secret that was changed is said at the commitment or"
        " the seed, which no longer follow from them.",
        _counts(tried, lines, LINE_MARKS),
        _unseen([each for each in tried if each.group in lines and ALONE not in each.marks]),
        "## Answers of interviews",
        "One answer of each interview of the bundle is changed, another one in each, and the whole is verified to the"
        " last figure. Whoever renews the hash in interviews.csv as well changes that file, which is named instead."
        " Many answers bear on no printed figure.",
        _counts(answers, (OTHER_ANSWER, RENEWED), ANSWER_MARKS),
    ]


def _whole(tried: Sequence[Tried]) -> str:
    missed = [each for each in tried if FOUND not in each.marks]
    words = f"{len(tried) - len(missed):,} of {len(tried):,} edits were found."
    return "\n".join([words, *(f"- **not found**: {each.group}, {each.what}" for each in missed)])


def _problems(flips: Iterable[Tried]) -> tuple[str, ...]:
    return tuple(sorted({mark for each in flips for mark in each.marks} - {FOUND}))


def _counts(tried: Sequence[Tried], groups: Sequence[str], marks: Mapping[str, str]) -> str:
    rows = []
    for group in groups:
        found = [each for each in tried if each.group == group]
        counts = Counter(mark for each in found for mark in each.marks)
        rows.append((group, len(found), counts[FOUND], *(counts[mark] for mark in marks)))
    return table(("What", "Edits", "Found", *marks.values()), rows)


def _unseen(tried: Sequence[Tried]) -> str:
    if not tried:
        return "Manifest and frame alone were enough for every line."
    lines = [f"- `{each.what}`" for each in tried]
    return "\n".join(
        ["Not to be seen from manifest and frame alone, because nothing in them follows from it:", "", *lines]
    )


if __name__ == "__main__":
    main()
