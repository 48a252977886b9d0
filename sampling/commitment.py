"""Bind a draw to its design and frame before anyone can know the sample."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from sampling.design import Design, canonical
from sampling.document_values import check_canonical
from sampling.documents import check_schema, parse_document
from sampling.engine import DuckDBEngine, Engine, OpenEngine
from sampling.errors import Complaint, SamplingError, complain
from sampling.frame import Frame
from sampling.frame_hash import FrameHash, hash_frame
from sampling.frame_text import check_frame_text
from sampling.hashing import sha256_json, sha256_text
from sampling.manifest import Manifest

PROTOCOL = "evalsvc-draw-1"

SECRET_PATTERN = re.compile(r"[0-9a-f]{64}")

PUBLIC_VALUE_LENGTH = 1000
_WORD = "[\u0021-\u007e\u3400-\u4dbf\u4e00-\u9fff]+"
_PUBLIC_VALUE = re.compile(f"{_WORD}(?: {_WORD})*")
"""Printable ASCII and the two CJK blocks without compatibility forms: all of it NFC, every difference seen."""


@dataclass(frozen=True)
class Commitment:
    """Hold the committed object, its hash and when it was made.

    Parameters
    ----------
    committed : mapping
        The object that is hashed; docs/formats.md, Commitment.
    commitment : str
        Its SHA-256 by RFC 8785.
    committed_at : str
        UTC time, ``2026-03-01T08:00:00Z``.
    time_stamp : str or None
        Token of a time-stamping authority (RFC 3161) over ``commitment``, DER in base64; None: local time only. It is
        carried here and verified where certificates can be read, not on this floor.
    """

    committed: Mapping[str, Any]
    commitment: str
    committed_at: str
    time_stamp: str | None = None

    def to_json(self) -> str:
        """Write ``commitment.json``."""
        value = {
            "committed": self.committed,
            "commitment": self.commitment,
            "committed_at": self.committed_at,
            "time_stamp": self.time_stamp,
        }
        return json.dumps(value, ensure_ascii=False, indent=2) + "\n"

    @classmethod
    def from_json(cls, text: str, file: str = "commitment.json") -> Self:
        """Read ``commitment.json``.

        Raises
        ------
        SamplingError
            ``draw.commitment_unreadable`` with every structural complaint.
        """
        document = parse_document(text, file)
        complaints = list(document.complaints) or check_schema(document.value, "commitment.schema.json", file)
        complaints = complaints or list(check_canonical(document.value, file))
        if complaints:
            raise SamplingError("draw.commitment_unreadable", complaints, file=file)
        value = document.value
        return cls(**value)


def hash_secret(secret: str) -> str:
    """Hash a secret, which is 64 lower-case hex digits (256 random bits).

    Raises
    ------
    SamplingError
        ``draw.secret_form``: another length or other characters.
    """
    if not SECRET_PATTERN.fullmatch(secret):
        raise SamplingError("draw.secret_form")
    return sha256_text(secret)


def commit(
    design: Design,
    frame: Frame,
    secret_sha256: str,
    *,
    committed_at: str,
    frame_hash: FrameHash | None = None,
    engine: OpenEngine = DuckDBEngine,
) -> Commitment:
    """Bind a design and a frame to the hash of a secret.

    Parameters
    ----------
    design, frame
        What will be drawn; the frame is hashed here unless ``frame_hash`` is handed in.
    secret_sha256 : str
        ``hash_secret(secret)``; the secret itself is not needed.
    committed_at : str
        UTC time of the commitment.
    engine : callable, optional
        What the frame's rows are read with.

    Raises
    ------
    SamplingError
        ``draw.design_refused`` with every complaint when the frame holds text that its hash cannot bind.
    """
    with engine(frame) as opened:
        complaints = [*check_frame_text(opened, frame), *_listed_early(opened, design)]
    if complaints:
        raise SamplingError("draw.design_refused", complaints, count=len(complaints))
    depth = committed_depth(design)
    hashed = frame_hash or hash_frame(frame, engine, depth)
    committed: dict[str, Any] = {
        "protocol": PROTOCOL,
        "evaluation": design.evaluation,
        "draw": design.draw,
        "design": canonical(design),
        "frames": committed_frames(frame, hashed, None if depth is None else depth + 1),
        "public_source": design.public.source,
        "public_round": design.public.round,
        "public_form": design.public.form,
        "secret_sha256": secret_sha256,
    }
    return Commitment(committed, sha256_json(committed), committed_at)


def _listed_early(engine: Engine, design: Design) -> list[Complaint]:
    """Refuse units in the frame that the design says are listed later: the commitment would not bind them."""
    later = design.first_later()
    if later is None:
        return []
    level = design.levels[design.depth(later)]
    # The name is quoted by the engine.
    count = engine.rows(f"SELECT count({engine.quote(level.id)}) FROM frame")[0][0]  # noqa: S608
    stage, column = design.stages[later].name, f"stages[{later}].listed"
    return (
        [complain("design.listed_early", file="design.yaml", column=column, stage=stage, count=count)] if count else []
    )


def committed_depth(design: Design) -> int | None:
    """Give the lowest level that a commitment covers; None where the frame lists all units."""
    later = design.first_later()
    return None if later is None else design.depth(later) - 1


def committed_frames(frame: Frame, hashed: FrameHash, levels: int | None = None) -> list[dict[str, str | None]]:
    """List the whole frame and, where there are lower levels, each top unit's branch.

    Parameters
    ----------
    levels : int, optional
        How many levels are covered; all unless given.
    """
    whole: dict[str, str | None] = {"stage": frame.levels[0].name, "parent": None, "sha256": hashed.sha256}
    if (len(frame.levels) if levels is None else levels) == 1:
        return [whole]
    below = frame.levels[1].name
    branches: list[dict[str, str | None]] = [
        {"stage": below, "parent": unit_id, "sha256": node} for unit_id, node in hashed.nodes
    ]
    return [whole, *branches]


def committed_object(manifest: Manifest) -> dict[str, Any]:
    """Put the committed object together again from a manifest; lists that were bound later are no part of it."""
    listed = frozenset(manifest.lists)
    return {
        "protocol": manifest.protocol,
        "evaluation": manifest.evaluation,
        "draw": manifest.draw,
        "design": manifest.design,
        "frames": [
            {"stage": one.stage, "parent": one.parent, "sha256": one.sha256}
            for one in manifest.frames
            if one not in listed
        ],
        "public_source": manifest.public_source,
        "public_round": manifest.public_round,
        "public_form": manifest.public_form,
        "secret_sha256": hash_secret(manifest.secret),
    }


def public_value_fault(value: str) -> dict[str, Any] | None:
    """Find where a public value leaves the one way to write it; docs/draw-protocol.md, Commit and reveal.

    A value with characters that nobody sees would let an institute that knows the round choose among seeds.

    Returns
    -------
    dict or None
        ``position`` of the first misfit, counted from 1, and its ``character`` as ``U+200B``, empty at the end of the
        text; None for a sound value.
    """
    found = _PUBLIC_VALUE.match(value)
    end = min(found.end() if found else 0, PUBLIC_VALUE_LENGTH)
    if value and end == len(value):
        return None
    return {"position": end + 1, "character": f"U+{ord(value[end]):04X}" if end < len(value) else ""}


def seed_of(commitment: str, secret: str, public_value: str | None) -> str:
    """Make the seed from commitment, secret and public value; None counts as empty text."""
    return sha256_text(f"{commitment}:{secret}:{public_value or ''}")
