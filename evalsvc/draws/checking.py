"""A design before anything is committed: what it means on its frame, in words, and a first design to begin with."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.orm import Session

from evalsvc import files
from evalsvc.draws.explaining import in_words
from evalsvc.draws.operations import design_for, next_number
from evalsvc.draws.summary import excluded_units
from evalsvc.evaluations.queries import EvaluationRecord
from evalsvc.frames.queries import frame_by_id
from evalsvc.store import Store
from evalsvc.words import sentence
from sampling.documents import document_text
from sampling.estimable import estimability
from sampling.explain import explain
from sampling.frame import open_frame
from sampling.hashing import sha256_text
from sampling.levels import Level, levels_as_json

EXAMPLE_VILLAGES, EXAMPLE_HOUSEHOLDS, EXAMPLE_RESERVES = 10, 8, 3


@dataclass(frozen=True)
class Wish:
    """What somebody wants to commit, as the form was sent."""

    frame_id: str = ""
    purpose: str = ""
    text: str = ""

    @property
    def digest(self) -> str:
        """Return what a confirmation is bound to: the frame and the text, whichever way its lines end."""
        text = self.text.replace("\r\n", "\n").replace("\r", "\n")
        return sha256_text(f"{self.frame_id}\n{text}")


@dataclass(frozen=True)
class CheckedDesign:
    """What a design without a fault would do."""

    lines: tuple[str, ...]
    """Levels, stages, strata and the work to expect, a sentence each."""
    remarks: tuple[str, ...]
    """What stands against estimates."""


def check_wish(
    session: Session, store: Store, evaluation: EvaluationRecord, wish: Wish, language: str
) -> CheckedDesign:
    """Check a design as a commitment would, and say what it means; nothing is written.

    Raises
    ------
    NotFoundError
        ``frame.unknown``
    InvalidError
        ``draw.design_rejected``, ``draw.frame_rejected`` as `design_for` says.
    """
    row = frame_by_id(session, evaluation.id, wish.frame_id)
    frame = open_frame(store.path(row.file_sha256))
    design = design_for(session, evaluation, wish.text, frame)
    left_out = [
        sentence("draw.left_out", {**vars(each), "values": "、".join(each.values)}, language)
        for each in excluded_units(design, frame)
        if not each.purposive  # the explanation tells these
    ]
    remarks = [sentence(each.code, each.details, language) for each in estimability(design, files.DESIGN)]
    return CheckedDesign((*left_out, *in_words(design, explain(design, frame), language)), tuple(remarks))


def example_of(session: Session, store: Store, evaluation: EvaluationRecord, wish: Wish) -> Wish:
    """Fill in a first design for a frame: its levels, villages by size in each county, households at random."""
    row = frame_by_id(session, evaluation.id, wish.frame_id)
    levels = open_frame(store.path(row.file_sha256)).levels
    value = {
        "version": 1,
        "evaluation": evaluation.code,
        "draw": next_number(session, evaluation.id),
        "title": wish.purpose or evaluation.name,
        "frame": {"levels": levels_as_json(levels)},
        "public": {"source": None, "round": None, "form": None},
        "stages": _example_stages(levels),
    }
    return replace(wish, text=document_text(value))


def _example_stages(levels: Sequence[Level]) -> list[dict[str, Any]]:
    last: dict[str, Any] = {
        "name": levels[-1].name,
        "strata": [],
        "method": "equal",
        "take": {"each": EXAMPLE_HOUSEHOLDS, "by": []},
    }
    last |= {"reserves": EXAMPLE_RESERVES, "when_short": "take_all"}
    if len(levels) == 1:
        return [last]
    first = {
        "name": levels[-2].name,
        "strata": [level.id for level in levels[:1] if len(levels) > 2],
        "method": "pps_systematic",
        "size": {"count": levels[-1].name},
        "take": {"each": EXAMPLE_VILLAGES, "by": []},
        "when_short": "take_all",
    }
    return [first, last]
