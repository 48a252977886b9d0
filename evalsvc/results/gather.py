"""Read everything that results are made from out of the database and the store."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from evalsvc import files
from evalsvc.cases.queries import cases_of_draw, judgements_of_draw
from evalsvc.cases.values import OPEN
from evalsvc.db import as_text
from evalsvc.draws.queries import frame_of_draw, last_stage_units
from evalsvc.draws.values import DrawRecord
from evalsvc.errors import InvalidError
from evalsvc.evaluations.packs import pack_bytes
from evalsvc.evaluations.queries import EvaluationRecord
from evalsvc.evaluations.rule_pack import read_pack
from evalsvc.fieldwork.counting import Visit, counting_visits
from evalsvc.fieldwork.queries import assignments_of_draw, forms_of_draw
from evalsvc.fieldwork.values import AssignmentRecord
from evalsvc.instruments.definitions import form_of
from evalsvc.instruments.queries import files_of, instruments_of
from evalsvc.instruments.values import InstrumentRecord
from evalsvc.interviews.queries import interviews_of_draw
from evalsvc.interviews.values import InterviewRecord
from evalsvc.results.assembly import Sources
from evalsvc.results.records import (
    CaseRow,
    FieldworkRow,
    InterviewRow,
    JudgementRow,
    write_records,
)
from evalsvc.store import Store
from sampling.frame import Frame, open_frame
from sampling.hashing import canonical_json
from sampling.manifest import Manifest

OF_SERVICE = "interview."
"""Beginning of complaints that the service adds to those of the form's checks; an outsider cannot recompute them."""


@dataclass(frozen=True)
class Gathered:
    """Hold the sources, the frame, the tables as files, and the hashes of the files that lie in the store already."""

    sources: Sources
    frame: Frame
    tables: Mapping[str, bytes]
    kept: Mapping[str, str]


def gather(session: Session, store: Store, evaluation: EvaluationRecord, draw: DrawRecord) -> Gathered:
    """Read the sources of one draw's results: the interviews that the public log covers, and what hangs on them.

    Raises
    ------
    InvalidError
        ``pack.refused``
    """
    written = pack_bytes(evaluation.pack)
    pack, complaints = read_pack(written)
    if pack is None:
        raise InvalidError("pack.refused", complaints, pack=evaluation.pack)
    frame_sha256 = frame_of_draw(session, draw.id)
    interviews = interviews_of_draw(session, draw.id)
    listed = [interview_row(sequence, each) for sequence, each in enumerate(interviews, start=1)]
    known = {each.instance_id for each in interviews}
    # An outsider sees the interviews as they are listed: what counts is decided from the list, by the same function.
    counting = counting_visits(listed)
    fieldwork = [_fieldwork_row(each, counting.get(each.unit_id)) for each in assignments_of_draw(session, draw.id)]
    cases = [
        CaseRow(each.id, each.instance_id, each.unit_id, each.kind, each.persons, each.standard, each.state)
        for each in cases_of_draw(session, draw.id)
        if each.instance_id in known
    ]
    sources = Sources(
        manifest=Manifest.from_json(store.get(str(draw.manifest_sha256)).decode("utf-8"), files.MANIFEST),
        attributes={unit.unit_id: unit.attributes for unit in last_stage_units(session, draw.id)},
        fieldwork=fieldwork,
        answers={each.instance_id: each.answers for each in interviews},
        cases=cases,
        pack=pack,
        interviews=listed,
    )
    # Who may still judge must not read in a bundle what others have said.
    decided = {case.case_id for case in cases if case.state != OPEN}
    tables = {
        files.DESIGN: draw.design_text.encode("utf-8"),
        files.INTERVIEWS: write_records(InterviewRow, listed),
        files.FIELDWORK: write_records(FieldworkRow, fieldwork),
        files.CASES: write_records(CaseRow, cases),
        files.JUDGEMENTS: write_records(JudgementRow, _judgement_rows(session, draw.id, decided)),
        files.PACK: written,
    }
    instruments = _instruments(session, draw, interviews)
    looked_up = {name: _tables_of(session, store, each) for name, each in instruments.items()}
    delivered = {name: _files_of(session, each) for name, each in instruments.items()}
    if any(delivered.values()):
        tables[files.FORM_FILES] = canonical_json({name: each for name, each in delivered.items() if each})
    kept = {
        files.FRAME: frame_sha256,
        files.COMMITMENT: draw.commitment_sha256,
        files.MANIFEST: str(draw.manifest_sha256),
        **{name: each.xform_sha256 for name, each in instruments.items()},
        **{files.form_table_name(digest): digest for each in looked_up.values() for digest in each.values()},
    }
    return Gathered(sources, open_frame(store.path(frame_sha256)), tables, kept)


def _fieldwork_row(each: AssignmentRecord, visit: Visit | None) -> FieldworkRow:
    return FieldworkRow(
        unit_id=each.unit_id,
        parent=each.parent,
        stratum=each.stratum,
        sample_type=each.sample_type,
        opened=each.opened_at is not None,
        replaces=each.replaces or "",
        reason=each.reason or "",
        disposition="" if visit is None else visit.disposition,
        instance_id="" if visit is None else visit.instance_id,
    )


def interview_row(sequence: int, each: InterviewRecord) -> InterviewRow:
    """Write one interview as its line of interviews.csv."""
    return InterviewRow(
        instance_id=each.instance_id,
        unit_id=each.unit_id,
        form_id=each.form_id,
        version=each.version,
        sha256=each.sha256,
        received_at=as_text(each.received_at),
        disposition=each.disposition,
        complaints=sum(not str(complaint["code"]).startswith(OF_SERVICE) for complaint in each.complaints),
        sequence=sequence,
        replaces=each.replaces_instance_id,
        rejected=each.rejected_for,
    )


def _judgement_rows(session: Session, draw_id: str, decided: Container[str]) -> list[JudgementRow]:
    return [
        JudgementRow(
            case_id=each.case_id,
            judge=each.person_id,
            verdict=each.verdict,
            reason=each.reason,
            evidence_sha256=each.evidence_sha256 or "",
            judged_at=as_text(each.judged_at),
        )
        for each in judgements_of_draw(session, draw_id)
        if each.case_id in decided
    ]


def _instruments(
    session: Session, draw: DrawRecord, interviews: Sequence[InterviewRecord]
) -> dict[str, InstrumentRecord]:
    """Return the form versions given out and filled, by the name each has in a bundle."""
    used = {(each.form_id, each.version) for each in interviews}
    given_out = [each.instrument for each in forms_of_draw(session, draw.id)]
    forms = [
        each
        for each in instruments_of(session, draw.evaluation_id)
        if each in given_out or (each.form_id, each.version) in used
    ]
    forms.sort(key=lambda each: (each.published_at, each.form_id, each.version))
    return {files.instrument_name(place): each for place, each in enumerate(forms)}


def _files_of(session: Session, instrument: InstrumentRecord) -> dict[str, str]:
    """Return the hashes of the files that a form is delivered with, by name: the public log names them all."""
    return {each.name: each.sha256 for each in files_of(session, instrument.id)}


def _tables_of(session: Session, store: Store, instrument: InstrumentRecord) -> dict[str, str]:
    """Return those of its files that it looks values up in: its checks rest on them."""
    looked_up = form_of(session, store, instrument).tables
    return {name: digest for name, digest in _files_of(session, instrument).items() if name in looked_up}
