"""The institute of the demonstration: its evaluation and its people. Names are invented and look invented."""

import os
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from evalsvc.demonstration.scenario import EVALUATION
from evalsvc.evaluations.operations import create_evaluation
from evalsvc.evaluations.packs import pack_names
from evalsvc.evaluations.queries import EvaluationRecord
from evalsvc.people import operations as people
from evalsvc.people.actor import (
    ADMINISTRATOR,
    AUDITOR,
    DESIGNER,
    ENUMERATOR,
    EXPERT,
    LEAD,
    REVIEWER,
    SUPERVISOR,
    SYSTEM,
    Actor,
)

PACK = next(name for name in pack_names() if name.startswith("shifan-jiading"))
TOKEN_DAYS = 30
INSTITUTE, TELEPHONE = "示范评估中心", "000-00000000"
"""What respondents are told; nobody can be called under this number."""
STAFF = (
    ("demo-admin", "示范管理员", ADMINISTRATOR),
    ("demo-lead", "示范负责人", LEAD),
    ("demo-designer", "示范抽样员", DESIGNER),
    ("demo-supervisor", "示范质控员", SUPERVISOR),
    ("demo-expert-1", "示范专家甲", EXPERT),
    ("demo-expert-2", "示范专家乙", EXPERT),
    ("demo-auditor", "示范审计员", AUDITOR),
    ("demo-reviewer", "示范审核员", REVIEWER),
)


@dataclass(frozen=True)
class Member:
    """One person of the staff, with what proves who it is."""

    sign_in_name: str
    name: str
    password: str
    actor: Actor
    api_token: str


@dataclass(frozen=True)
class Enumerator:
    """One enumerator, who has a phone; the first also signs in, so that the page of enumerators can be seen."""

    person_id: str
    sign_in_name: str
    name: str
    device_token: str
    password: str | None


@dataclass(frozen=True)
class Institute:
    """The evaluation and everybody who works on it."""

    evaluation: EvaluationRecord
    staff: tuple[Member, ...]
    enumerators: tuple[Enumerator, ...]

    def member(self, sign_in_name: str) -> Member:
        """Return the person of a sign-in name."""
        return next(member for member in self.staff if member.sign_in_name == sign_in_name)


def open_institute(session: Session, enumerators: int) -> Institute:
    """Open the evaluation and add its people, all in the caller's transaction."""
    evaluation = create_evaluation(
        session,
        SYSTEM,
        code=EVALUATION,
        name="福建四县退出评估（模拟数据）",
        client="示范委托单位",
        institute=INSTITUTE,
        pack=PACK,
        simulated=True,
    )
    staff = tuple(_add_member(session, evaluation, *given) for given in STAFF)
    return Institute(
        evaluation, staff, tuple(_add_enumerator(session, evaluation, place + 1) for place in range(enumerators))
    )


def _add_member(session: Session, evaluation: EvaluationRecord, sign_in_name: str, name: str, role: str) -> Member:
    password = people.first_password()
    person = people.add_person(session, SYSTEM, sign_in_name, name, password)
    people.grant_role(session, SYSTEM, person.id, role, None if role == ADMINISTRATOR else evaluation.id)
    token = people.make_token(session, SYSTEM, person.id, kind="api", label="示范", days=TOKEN_DAYS)
    return Member(sign_in_name, name, password, Actor(person.id, person.id, frozenset({role})), token.secret)


def _add_enumerator(session: Session, evaluation: EvaluationRecord, number: int) -> Enumerator:
    name = f"示范调查员{number:02d}"
    sign_in_name = f"demo-enumerator-{number:02d}"
    password = people.first_password() if number == 1 else None
    person = people.add_person(session, SYSTEM, sign_in_name, name, password)
    people.grant_role(session, SYSTEM, person.id, ENUMERATOR, evaluation.id)
    token = people.make_token(session, SYSTEM, person.id, kind="device", label="示范手机", days=TOKEN_DAYS)
    return Enumerator(person.id, sign_in_name, name, token.secret, password)


def write_accounts(institute: Institute, path: Path) -> None:
    """Write the ways in to a file that only its owner can read."""
    lines = ["# 示范账号（随机密码，仅本次演示有效） / accounts of this demonstration", ""]
    lines += [f"{member.sign_in_name}\t{member.password}\t{member.name}" for member in institute.staff]
    lines += [f"{each.sign_in_name}\t{each.password}\t{each.name}" for each in institute.enumerators if each.password]
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
