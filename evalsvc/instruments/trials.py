"""Trials of a draft on phones: one token for each draft, and what came by it, which never counts.

What was sent is kept beside the draft alone, without its files, and goes when the draft is changed or published.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from evalsvc import audit
from evalsvc.db import now
from evalsvc.errors import NotFoundError
from evalsvc.instruments.models import DraftKey, DraftTrial, InstrumentDraft
from evalsvc.people.actor import Actor
from evalsvc.people.models import Token
from evalsvc.people.operations import DRAFT, LONGEST_NAME, NewSecret, make_token

DAYS = 14
"""How long a token of a draft serves."""
MOST, MOST_COMPLAINTS, MOST_FILES = 50, 200, 200
"""Trials of one draft that are kept, the oldest go; of one the first complaints, and the first files of its parts."""


@dataclass(frozen=True)
class Tried:
    """What a phone sent for a trial, checked."""

    instance_id: str
    answers: Mapping[str, Any]
    complaints: tuple[Mapping[str, Any], ...]
    """Code, path and details of each."""
    files: Mapping[str, int]
    """Bytes of each file by its name."""


@dataclass(frozen=True)
class KeptTrial(Tried):
    """A trial as the page shows it."""

    received_at: datetime


def open_to_phones(session: Session, actor: Actor, draft_id: str, title: str) -> NewSecret:
    """Make the token by which phones load a draft; one that was made before opens nothing any more."""
    close_to_phones(session, draft_id)
    made = make_token(
        session, actor, actor.person_id or "", kind=DRAFT, label=title[:LONGEST_NAME] or draft_id, days=DAYS
    )
    session.add(DraftKey(draft_id=draft_id, token_id=made.identifier))
    session.flush()
    audit.record(session, actor.identifier, "instrument.draft_opened", draft_id, {"token": made.identifier})
    return made


def close_to_phones(session: Session, draft_id: str) -> None:
    """End the token of a draft, if there is one, and forget what came by it."""
    forget_trials(session, draft_id)
    key = session.get(DraftKey, draft_id)
    if key is not None:
        token = session.get_one(Token, key.token_id)
        token.revoked_at = token.revoked_at or now()
        session.delete(key)
        session.flush()


def require_own_draft(session: Session, actor: Actor, draft_id: str) -> None:
    """Refuse a token that was made for another draft.

    Raises
    ------
    NotFoundError
        ``instrument.unknown_draft``
    """
    key = session.get(DraftKey, draft_id)
    if key is None or actor.identifier != f"token:{key.token_id}":
        raise NotFoundError("instrument.unknown_draft", draft=draft_id)


def keep_trial(session: Session, actor: Actor, draft_id: str, tried: Tried) -> None:
    """Keep a trial; parts of one submission come one after the other, and the same once more changes nothing.

    Raises
    ------
    NotFoundError
        ``instrument.unknown_draft``
    """
    # Those who send at the same moment, or change the draft, stand in line at its row.
    session.execute(select(InstrumentDraft.id).where(InstrumentDraft.id == draft_id).with_for_update())
    require_own_draft(session, actor, draft_id)
    row = session.get(DraftTrial, (draft_id, tried.instance_id))
    if row is None:
        row = DraftTrial(draft_id=draft_id, instance_id=tried.instance_id, files={})
        session.add(row)
    row.answers, row.complaints = dict(tried.answers), [dict(each) for each in tried.complaints]
    row.files = dict(islice({**row.files, **tried.files}.items(), MOST_FILES))
    session.flush()
    _forget_oldest(session, draft_id)


def _forget_oldest(session: Session, draft_id: str) -> None:
    kept = select(DraftTrial.instance_id).where(DraftTrial.draft_id == draft_id)
    newest = kept.order_by(DraftTrial.received_at.desc(), DraftTrial.instance_id).offset(MOST)
    for instance_id in session.scalars(newest).all():
        session.execute(
            delete(DraftTrial).where(DraftTrial.draft_id == draft_id, DraftTrial.instance_id == instance_id)
        )


def trials_of(session: Session, draft_id: str) -> list[KeptTrial]:
    """List the trials of a draft, the newest first."""
    rows = session.scalars(
        select(DraftTrial).where(DraftTrial.draft_id == draft_id).order_by(DraftTrial.received_at.desc())
    )
    return [
        KeptTrial(row.instance_id, row.answers, tuple(row.complaints), row.files, received_at=row.received_at)
        for row in rows
    ]


def forget_trials(session: Session, draft_id: str) -> None:
    """Forget what was sent for a draft."""
    session.execute(delete(DraftTrial).where(DraftTrial.draft_id == draft_id))
