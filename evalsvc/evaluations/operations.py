"""What is done to evaluations. Operations flush and never commit."""

from sqlalchemy.orm import Session

from evalsvc import audit
from evalsvc.errors import ConflictError, InvalidError
from evalsvc.evaluations import queries
from evalsvc.evaluations.models import CODE, LONGEST_TEXT, Evaluation
from evalsvc.evaluations.packs import pack_bytes
from evalsvc.people.actor import Actor


def create_evaluation(
    session: Session,
    actor: Actor,
    *,
    code: str,
    name: str,
    client: str,
    institute: str,
    pack: str,
    simulated: bool = False,
) -> queries.EvaluationRecord:
    """Open a new evaluation under a code of its own and a rule pack that exists."""
    if not CODE.fullmatch(code):
        raise InvalidError("evaluation.code_form", evaluation=code)
    if queries.find_evaluation(session, code) is not None:
        raise ConflictError("evaluation.code_taken", evaluation=code)
    texts = {"name": name.strip(), "client": client.strip(), "institute": institute.strip()}
    for field, value in texts.items():
        if not 1 <= len(value) <= LONGEST_TEXT:
            raise InvalidError("evaluation.text_form", field=field, longest=LONGEST_TEXT)
    pack_bytes(pack)
    row = Evaluation(code=code, **texts, pack=pack, simulated=simulated)
    session.add(row)
    session.flush()
    audit.record(
        session, actor.identifier, "evaluation.create", row.id, {"code": code, "pack": pack, "simulated": simulated}
    )
    return queries.evaluation_by_code(session, code)
