"""Verify a signed report, and with its bundle everything behind it; no database, no network, no trust in the sender."""

import hashlib
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import duckdb
from asn1crypto.x509 import Certificate

from evalsvc import files
from evalsvc.editions.facts import Facts
from evalsvc.editions.material import read_manifest_file, read_sources
from evalsvc.errors import InvalidError
from evalsvc.results.assembly import Sources
from evalsvc.results.compute import Computed, compute_results
from evalsvc.results.records import CaseRow, InterviewRow, JudgementRow, read_records
from evalsvc.verification.archive import Limits, open_bundle
from evalsvc.verification.checked_in_r import checked_in_r_step
from evalsvc.verification.computation import (
    answers_step,
    facts_step,
    figures_of,
    figures_step,
    plan_step,
    recomposed,
    results_step,
)
from evalsvc.verification.course import head_course, interview_course, judgement_course
from evalsvc.verification.field_checks import CaseFiles, cases_step, fieldwork_step, interviews_step
from evalsvc.verification.files_and_draw import draw_step, files_step
from evalsvc.verification.logged import Logged, logged_step
from evalsvc.verification.outcome import STEPS, FigureCheck, Signature, Step, Verification, skipped, step_of
from evalsvc.verification.own_texts import own_texts
from evalsvc.verification.pages import pages_step
from evalsvc.verification.public_copy import Issued, compare_copies
from evalsvc.verification.public_log import log_step, read_log
from evalsvc.verification.signed import SignedFile, embedded_step, missing_roles, signature_step, signer_notes
from evalsvc.verification.stamped import stamp_step
from evalsvc.version import CODE_VERSION
from reports.signing.revisions import states_of
from sampling.chain import ChainEntry
from sampling.errors import Complaint, SamplingError, complain
from sampling.frame import Frame, open_frame

Progress = Callable[[str, int, int], None]
"""Told the name of the step that begins, how many are done and how many there are."""
INCONSISTENT = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError, duckdb.Error)
"""What files end with that fit their formats one by one and contradict each other."""


@dataclass
class _Course:
    """Gather steps in order and tell how far the check is."""

    progress: Progress
    taken: dict[str, Step] = field(default_factory=dict)
    under_way: str = STEPS[0]
    figures: tuple[FigureCheck, ...] = ()
    lines: Sequence[ChainEntry] | None = None
    """The log of the bundle, once it was read."""
    authorities: Sequence[Certificate] | None = None
    """Time-stamping authorities that are trusted; None where nobody named any."""

    def begin(self, name: str) -> None:
        self.under_way = name
        self.progress(name, len(self.taken), len(STEPS))

    def add(self, step: Step) -> None:
        """Note a step; what is found later in the same step joins what was found before."""
        known = self.taken.get(step.name)
        if known is not None:
            complaints = (*known.complaints, *step.complaints)
            notes = (*known.notes, *step.notes)
            joined = step_of(step.name, complaints, notes)
            left_out = known.left_out + step.left_out + joined.left_out
            step = replace(joined, counts={**known.counts, **step.counts}, left_out=left_out)
        self.taken[step.name] = step

    def add_copies(self, logs: Mapping[str, bytes], hashes: frozenset[str], facts: Mapping[str, Any]) -> None:
        """Compare the bundle's log with other copies of it; without a bundle they may still name the report."""
        if not logs and self.lines is None:
            return
        edition, evaluation = facts["edition"], facts["evaluation"]["code"]
        issued = Issued(hashes, evaluation, facts["draw"].get("number", 0), edition["number"], edition["issued_at"])
        self.add(compare_copies(logs, self.lines, issued))

    def steps(self) -> tuple[Step, ...]:
        return tuple(self.taken.get(name, skipped(name)) for name in STEPS)


@dataclass(frozen=True)
class ReadReport:
    """A report after the first two steps: who signed it, and what it carries inside."""

    steps: tuple[Step, ...]
    signatures: tuple[Signature, ...]
    signed: SignedFile
    sha256: str
    """Hash of the signed PDF, as the public log names it."""
    earlier: tuple[str, ...] = ()
    """Hashes of the file as it was before its last stamp or signature: one that was stamped anew is still the same."""


def verify(
    pdf: bytes,
    bundle: bytes | None = None,
    trust: bytes | None = None,
    *,
    logs: Mapping[str, bytes] | None = None,
    authorities: Sequence[Certificate] | None = None,
    limits: Limits | None = None,
    progress: Progress | None = None,
) -> Verification:
    """Check a signed report.

    Parameters
    ----------
    pdf, bundle : bytes
        The report, and the ZIP that was issued with it.
    trust : bytes, optional
        Certificates (PEM or DER); with them the signer must lead to one of them.
    logs : mapping of str to bytes, optional
        Copies of the public log, by name, that did not come with the bundle.
    authorities : sequence of Certificate, optional
        Time-stamping authorities; with them the commitment's time stamp must lead to one.
    """
    report = read_report(pdf, trust, progress=progress)
    return verify_against(report, bundle, logs=logs, authorities=authorities, limits=limits, progress=progress)


def read_report(pdf: bytes, trust: bytes | None = None, *, progress: Progress | None = None) -> ReadReport:
    """Check the signed file by itself."""
    course = _Course(progress or _silent)
    course.begin("signature")
    step, signatures = signature_step(pdf, trust)
    course.add(step)
    course.begin("embedded")
    step, signed = embedded_step(pdf)
    course.add(step)
    if signed.facts is not None:
        institute = signed.facts["edition"]["institute"]
        course.add(step_of("embedded", (), own_texts(signed.facts)))
        course.add(step_of("signature", missing_roles(signatures, signed.facts), signer_notes(signatures, institute)))
        course.begin("pages")
        course.add(pages_step(signed.pages, signed.edition, signed.facts, files.REPORT))
    earlier = tuple(hashlib.sha256(each).hexdigest() for each in states_of(pdf))
    return ReadReport(tuple(course.taken.values()), signatures, signed, hashlib.sha256(pdf).hexdigest(), earlier)


def verify_against(
    report: ReadReport,
    bundle: bytes | None,
    *,
    logs: Mapping[str, bytes] | None = None,
    authorities: Sequence[Certificate] | None = None,
    limits: Limits | None = None,
    progress: Progress | None = None,
) -> Verification:
    """Recompute everything behind a report that was read, from its bundle; without one nothing is recomputed."""
    course = _Course(progress or _silent, {step.name: step for step in report.steps}, authorities=authorities)
    facts = report.signed.facts
    if facts is not None:
        course.figures = figures_of(facts, None)
        if bundle is not None:
            _check_bundle(course, report.signed, facts, bundle, limits)
        course.add_copies(logs or {}, frozenset((report.sha256, *report.earlier)), facts)
    return Verification(course.steps(), report.signatures, course.figures, _about(facts), _places(facts))


def _silent(_name: str, _done: int, _all: int) -> None:
    """Tell nobody."""


def _about(facts: Mapping[str, Any] | None) -> dict[str, str]:
    if facts is None:
        return {}
    return {
        "evaluation": facts["evaluation"]["name"],
        "code": facts["evaluation"]["code"],
        "client": facts["evaluation"]["client"],
        "institute": facts["edition"]["institute"],
        "number": str(facts["edition"]["number"]),
        "issued_at": facts["edition"]["issued_at"],
        "lead": facts["edition"]["lead"],
        "pack": facts["pack"]["title"],
        "public_value": _public_value(facts["draw"]),
        "simulated": "1" if facts["evaluation"]["simulated"] else "",
        "code_version": facts["code_version"],
        "checked_with": CODE_VERSION,
    }


def _places(facts: Mapping[str, Any] | None) -> dict[str, str]:
    listed = [] if facts is None else [*facts["villages"], *facts["frame"]["counties"]]
    return {each["code"]: each["name"] for each in listed}


def _public_value(draw: Mapping[str, Any]) -> str:
    """Name the public value with its source; empty where the draw had none."""
    parts = (draw.get(name) for name in ("public_source", "public_round", "public_value"))
    return " ".join(str(part) for part in parts if part) if draw.get("public_value") else ""


def _check_bundle(
    course: _Course, signed: SignedFile, facts: dict[str, Any], data: bytes, limits: Limits | None
) -> None:
    course.begin("files")
    opened = open_bundle(data, limits)
    if opened.complaints:
        course.add(step_of("files", opened.complaints))
        return
    content = opened.content
    course.add(files_step(content, facts["inputs"], signed.edition))
    missing = [name for name in files.TABLES if name not in content]
    if missing:
        return
    with _frame_file(content[files.FRAME]) as path:
        try:
            _check_content(course, facts, content, path)
        except SamplingError as error:
            # Whatever the sampling floor refuses here is the bundle's fault: it is told at the step that was under way.
            _refuse(course, list(error.complaints) or [Complaint(error.code, files.BUNDLE, details=error.details)])
        except InvalidError as error:
            # The texts of the report have mistakes: the step of its pages has named each of them.
            _refuse(course, [Complaint(error.code, files.EDITION, details=error.details)])
        except INCONSISTENT as error:
            problem = f"{type(error).__name__}: {error}"[:200]
            _refuse(course, [complain("verification.inconsistent", file=files.BUNDLE, problem=problem)])


def _refuse(course: _Course, complaints: list[Complaint]) -> None:
    course.add(step_of(course.under_way, complaints))


@contextmanager
def _frame_file(data: bytes) -> Iterator[Path]:
    """Put the frame where the draw's engine reads it; it is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="evalsvc-verify-") as folder:
        path = Path(folder) / files.FRAME
        path.write_bytes(data)
        yield path


def _check_content(course: _Course, facts: dict[str, Any], content: Mapping[str, bytes], path: Path) -> None:
    course.begin("log")
    manifest, complaints = read_manifest_file(content[files.MANIFEST])
    if manifest is None:
        course.add(step_of("draw", complaints))
        return
    course.lines = lines = read_log(content[files.LOG]).entries
    course.add(log_step(content, manifest))
    course.add(stamp_step(manifest, course.authorities))
    course.begin("draw")
    course.add(draw_step(content, manifest, path))
    course.add(step_of("draw", head_course(facts["edition"], facts["evaluation"]["code"], manifest)))
    frame = open_frame(path)
    course.begin("interviews")
    rows, complaints = read_records(InterviewRow, content[files.INTERVIEWS], files.INTERVIEWS)
    reread = interviews_step(content, rows, facts["inputs"])
    course.add(reread.step)
    if complaints:
        course.add(step_of("interviews", complaints))
    issued_at = facts["edition"]["issued_at"]
    course.add(step_of("interviews", interview_course(rows, manifest, issued_at)))
    course.begin("logged")
    course.add(logged_step(lines, Logged(content, facts, manifest, rows, reread.forms)))
    course.begin("fieldwork")
    read = read_sources(content, frame, reread.answers)
    if read.sources is None:
        course.add(step_of("fieldwork", read.complaints))
        return
    course.add(fieldwork_step(read.sources.fieldwork, rows, manifest))
    _check_cases(course, content, read.sources, rows, issued_at)
    _check_figures(course, facts, content, read.sources, frame)


def _check_cases(
    course: _Course, content: Mapping[str, bytes], sources: Sources, interviews: list[InterviewRow], issued_at: str
) -> None:
    course.begin("cases")
    judgements, complaints = read_records(JudgementRow, content[files.JUDGEMENTS], files.JUDGEMENTS)
    cases: list[CaseRow] = list(sources.cases)
    tables = CaseFiles(cases, judgements, sources.fieldwork, sources.answers, sources.attributes, sources.pack)
    course.add(cases_step(tables))
    course.add(step_of("cases", judgement_course(judgements, cases, interviews, issued_at)))
    if complaints:
        course.add(step_of("cases", complaints))


def _check_figures(
    course: _Course, facts: dict[str, Any], content: Mapping[str, bytes], sources: Sources, frame: Frame
) -> None:
    course.begin("answers")
    computation = compute_results(sources, frame)
    if computation.computed is None:
        course.add(step_of("answers", computation.complaints))
        return
    computed = computation.computed
    course.add(answers_step(content[files.ANSWERS], computed.answers))
    course.begin("plan")
    course.add(plan_step(content[files.PLAN], computed.plan, content[files.PACK]))
    course.begin("results")
    course.add(results_step(content[files.RESULTS], facts, computed.results, computed.layout.county))
    course.begin("facts")
    right = recomposed(facts, sources, frame, computed)
    course.add(facts_step(facts, right))
    course.add(checked_in_r_step(content, _of_all(facts, right, sources, frame, computed), computed.plan_text))
    course.begin("figures")
    course.figures = figures_of(facts, right)
    course.add(figures_step(course.figures))


def _of_all(facts: dict[str, Any], right: Facts, sources: Sources, frame: Frame, computed: Computed) -> Facts:
    """Return the facts of all counties, of which the bundle's tables are made: one bundle serves every edition."""
    if not facts["edition"].get("scope"):
        return right
    return recomposed({**facts, "edition": {**facts["edition"], "scope": ""}}, sources, frame, computed)
