"""What fieldwork is carried out by, as one object that the public log names by its hash before the first interview."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sampling.hashing import canonical_json

PROTOCOL = "evalsvc-fieldwork-1"

FixedPlan = Mapping[str, Any]
"""The object; docs/formats.md, Fieldwork plan."""


@dataclass(frozen=True)
class FixedEvaluation:
    """What a report says of the evaluation that it is about, whatever the figures turn out to be."""

    code: str
    name: str
    client: str
    institute: str
    simulated: bool


@dataclass(frozen=True)
class FixedPack:
    """The rule pack: its own name and edition, and the hash of pack.yaml."""

    name: str
    edition: str
    sha256: str


@dataclass(frozen=True)
class FixedForm:
    """A form version that households are given out with; the hash is that of the XForm."""

    form_id: str
    version: str
    sha256: str


@dataclass(frozen=True)
class GivenOut:
    """A form version with the household classes whose households are given out with it."""

    form: FixedForm
    classes: tuple[str, ...]


def fixed_plan(
    evaluation: FixedEvaluation, draw: int, pack: FixedPack, plan_sha256: str | None, forms: Sequence[GivenOut]
) -> FixedPlan:
    """Put the object together; the plan's hash is null where the draw has no plan, and then no results either."""
    return {
        "protocol": PROTOCOL,
        "evaluation": vars(evaluation),
        "draw": draw,
        "pack": vars(pack),
        "plan": {"sha256": plan_sha256},
        "forms": [
            {**vars(each.form), "classes": sorted(each.classes)}
            for each in sorted(forms, key=lambda each: (each.form.form_id, each.form.version))
        ],
    }


def fixed_bytes(plan: FixedPlan) -> bytes:
    """Write the object by RFC 8785."""
    return canonical_json(plan)


def sha256_of(data: bytes) -> str:
    """Return the hash under which the log names a file or an object."""
    return hashlib.sha256(data).hexdigest()
