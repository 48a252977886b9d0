"""A fieldwork as enumerators meet it on their phones: villages with positions, the shipped forms, a code to sign in."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import uuid4

from sqlalchemy.orm import Session

from benchmarks.intake_fieldwork import Register, every_household
from evalsvc import migrate
from evalsvc.config import Config
from evalsvc.evaluations.operations import create_evaluation
from evalsvc.evaluations.packs import pack_names
from evalsvc.evaluations.queries import EvaluationRecord
from evalsvc.fieldwork import operations as fieldwork
from evalsvc.instruments import operations as instruments
from evalsvc.people import operations as people
from evalsvc.people.actor import SYSTEM
from evalsvc.service import Service, open_service

LEVELS = (
    "[{name: village, id: village_code, columns: {village: text}},"
    " {name: household, id: household_id, columns: {household_class: text, registered: text, persons: integer,"
    " latitude: decimal(4), longitude: decimal(4)}}]"
)
LATITUDE, LONGITUDE = 26.5801, 118.9402
STEP = 0.0020
"""Degrees from one household to the next, some two hundred metres."""
FIRST_VILLAGE = 350125100200
BLANKS = {"institute": "示例机构", "telephone": "000-00000000"}
CLASSES = (("脱贫户", "是"), ("一般农户", "否"))


@dataclass(frozen=True)
class Enumerator:
    """Somebody with a phone: the server's address with the token, and the households."""

    person_id: str
    name: str
    address: str
    token: str
    units: Sequence[str]


@dataclass(frozen=True)
class PhoneWorld:
    """An evaluation whose fieldwork has begun."""

    evaluation_id: str
    code: str
    enumerators: Sequence[Enumerator]


def prepare_world(
    config: Config,
    *,
    enumerators: int = 2,
    households: int = 6,
    main_form: str = "household",
    other: Sequence[str] = (),
    days: int = 1,
) -> PhoneWorld:
    """Set the fieldwork up in a service's own folder and database: a village with so many households for each.

    `main_form` and `other` are names of shipped forms; the households are visited with the first.
    The enumerators' tokens end after so many days.
    """
    service = open_service(config)
    migrate.upgrade(service.database)
    code = f"phones-{uuid4().hex[:8]}"
    with service.database.transaction() as session:
        names = {"code": code, "name": "示例县入户评估", "client": "示例委托方", "institute": "示例机构"}
        evaluation = create_evaluation(session, SYSTEM, **names, pack=pack_names()[0], simulated=True)
        form = _publish(session, service, evaluation, main_form)
        for name in other:
            _publish(session, service, evaluation, name)
        rows = every_household(
            session, service, evaluation, Register(LEVELS, frame_text(enumerators, households)), form
        )
        units: dict[str, list[str]] = {}
        for row in rows:
            units.setdefault(row.parent, []).append(row.unit_id)
        found = [_enumerator(session, config, evaluation, village, days=days) for village in sorted(units.items())]
    service.database.close()
    return PhoneWorld(evaluation.id, code, found)


def frame_text(villages: int, households: int) -> str:
    """Write the register, as CSV: households of invented villages, each with its place."""
    lines = ["village_code,village,household_id,household_class,registered,persons,latitude,longitude"]
    for village in range(villages):
        for number in range(1, households + 1):
            household_class, registered = CLASSES[number % len(CLASSES)]
            place = f"{LATITUDE + STEP * number:.4f},{LONGITUDE + 10 * STEP * village:.4f}"
            unit = f"{FIRST_VILLAGE + village}-{number:04d}"
            lines.append(
                f"{FIRST_VILLAGE + village},示例村{village + 1},{unit},{household_class},{registered},4,{place}"
            )
    return "\n".join(lines) + "\n"


def _publish(session: Session, service: Service, evaluation: EvaluationRecord, name: str) -> str:
    file_name, data = instruments.shipped_form(name, BLANKS)
    kept = instruments.keep_form(service.store, data, file_name)
    return instruments.publish(session, SYSTEM, evaluation.id, kept).id


def _enumerator(
    session: Session, config: Config, evaluation: EvaluationRecord, share: tuple[str, Sequence[str]], *, days: int
) -> Enumerator:
    village, units = share
    name = f"示例调查员{village[-3:]}"
    person = people.add_person(session, SYSTEM, f"{evaluation.code}-{village}", name)
    people.grant_role(session, SYSTEM, person.id, "enumerator", evaluation.id)
    token = people.make_token(session, SYSTEM, person.id, kind="device", label="phone", days=days).secret
    fieldwork.assign_enumerator(session, SYSTEM, evaluation.id, {village}, person.id)
    address = f"{config.public_url}/v1/key/{token}/evaluations/{evaluation.code}"
    return Enumerator(person.id, name, address, token, tuple(units))
