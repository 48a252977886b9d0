"""Read an analysis plan (YAML or JSON text, or the mapping itself), with every complaint at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from sampling.estimate.design import DesignSpec
from sampling.estimate.errors import Complaint
from sampling.estimate.reading.design import read_design
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
    values = _parsed(text, [])
    return values if isinstance(values, Mapping) else None


def load_plan(source: str | Mapping[str, Any]) -> PlanReading:
    """Read a plan; `source` is its YAML or JSON text (not a path), or the mapping it stands for."""
    complaints: list[Complaint] = []
    values = _parsed(source, complaints) if isinstance(source, str) else source
    if not isinstance(values, Mapping):
        return PlanReading(None, tuple(complaints) or (Complaint("plan.not_a_mapping", {"place": "", "key": ""}),))
    top = Reader(values, "", complaints)
    version = top.take("version")
    if version != 1 or isinstance(version, bool):
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


class _UniqueKeys(yaml.SafeLoader):
    """Refuse a mapping that names a key twice; YAML's loader would keep the last one silently."""


def _unique_mapping(loader: _UniqueKeys, node: yaml.MappingNode) -> dict[Any, Any]:
    seen: set[Any] = set()
    for key_node, _ in node.value:
        key = loader.construct_object(key_node, deep=True)
        if key in seen:
            raise yaml.constructor.ConstructorError(None, None, f"key {key!r} stands twice", key_node.start_mark)
        seen.add(key)
    return loader.construct_mapping(node, deep=True)


_UniqueKeys.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _unique_mapping)


def _parsed(text: str, complaints: list[Complaint]) -> Any:
    try:
        return yaml.load(text, Loader=_UniqueKeys)  # noqa: S506 - a SafeLoader
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        complaints.append(
            Complaint(
                "plan.not_yaml",
                {
                    "line": mark.line + 1 if mark else None,
                    "column": mark.column + 1 if mark else None,
                    "problem": str(getattr(error, "problem", None) or error),
                },
            )
        )
        return None
