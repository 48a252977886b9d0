"""Read a sampling design, and write its canonical form, which is committed and hashed."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sampling.design_json import build, canonical
from sampling.design_rules import check_inside
from sampling.document_rows import with_rows
from sampling.document_values import check_canonical
from sampling.documents import check_schema, parse_document
from sampling.errors import Complaint, SamplingError
from sampling.hashing import canonical_json
from sampling.levels import check_levels
from sampling.stages import Design, PublicValue, Rule, Size, Stage
from sampling.stand_ins import with_stand_ins
from sampling.takes import Take, TakeEach, TakeLine, TakeTotal

__all__ = [
    "Design",
    "DesignReading",
    "PublicValue",
    "Rule",
    "Size",
    "Stage",
    "Take",
    "TakeEach",
    "TakeLine",
    "TakeTotal",
    "canonical",
    "design_in",
    "design_text",
    "load_design",
    "load_stated",
]


ABOUT_NAMES = frozenset({"design.unknown_column", "design.unknown_level", "design.not_a_stratum_column"})
"""Complaints that hold whatever the values in bad form were meant to be."""


@dataclass(frozen=True)
class DesignReading:
    """Hold a design, or the complaints that forbid its use."""

    design: Design | None
    complaints: tuple[Complaint, ...]


def load_design(text: str, file: str = "design.yaml") -> DesignReading:
    """Read a design from YAML or JSON; every problem comes back at once.

    Parameters
    ----------
    text : str
        The document; docs/formats.md, Design.
    file : str, optional
        Name for the complaints.
    """
    document = parse_document(text, file)
    complaints = list(document.complaints) or check_schema(document.value, "design.schema.json", file)
    complaints = complaints or list(check_canonical(document.value, file))
    if complaints:
        complaints += _names_behind(document.value, complaints, file)
        return DesignReading(None, with_rows(complaints, text))
    design = build(document.value)
    complaints = check_levels(design.levels, file) + check_inside(design, file)
    return DesignReading(None if complaints else design, with_rows(complaints, text))


def load_stated(stated: Mapping[str, Any], file: str = "manifest.json") -> DesignReading:
    """Read the design that a manifest or a commitment states, as strictly as an author's text."""
    return load_design(canonical_json(dict(stated)).decode(), file)


def design_in(stated: Mapping[str, Any]) -> Design:
    """Read a stated design that is needed.

    Raises
    ------
    SamplingError
        ``draw.design_refused`` with every complaint about it.
    """
    reading = load_stated(stated)
    if reading.design is None:
        raise SamplingError("draw.design_refused", reading.complaints, count=len(reading.complaints))
    return reading.design


def _names_behind(value: object, complaints: Sequence[Complaint], file: str) -> list[Complaint]:
    """List names that a design in bad form gets wrong as well; whatever hangs on the bad places is left out."""
    mended = with_stand_ins(value, complaints)
    if not isinstance(mended, dict) or check_schema(mended, "design.schema.json", file):
        return []
    return [each for each in check_inside(build(mended), file) if each.code in ABOUT_NAMES]


def design_text(design: Design) -> str:
    """Write the canonical design as readable JSON, which ``load_design`` reads back to the same design."""
    return json.dumps(canonical(design), ensure_ascii=False, indent=2) + "\n"
