"""Try what was touched: does a check find it, and does it say where?"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.edits import AnswerEdit, Flip, LineEdit
from evalsvc import files
from evalsvc.editions.bundle import sha256, write_bundle
from evalsvc.verification.archive import open_bundle
from evalsvc.verification.files_and_draw import files_step
from evalsvc.verification.outcome import FAILED, Step
from evalsvc.verification.run import ReadReport, read_report, verify_against
from reports.signing.check import check_signatures
from sampling.errors import Complaint, SamplingError
from sampling.manifest import Manifest
from sampling.verify import verify_draw

ALONE, PLACE, BOUND, FILE = "alone", "place", "bound", "file"
BINDING = ("commitment", "seed")
"""Places at which a change is said that the commitment binds: design, frame hashes, secret."""
HASH, INTERVIEW, FIGURES, FOUND = "hash", "interview", "figures differ", "found"
"""What can be seen of one attempt; the page says what each means."""


@dataclass(frozen=True)
class Issued:
    """A signed report with everything that was issued with it."""

    pdf: bytes
    content: Mapping[str, bytes]
    frame: Path
    report: ReadReport
    """What the report's own steps said; no change of the bundle touches it."""


@dataclass(frozen=True)
class Tried:
    """One attempt: what of it was seen, and the words for those that nobody found."""

    group: str
    marks: frozenset[str]
    what: str


def read_issued(pdf: bytes, bundle: bytes, folder: Path) -> Issued:
    """Read a report and its bundle; the frame is put into the folder, where the draw's engine reads it.

    Raises
    ------
    ValueError
        When they do not hold as they are: then nothing could be learnt from touching them.
    """
    report, content = read_report(pdf), open_bundle(bundle).content
    untouched = verify_against(report, bundle)
    if not untouched.holds:
        failed = [step.name for step in untouched.steps if step.state == FAILED]
        raise ValueError(f"report and bundle do not hold before anything was touched: {', '.join(failed)}")
    frame = folder / files.FRAME
    frame.write_bytes(content[files.FRAME])
    return Issued(pdf, content, frame, report)


def try_flip(issued: Issued, flip: Flip) -> Tried:
    """Check the signature of a report with one bit flipped."""
    found = check_signatures(flip.apply(issued.pdf))
    problems = {found.problem, *(each.problem for each in found.signatures)} - {None}
    marks = {str(problem) for problem in problems} | ({FOUND} if not found.holds else set())
    return Tried(flip.group, frozenset(marks), f"byte {flip.place}, bit {flip.bit}")


def try_line(issued: Issued, edit: LineEdit) -> Tried:
    """Check a manifest with one line changed: by itself with the frame, then as a file of the bundle."""
    data = edit.apply(issued.content[files.MANIFEST].decode("utf-8").split("\n"))
    marks = _alone(issued.frame, data, edit)
    content = {**issued.content, files.MANIFEST: data}
    facts = issued.report.signed.facts
    inputs = {} if facts is None else facts["inputs"]
    step = files_step(content, inputs, issued.report.signed.edition)
    marks |= {HASH} if step.state == FAILED else set()
    marks |= {FILE} if any(each.details.get("file") == files.MANIFEST for each in step.complaints) else set()
    marks |= {FOUND} if HASH in marks else set()
    return Tried(edit.group, frozenset(marks), f"line {edit.number + 1}: {(edit.text or 'left out').strip()[:160]}")


def _alone(frame: Path, data: bytes, edit: LineEdit) -> set[str]:
    """Repeat the draw from the manifest and the frame, without any hash of the manifest."""
    try:
        findings = verify_draw(Manifest.from_json(data.decode("utf-8"), files.MANIFEST), frame)
    except SamplingError as error:
        complaints = list(error.complaints) or [Complaint(error.code, details=error.details)]
        said = [f"{each.column} {dict(each.details)}" for each in complaints]
        # Where a bracket is missing, a reader stumbles over the line after it.
        near = any(each.row is not None and abs(each.row - edit.number - 1) <= 1 for each in complaints)
    else:
        said, near = [each.place for each in findings if not each.ok], False
    named = near or any(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", words) for name in edit.names for words in said)
    bound = any(words.startswith(BINDING) for words in said)
    return ({ALONE} if said else set()) | ({PLACE} if named else set()) | ({BOUND} if bound else set())


def try_answer(issued: Issued, edit: AnswerEdit, *, renewed: bool) -> Tried:
    """Check a bundle with one answer changed to the last figure; its hash in interviews.csv may be renewed with it."""
    content = {**issued.content, edit.file: edit.content}
    if renewed:
        old, new = (sha256(each).encode() for each in (issued.content[edit.file], edit.content))
        content[files.INTERVIEWS] = content[files.INTERVIEWS].replace(old, new)
    outcome = verify_against(issued.report, write_bundle(content.items()))
    failed = [step for step in outcome.steps if step.state == FAILED]
    marks = {step.name for step in failed} | ({FOUND} if not outcome.holds else set())
    marks |= {INTERVIEW} if _says(failed, edit.file) else set()
    marks |= {FILE} if _says(failed, files.INTERVIEWS) else set()
    marks |= {FIGURES} if any(not figure.equal for figure in outcome.figures) else set()
    return Tried(edit.group, frozenset(marks), f"{edit.file}: {edit.question}")


def _says(steps: list[Step], words: str) -> bool:
    return any(words in str(value) for step in steps for each in step.complaints for value in each.details.values())
