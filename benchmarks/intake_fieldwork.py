"""A fieldwork of many households and enumerators, and the request that a phone would send for each household."""

import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from sqlalchemy.orm import Session

from benchmarks.intake_client import Parcel
from benchmarks.intake_form import NAME, PHOTO, form_text, submission
from evalsvc import migrate
from evalsvc.config import Config
from evalsvc.draws import drawing
from evalsvc.draws import operations as draws
from evalsvc.evaluations.operations import create_evaluation
from evalsvc.evaluations.packs import pack_names
from evalsvc.evaluations.queries import EvaluationRecord
from evalsvc.fieldwork import operations as fieldwork
from evalsvc.fieldwork import preparing
from evalsvc.fieldwork.queries import assignments_of_draw
from evalsvc.fieldwork.values import AssignmentRecord
from evalsvc.frames.operations import import_frame, keep_frame
from evalsvc.frames.reading import check_files
from evalsvc.instruments import operations as instruments
from evalsvc.people import operations as people
from evalsvc.people.actor import SYSTEM
from evalsvc.service import Service, open_service
from forms.definition import FormDefinition, parse_definition

PHOTO_BYTES = 300_000
PHOTOGRAPH = os.urandom(PHOTO_BYTES)
"""What all photographs have in common behind their first bytes."""
LEVELS = (
    "[{name: village, id: village_code, columns: {village: text}},"
    " {name: household, id: household_id, columns: {household_class: text, registered: text, persons: integer}}]"
)
BOUNDARY = "intake-benchmark"
HEAD = (
    "POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nX-OpenRosa-Version: 1.0\r\n"
    f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\nContent-Length: {{length}}\r\n\r\n"
)


@dataclass(frozen=True)
class Prepared:
    """A fieldwork that has begun: where each enumerator sends, and which households are theirs."""

    evaluation_id: str
    definition: FormDefinition
    shares: Sequence[tuple[str, Sequence[str]]]
    """Of each enumerator: the path of submissions, and the households."""

    def parcels(self, *, photo: bool) -> list[list[Parcel]]:
        """Write each enumerator's requests."""
        return [[_parcel(self.definition, path, unit, photo=photo) for unit in units] for path, units in self.shares]


def prepare(config: Config, enumerators: int, households: int) -> Prepared:
    """Set a fieldwork up in a service's own data folder and database: so many households for each enumerator."""
    service = open_service(config)
    migrate.upgrade(service.database)
    # A database that is given may hold the evaluations of earlier rounds.
    code = f"intake-{uuid4().hex[:8]}"
    with service.database.transaction() as session:
        names = {"code": code, "name": "intake", "client": "-", "institute": "-", "pack": pack_names()[0]}
        evaluation = create_evaluation(session, SYSTEM, **names, simulated=True)
        rows, definition = _fieldwork(session, service, evaluation, enumerators, households)
        by_village: dict[str, list[str]] = {}
        for row in rows:
            by_village.setdefault(row.parent, []).append(row.unit_id)
        shares = [
            (_address(session, evaluation, village, f"{code}-{number}"), units)
            for number, (village, units) in enumerate(by_village.items())
        ]
    if len(shares) != enumerators:
        raise ValueError(f"{len(shares)} shares for {enumerators} enumerators")
    service.database.close()
    return Prepared(evaluation.id, definition, shares)


def _address(session: Session, evaluation: EvaluationRecord, village: str, name: str) -> str:
    """Give a village to an enumerator of its own, and return where that one sends."""
    person = people.add_person(session, SYSTEM, name, "示范调查员")
    people.grant_role(session, SYSTEM, person.id, "enumerator", evaluation.id)
    token = people.make_token(session, SYSTEM, person.id, kind="device", label="benchmark", days=1).secret
    fieldwork.assign_enumerator(session, SYSTEM, evaluation.id, {village}, person.id)
    return f"/v1/key/{token}/evaluations/{evaluation.code}/submission"


def _fieldwork(
    session: Session, service: Service, evaluation: EvaluationRecord, villages: int, households: int
) -> tuple[Sequence[AssignmentRecord], FormDefinition]:
    """Import a frame, draw every household of it, and make assignments with the form of sixty questions."""
    instrument = instruments.publish(
        session, SYSTEM, evaluation.id, instruments.keep_form(service.store, form_text(), NAME)
    )
    register = Register(LEVELS, _frame(villages, households))
    rows = every_household(session, service, evaluation, register, instrument.id)
    return rows, parse_definition(service.store.get(instrument.xform_sha256))


@dataclass(frozen=True)
class Register:
    """Households as a table: how its levels are told, and the table as CSV."""

    levels: str
    rows: str


def every_household(
    session: Session, service: Service, evaluation: EvaluationRecord, register: Register, instrument_id: str
) -> Sequence[AssignmentRecord]:
    """Import a register, draw every household of it, and make assignments with one form."""
    store, key = service.store, service.config.secret_key
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "households.csv"
        path.write_text(register.rows, encoding="utf-8")
        checked = check_files(path, f"levels: {register.levels}", Path(folder) / "frame.parquet")
        frame = import_frame(session, SYSTEM, evaluation.id, keep_frame(store, checked))
    design = _design(evaluation.code, register.levels)
    bound = draws.bind(session, store, SYSTEM, evaluation, frame_id=frame.id, design_text=design, secret_key=key)
    draws.enter(session, SYSTEM, evaluation, bound, "")
    taken = drawing.sample(session, store, SYSTEM, evaluation, number=1, public_value=None, secret_key=key)
    draw = drawing.keep(session, SYSTEM, evaluation, taken)
    fieldwork.assign_from_draw(session, store, SYSTEM, preparing.prepare(session, store, draw.id), instrument_id)
    return assignments_of_draw(session, draw.id)


def _frame(villages: int, households: int) -> str:
    lines = ["village_code,village,household_id,household_class,registered,persons"]
    for village in range(350125100000, 350125100000 + villages):
        lines += [f"{village},村{village},{village}-{number:06d},脱贫户,是,4" for number in range(households)]
    return "\n".join(lines) + "\n"


def _design(code: str, levels: str) -> str:
    return f"""
version: 1
evaluation: {code}
draw: 1
title: every household
frame: {{levels: {levels}}}
stages:
  - {{name: village, method: equal, take: all}}
  - {{name: household, strata: [household_class], method: equal, take: all}}
"""


def _parcel(definition: FormDefinition, path: str, unit_id: str, *, photo: bool) -> Parcel:
    """Write one request: the XML, and a photograph where one is asked for, as a phone sends them."""
    xml = submission(definition, unit_id, photo=photo)
    body = _part("xml_submission_file", "submission.xml", "text/xml", xml)
    if photo:
        body += _part(PHOTO, PHOTO, "image/jpeg", unit_id.encode())
        # The photograph goes on with the bytes that all have in common.
        body = body.removesuffix(b"\r\n")
    tail = b"\r\n" * photo + f"--{BOUNDARY}--\r\n".encode()
    length = len(body) + PHOTO_BYTES * photo + len(tail)
    return Parcel(HEAD.format(path=path, length=length).encode() + body, tail, photo)


def _part(name: str, file: str, kind: str, content: bytes) -> bytes:
    head = f'Content-Disposition: form-data; name="{name}"; filename="{file}"\r\nContent-Type: {kind}'
    return f"--{BOUNDARY}\r\n{head}\r\n\r\n".encode() + content + b"\r\n"
