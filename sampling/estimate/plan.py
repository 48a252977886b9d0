"""Read an analysis plan (YAML or JSON text, or the mapping itself), with every complaint at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sampling.estimate.design import DesignSpec
from sampling.estimate.errors import Complaint
from sampling.estimate.reading.design import read_design
from sampling.estimate.reading.plan_text import parse_plan
from sampling.estimate.reading.reader import Reader
from sampling.estimate.reading.statement import read_statements
from sampling.estimate.statement import Plan


@dataclass(frozen=True)
class PlanReading:
    """Hold the plan, or None and the complaints against it."""

    plan: Plan | None
    complaints: tuple[Complaint, ...]


def plan_values(text: str) -> Mapping[str, Any] | None:
    """Parse a plan's text without reading it; None where it is no mapping, of which ``load_plan`` then complains."""
    values = parse_plan(text, [])
    return values if isinstance(values, Mapping) else None


def load_plan(source: str | Mapping[str, Any]) -> PlanReading:
    """Read a plan; `source` is its YAML or JSON text (not a path), or the mapping it stands for."""
    complaints: list[Complaint] = []
    values = parse_plan(source, complaints) if isinstance(source, str) else source
    if not isinstance(values, Mapping):
        return PlanReading(None, tuple(complaints) or (Complaint("plan.not_a_mapping", {"place": "", "key": ""}),))
    top = Reader(values, "", complaints)
    version = top.take("version")
    if isinstance(version, str) and version.strip() == "1":
        top.complain("plan.version_in_quotes", "version")
    elif version != 1 or isinstance(version, bool):
        top.complain("plan.unknown_version", "version", value=str(version))
    data = top.text("data")
    design_keys = top.mapping("design")
    design = DesignSpec()
    if design_keys is not None:
        design = read_design(design_keys)
    else:
        top.complain("plan.missing_key", "design")
    readers = top.readers("estimates")
    if not readers:
        top.complain("plan.missing_key", "estimates")
    statements = read_statements(readers)
    top.close()
    if complaints:
        return PlanReading(None, tuple(complaints))
    return PlanReading(Plan(design, tuple(statements), data), ())
