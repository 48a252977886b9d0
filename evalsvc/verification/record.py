"""An outcome as text and back, for the way between two processes: a process that read a stranger's file is not believed
more than the file, so nothing but JSON comes out of it."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from evalsvc.verification.outcome import FigureCheck, Signature, Step, Verification
from sampling.errors import Complaint


def write_outcome(found: Verification) -> bytes:
    """Write an outcome."""
    return json.dumps(asdict(found), ensure_ascii=False, default=str).encode("utf-8")


def read_outcome(data: bytes) -> Verification:
    """Read an outcome.

    Raises
    ------
    ValueError, TypeError, LookupError, AttributeError
        The bytes are none.
    """
    value = json.loads(data)
    return Verification(
        steps=tuple(_step(each) for each in value["steps"]),
        signatures=tuple(Signature(**each) for each in value["signatures"]),
        figures=tuple(FigureCheck(**each) for each in value["figures"]),
        about={str(name): str(text) for name, text in value["about"].items()},
        places={str(code): str(name) for code, name in value["places"].items()},
    )


def _step(value: Mapping[str, Any]) -> Step:
    told = {name: tuple(Complaint(**each) for each in value[name]) for name in ("complaints", "notes")}
    return Step(**{**value, **told})
