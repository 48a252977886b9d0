"""The way of one judgement through the service: refuse early, keep the evidence, then write it all in one commit."""

from evalsvc.cases.operations import admit, judge
from evalsvc.cases.values import LARGEST_EVIDENCE, Evidence, KeptEvidence
from evalsvc.errors import TooLargeError
from evalsvc.people.actor import Actor
from evalsvc.service import Service
from evalsvc.store import Store


def hand_in(
    service: Service,
    actor: Actor,
    evaluation_id: str,
    case_id: str,
    *,
    verdict: str,
    reason: str,
    evidence: Evidence | None = None,
) -> str:
    """Take one person's judgement and return the state that the case has with it; the file is on disk before.

    Raises
    ------
    EvalsvcError
        Whatever `admit`, `keep_evidence` and `judge` refuse.
    """
    with service.database.reading() as session:
        admit(session, actor, evaluation_id, case_id, verdict=verdict, reason=reason)
    kept = keep_evidence(service.store, evidence)
    with service.database.transaction() as session:
        return judge(session, actor, evaluation_id, case_id, verdict=verdict, reason=reason, evidence=kept)


def keep_evidence(store: Store, evidence: Evidence | None) -> KeptEvidence | None:
    """Put a judge's file into the store; only what lies there can be named by a transaction.

    Raises
    ------
    TooLargeError
        ``case.evidence_large``
    """
    if evidence is None:
        return None
    if len(evidence.data) > LARGEST_EVIDENCE:
        raise TooLargeError("case.evidence_large", limit=LARGEST_EVIDENCE)
    return KeptEvidence(evidence.name, store.put(evidence.data))
