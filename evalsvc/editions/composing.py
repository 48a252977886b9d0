"""Compose reports from a set of results and its files: laid out with the fields of all who will sign, bundled, kept.

Composing takes seconds and needs no writing transaction (`Desk.prepare`); the transaction that keeps a report (`keep`)
makes sure that the bundle's copy of the public log still holds everything about the draw.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy.orm import Session

from evalsvc import audit, files
from evalsvc.db import as_text, from_text, now
from evalsvc.draws import log
from evalsvc.draws.models import Draw
from evalsvc.draws.queries import log_lines
from evalsvc.editions.bundle import hash_list, readme, sha256, write_bundle
from evalsvc.editions.conditions import (
    require_all_interviews,
    require_log_as_bundled,
    require_own_version,
    require_published,
)
from evalsvc.editions.facts import About, Corrects, Head, Material, compose
from evalsvc.editions.material import material_of, read_sources, rows_in
from evalsvc.editions.printing import Printed, edition_bytes, print_report
from evalsvc.editions.queries import edition_row, record
from evalsvc.editions.values import COMPOSED, WISHED, EditionRecord
from evalsvc.errors import ConflictError, InvalidError
from evalsvc.evaluations.queries import EvaluationRecord
from evalsvc.people.actor import Actor
from evalsvc.people.queries import names_of
from evalsvc.results.queries import result_by_id
from evalsvc.results.records import InterviewRow, read_records
from evalsvc.results.values import ResultRecord
from evalsvc.store import Store
from sampling.chain import ChainEntry, write_chain
from sampling.frame import open_frame

UNKNOWN = "（未注明）"
READ = (files.MANIFEST, files.PACK, files.INTERVIEWS, files.FIELDWORK, files.CASES, files.JUDGEMENTS)
"""What the facts of a report come from, beside the frame and the results."""


@dataclass(frozen=True)
class Prepared:
    """A composed report and its bundle, durable in the store, before any row names them."""

    composed_at: str
    layout_sha256: str
    pdf_sha256: str
    bundle_sha256: str
    data_sha256: str
    log_lines: int
    """Lines of the public log in the bundle."""


@dataclass(frozen=True)
class Desk:
    """What the reports of one set of results are composed from, read once for all of them; they share one bundle."""

    store: Store
    about: About
    material: Material
    """Its inputs name every file of the bundle with its hash."""
    bundle_sha256: str
    log_lines: int

    def prepare(self, head: Head, texts: Path | None = None) -> Prepared:
        """Compose one report and lay it out; `texts` is the institute's folder of its own texts.

        Raises
        ------
        InvalidError
            As `printing.edition_bytes`.
        """
        edition = self.edition(head, texts)
        return self.kept(edition, print_report(edition))

    def edition(self, head: Head, texts: Path | None = None) -> bytes:
        """Compose edition.json of one report. Raises as `printing.edition_bytes`."""
        return edition_bytes(compose(head, self.about, self.material), texts)

    def kept(self, edition: bytes, printed: Printed) -> Prepared:
        """Store a report that was laid out."""
        return Prepared(
            composed_at=json.loads(edition)["edition"]["issued_at"],
            layout_sha256=self.store.put(printed.layout),
            pdf_sha256=self.store.put(printed.placed),
            bundle_sha256=self.bundle_sha256,
            data_sha256=sha256(edition),
            log_lines=self.log_lines,
        )


def open_desk(session: Session, store: Store, evaluation: EvaluationRecord, result_set_id: str) -> Desk:
    """Read the files of a set of results and bundle them; needs no writing transaction.

    Raises
    ------
    ConflictError
        ``edition.draw_not_published``, ``edition.other_version``, ``edition.interviews_since``,
        ``edition.reviews_since``
    InvalidError
        ``edition.refused``: the files of the results cannot be read any more
    """
    from evalsvc.editions.for_r import for_r  # noqa: PLC0415 (reading a plan loads numpy)

    found = result_by_id(session, evaluation.id, result_set_id)
    require_published(session, found)
    require_own_version(found)
    require_all_interviews(session, store, found)
    about = About(evaluation.code, evaluation.name, evaluation.client, evaluation.simulated)
    entered, material = log_lines(session), _material(store, found)
    of_all = compose(Head(0, "", "", evaluation.institute, ""), about, material)
    written = {
        **for_r(of_all, store.get(found.inputs[files.PLAN])),
        files.LOG: write_chain(entered).encode("utf-8"),
        files.FIXED: _fixed(session, store, evaluation, found, entered),
        files.README: readme(about),
    }
    content = dict(_content(store, found, written))
    content[files.HASHES] = written[files.HASHES] = hash_list(content)
    inputs = dict(sorted({**found.inputs, **{name: sha256(data) for name, data in written.items()}}.items()))
    bundle = store.put(write_bundle(content.items()))
    return Desk(store, about, replace(material, inputs=inputs), bundle, len(entered))


def head_of_next(session: Session, evaluation: EvaluationRecord, edition: EditionRecord, address: str = "") -> Head:
    """Return what an edition says of itself when it is composed now; `address` is that of the service.

    Raises
    ------
    ConflictError
        ``edition.not_wished``: composed or closed already
    """
    if edition.state != WISHED:
        raise ConflictError("edition.not_wished", number=edition.number)
    names = names_of(session, [each for each in (edition.lead_id, edition.reviewer_id) if each])
    return Head(
        number=edition.number,
        kind=edition.kind,
        issued_at=as_text(now()),
        institute=evaluation.institute,
        lead=names.get(edition.lead_id or "", UNKNOWN),
        reviewer=names.get(edition.reviewer_id or "", UNKNOWN),
        corrects=_corrects(session, evaluation, edition),
        language=edition.language,
        scope=edition.scope,
        answer_by=edition.answer_by,
        address=address,
    )


def _corrects(session: Session, evaluation: EvaluationRecord, edition: EditionRecord) -> Corrects | None:
    if edition.corrects is None:
        return None
    corrected = edition_row(session, evaluation.id, edition.corrects)
    return Corrects(corrected.number, corrected.pdf_sha256, edition.changed)


def keep(
    session: Session, actor: Actor, evaluation: EvaluationRecord, number: int, prepared: Prepared
) -> EditionRecord:
    """Keep a composed report: from here on its lead and its reviewer can sign.

    Raises
    ------
    ConflictError
        ``edition.not_wished``, ``edition.log_moved``
    """
    audit.hold(session)
    row = edition_row(session, evaluation.id, number, lock=True)
    if row.state != WISHED:
        raise ConflictError("edition.not_wished", number=number)
    require_log_as_bundled(session, evaluation, row.result_set_id, prepared.log_lines)
    row.state, row.composed_at, row.log_lines = COMPOSED, from_text(prepared.composed_at), prepared.log_lines
    row.pdf_sha256, row.layout_sha256 = prepared.pdf_sha256, prepared.layout_sha256
    row.bundle_sha256, row.data_sha256 = prepared.bundle_sha256, prepared.data_sha256
    session.flush()
    details = {"number": row.number, "layout": row.layout_sha256, "bundle": row.bundle_sha256}
    audit.record(session, actor.identifier, "editions.compose", row.id, details)
    return record(row)


def _fixed(
    session: Session, store: Store, evaluation: EvaluationRecord, found: ResultRecord, entered: Sequence[ChainEntry]
) -> bytes:
    """Return every object that the log names as what this draw's fieldwork is carried out by, a line each."""
    subject = log.subject_of(evaluation.code, session.get_one(Draw, found.draw_id).number)
    own = [line for line in entered if (line.kind, line.subject) == (log.PLAN, subject)]
    return b"".join(store.get(line.sha256) + b"\n" for line in own)


def _material(store: Store, found: ResultRecord) -> Material:
    """Read the files of a set of results; what they and the bundle's other files hash to is added later."""
    frame = open_frame(store.path(found.inputs[files.FRAME]))
    read = read_sources({name: store.get(found.inputs[name]) for name in READ}, frame, {})
    if read.sources is None:
        raise InvalidError("edition.refused", read.complaints)
    rows = rows_in(store.get(found.results_sha256))
    return material_of(read.sources, frame, rows, {}, found.code_version)


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
