"""Issue a report: composed from a set of results and its files, printed, signed, bundled, and kept."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from evalsvc import audit, files, jobs
from evalsvc.db import as_text, now
from evalsvc.draws import log
from evalsvc.draws.models import Draw
from evalsvc.draws.operations import append_to_log
from evalsvc.draws.queries import log_lines
from evalsvc.editions.bundle import readme, sha256, write_bundle
from evalsvc.editions.facts import About, Facts, Head, compose
from evalsvc.editions.material import material_of, read_sources, rows_in
from evalsvc.editions.models import Edition
from evalsvc.editions.printing import build_report, edition_bytes, sign_report
from evalsvc.editions.queries import record
from evalsvc.editions.values import GENERAL_REPORT, EditionRecord
from evalsvc.errors import ConflictError, ForbiddenError, InvalidError
from evalsvc.evaluations.queries import EvaluationRecord
from evalsvc.people.actor import LEAD, Actor
from evalsvc.people.models import Person
from evalsvc.results.overtaken import since
from evalsvc.results.queries import latest, result_by_id
from evalsvc.results.records import InterviewRow, read_records
from evalsvc.results.values import ResultRecord
from evalsvc.store import Store
from evalsvc.version import CODE_VERSION
from sampling.chain import ChainEntry, write_chain
from sampling.frame import open_frame

if TYPE_CHECKING:
    from reports.keys import Signer

JOB = "editions.issue"
LEAD_UNKNOWN = "（未注明）"


@dataclass(frozen=True)
class Prepared:
    """A finished report and its bundle, durable in the store, before any row names them."""

    head: Head
    result_set_id: str
    pdf_sha256: str
    bundle_sha256: str
    signer: str
    log_lines: int
    """Lines of the public log in the bundle."""


def issue(
    session: Session,
    store: Store,
    actor: Actor,
    evaluation: EvaluationRecord,
    signer: "Signer",
    *,
    result_id: str | None = None,
    kind: str = GENERAL_REPORT,
) -> EditionRecord:
    """Issue a report from the newest results, or from those that are named.

    Raises
    ------
    ForbiddenError
        ``edition.lead_only``
    NotFoundError
        ``results.unknown``
    ConflictError
        ``edition.no_results``, ``edition.draw_not_published``, ``edition.interviews_since``, ``edition.reviews_since``,
        ``edition.log_moved``
    InvalidError
        ``edition.refused``: the files of the results cannot be read any more.
    """
    require(actor)
    prepared = prepare(session, store, actor, evaluation, signer, result_id=result_id, kind=kind)
    return keep(session, actor, evaluation, prepared)


def prepare(
    session: Session,
    store: Store,
    actor: Actor,
    evaluation: EvaluationRecord,
    signer: "Signer",
    *,
    result_id: str | None = None,
    kind: str = GENERAL_REPORT,
) -> Prepared:
    """Compose, print, sign and bundle; needs no writing transaction."""
    found = _result(session, evaluation.id, result_id)
    _require_published(session, found)
    _require_own_version(found)
    _require_all_interviews(session, store, found)
    head = Head(
        number=(session.scalar(select(func.max(Edition.number)).where(Edition.evaluation_id == evaluation.id)) or 0)
        + 1,
        kind=kind,
        issued_at=as_text(now()),
        institute=evaluation.institute,
        lead=_lead(session, actor),
    )
    about = About(evaluation.code, evaluation.name, evaluation.client, evaluation.simulated)
    entered = log_lines(session)
    written = {
        files.LOG: write_chain(entered).encode("utf-8"),
        files.FIXED: _fixed(session, store, evaluation, found, entered),
        files.README: readme({"edition": vars(head), "evaluation": vars(about)}),
    }
    inputs = dict(sorted({**found.inputs, **{name: sha256(data) for name, data in written.items()}}.items()))
    edition = edition_bytes(_facts(store, found, head, about, inputs))
    pdf = sign_report(build_report(edition), signer, evaluation.institute)
    bundle = write_bundle(_content(store, found, {**written, files.EDITION: edition}))
    return Prepared(head, found.id, store.put(pdf), store.put(bundle), signer.subject, len(entered))


def _fixed(
    session: Session, store: Store, evaluation: EvaluationRecord, found: ResultRecord, entered: Sequence[ChainEntry]
) -> bytes:
    """Return every object that the log names as what this draw's fieldwork is carried out by, a line each."""
    subject = log.subject_of(evaluation.code, session.get_one(Draw, found.draw_id).number)
    own = [line for line in entered if (line.kind, line.subject) == (log.PLAN, subject)]
    return b"".join(store.get(line.sha256) + b"\n" for line in own)


def keep(session: Session, actor: Actor, evaluation: EvaluationRecord, prepared: Prepared) -> EditionRecord:
    """Write the row that names the report, and enter its hash in the public log.

    Raises
    ------
    ConflictError
        ``edition.log_moved``
    """
    audit.hold(session)
    _require_log_as_bundled(session, evaluation, prepared)
    row = Edition(
        evaluation_id=evaluation.id,
        number=prepared.head.number,
        kind=prepared.head.kind,
        result_set_id=prepared.result_set_id,
        pdf_sha256=prepared.pdf_sha256,
        bundle_sha256=prepared.bundle_sha256,
        issued_at=datetime.fromisoformat(prepared.head.issued_at),
        signer=prepared.signer,
    )
    session.add(row)
    session.flush()
    details = {"number": row.number, "pdf": row.pdf_sha256, "bundle": row.bundle_sha256, "signer": row.signer}
    audit.record(session, actor.identifier, "editions.issue", row.id, details)
    subject = log.subject_of_edition(evaluation.code, row.number)
    append_to_log(session, log.EDITION, subject, row.pdf_sha256, row.issued_at)
    return record(row)


def request(session: Session, actor: Actor, evaluation_id: str, result_id: str) -> str:
    """Wish for a report to be issued in the background; return the job's identifier.

    Raises
    ------
    ForbiddenError
        ``edition.lead_only``
    NotFoundError
        ``results.unknown``
    ConflictError
        ``edition.draw_not_published``
    """
    require(actor)
    found = result_by_id(session, evaluation_id, result_id)
    _require_published(session, found)
    arguments = {"result": found.id, "person": actor.person_id}
    return jobs.enqueue(session, actor, JOB, evaluation_id, arguments)


def _require_own_version(found: ResultRecord) -> None:
    """Let one version compute and print: whoever checks the report takes the one that it names."""
    if found.code_version != CODE_VERSION:
        raise ConflictError("edition.other_version", computed=found.code_version, now=CODE_VERSION)


def _require_published(session: Session, found: ResultRecord) -> None:
    """Refuse to print what nobody outside could verify: the manifest with its secret has to be open."""
    draw = session.get_one(Draw, found.draw_id)
    if draw.published_at is None:
        raise ConflictError("edition.draw_not_published", number=draw.number)


def _require_all_interviews(session: Session, store: Store, found: ResultRecord) -> None:
    """Refuse to print results that leave interviews out, or rejections: the public log would show it."""
    overtaken = since(session, store, found)
    if overtaken.received:
        raise ConflictError("edition.interviews_since", count=overtaken.received, listed=overtaken.listed)
    if overtaken.reviewed:
        raise ConflictError("edition.reviews_since", count=overtaken.reviewed)


def _require_log_as_bundled(session: Session, evaluation: EvaluationRecord, prepared: Prepared) -> None:
    """Refuse when something of this draw was entered since the bundle was made, which then lacks it."""
    found = result_by_id(session, evaluation.id, prepared.result_set_id)
    subject = log.subject_of(evaluation.code, session.get_one(Draw, found.draw_id).number)
    since = [line for line in log_lines(session, prepared.log_lines) if line.subject == subject]
    if since:
        raise ConflictError("edition.log_moved", subject=subject, kind=since[0].kind)


def require(actor: Actor) -> None:
    """Refuse everybody but the lead."""
    if not actor.has(LEAD):
        raise ForbiddenError("edition.lead_only")


def _result(session: Session, evaluation_id: str, result_id: str | None) -> ResultRecord:
    if result_id is not None:
        return result_by_id(session, evaluation_id, result_id)
    found = latest(session, evaluation_id)
    if found is None:
        raise ConflictError("edition.no_results")
    return found


def _lead(session: Session, actor: Actor) -> str:
    person = None if actor.person_id is None else session.get(Person, actor.person_id)
    return LEAD_UNKNOWN if person is None else person.name


def _facts(store: Store, found: ResultRecord, head: Head, about: About, inputs: Mapping[str, str]) -> Facts:
    frame = open_frame(store.path(found.inputs[files.FRAME]))
    needed = (files.MANIFEST, files.PACK, files.INTERVIEWS, files.FIELDWORK, files.CASES)
    read = read_sources({name: store.get(found.inputs[name]) for name in needed}, frame, {})
    if read.sources is None:
        raise InvalidError("edition.refused", read.complaints)
    rows = rows_in(store.get(found.results_sha256))
    return compose(head, about, material_of(read.sources, frame, rows, inputs, found.code_version))


def _content(store: Store, found: ResultRecord, written: Mapping[str, bytes]) -> Iterator[tuple[str, bytes]]:
    """Yield every file of the bundle; the interviews are those that interviews.csv names."""
    yield from written.items()
    for name, digest in found.inputs.items():
        yield name, store.get(digest)
    interviews, complaints = read_records(InterviewRow, store.get(found.inputs[files.INTERVIEWS]), files.INTERVIEWS)
    if complaints:
        raise InvalidError("edition.refused", complaints)
    for each in interviews:
        yield files.interview_name(each.instance_id), store.get(each.sha256)
