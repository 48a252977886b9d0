"""A fieldwork of many households, and the request that a phone would send for each of them."""

import random
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from sqlalchemy.orm import Session

from evalsvc import migrate
from evalsvc.config import Config
from evalsvc.demonstration.answers import answer
from evalsvc.demonstration.media import draw_photo, draw_signature
from evalsvc.demonstration.world import COMPLETED, Home
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
from evalsvc.zone import SHANGHAI
from forms.definition import FormDefinition, parse_definition
from forms.filling import fill

HOUSEHOLDS_A_VILLAGE = 20
LEVELS = (
    "[{name: village, id: village_code, columns: {village: text}},"
    " {name: household, id: household_id, columns: {household_class: text, registered: text, persons: integer}}]"
)
BOUNDARY = "intake-benchmark"
CONTENT_TYPE = f"multipart/form-data; boundary={BOUNDARY}"


@dataclass(frozen=True)
class Prepared:
    """Where submissions go, and one for each household."""

    path: str
    bodies: Sequence[bytes]


def prepare(config: Config, households: int) -> Prepared:
    """Set a fieldwork up in a service's own data folder and database, and fill one form for each household."""
    service = open_service(config)
    migrate.upgrade(service.database)
    # A database that is given may hold the evaluations of earlier rounds.
    code = f"intake-{uuid4().hex[:8]}"
    with service.database.transaction() as session:
        names = {"code": code, "name": "intake", "client": "-", "institute": "-", "pack": pack_names()[0]}
        evaluation = create_evaluation(session, SYSTEM, **names, simulated=True)
        person = people.add_person(session, SYSTEM, code, "示范调查员")
        people.grant_role(session, SYSTEM, person.id, "enumerator", evaluation.id)
        token = people.make_token(session, SYSTEM, person.id, kind="device", label="benchmark", days=1).secret
        rows, definition = _fieldwork(session, service, evaluation, households)
        fieldwork.assign_enumerator(session, SYSTEM, evaluation.id, {row.parent for row in rows}, person.id)
    service.database.close()
    bodies = [_body(definition, row.unit_id, row.stratum) for row in rows]
    return Prepared(f"/v1/key/{token}/evaluations/{code}/submission", bodies)


def _fieldwork(
    session: Session, service: Service, evaluation: EvaluationRecord, households: int
) -> tuple[Sequence[AssignmentRecord], FormDefinition]:
    """Import a frame, draw every household of it, and make assignments with the shipped form."""
    store, key = service.store, service.config.secret_key
    with tempfile.TemporaryDirectory() as folder:
        checked = check_files(
            _write_frame(Path(folder), households), f"levels: {LEVELS}", Path(folder) / "frame.parquet"
        )
        frame = import_frame(session, SYSTEM, evaluation.id, keep_frame(store, checked))
    design = _design(evaluation.code)
    bound = draws.bind(session, store, SYSTEM, evaluation, frame_id=frame.id, design_text=design, secret_key=key)
    draws.enter(session, SYSTEM, evaluation, bound, "")
    taken = drawing.sample(session, store, SYSTEM, evaluation, number=1, public_value=None, secret_key=key)
    draw = drawing.keep(session, SYSTEM, evaluation, taken)
    name, data = instruments.shipped_form()
    form = instruments.keep_form(store, data, name)
    instrument = instruments.publish(session, SYSTEM, evaluation.id, form)
    fieldwork.assign_from_draw(session, store, SYSTEM, preparing.prepare(session, store, draw.id), instrument.id)
    return assignments_of_draw(session, draw.id), parse_definition(store.get(instrument.xform_sha256))


def _write_frame(folder: Path, households: int) -> Path:
    lines = ["village_code,village,household_id,household_class,registered,persons"]
    for number in range(households):
        village = 350125101000 + number // HOUSEHOLDS_A_VILLAGE
        standing = ("脱贫户,是", "一般农户,否")[number % 2]
        lines.append(f"{village},村{village},{village}-{number:06d},{standing},4")
    path = folder / "households.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _design(code: str) -> str:
    return f"""
version: 1
evaluation: {code}
draw: 1
title: every household
frame: {{levels: {LEVELS}}}
stages:
  - {{name: household, strata: [household_class], method: equal, take: {{each: 1000000, by: []}}, when_short: take_all}}
"""


def _body(definition: FormDefinition, unit_id: str, household_class: str) -> bytes:
    """Write one request: the XML and two pictures, as a phone sends them."""
    home = Home(
        unit_id=unit_id,
        village_code=unit_id.partition("-")[0],
        household_class=household_class,
        registered=household_class == "脱贫户",
        persons=4,
        outcome=COMPLETED,
        wrong_exit=False,
        missed=False,
        wrong_entry=False,
        satisfied_team=True,
        satisfied_helper=True,
        recognises=True,
    )
    chance = random.Random(unit_id)
    answers = answer(home, datetime.now(SHANGHAI), "photo.png", "signature.png")
    parts = [
        ("xml_submission_file", "submission.xml", "text/xml", fill(definition, answers, instance_id=f"uuid:{unit_id}")),
        ("photo.png", "photo.png", "image/png", draw_photo(chance)),
        ("signature.png", "signature.png", "image/png", draw_signature(chance)),
    ]
    return b"".join(_part(*part) for part in parts) + f"--{BOUNDARY}--\r\n".encode()


def _part(name: str, file: str, kind: str, content: bytes) -> bytes:
    head = f'Content-Disposition: form-data; name="{name}"; filename="{file}"\r\nContent-Type: {kind}'
    return f"--{BOUNDARY}\r\n{head}\r\n\r\n".encode() + content + b"\r\n"
