"""A mapping to begin with: the columns that evaluations usually have, by the names that clients' lists usually give."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from evalsvc.errors import Complaint
from sampling.documents import document_text
from sampling.frame import header_complaints
from sampling.levels import Level, levels_as_json
from sampling.mapping import FrameMapping, load_mapping

USUAL = """\
levels:
  - {name: county, id: county_code, columns: {county: text}}
  - {name: village, id: village_code, columns: {village: text, village_kind: text}}
  - {name: household, id: household_id, columns: {household_class: text, registered: text, persons: integer}}
rename:
  县代码: county_code
  县: county
  村代码: village_code
  村: village
  村类别: village_kind
  户编号: household_id
  户类别: household_class
  建档立卡: registered
  家庭人口: persons
"""
MISSING = frozenset({"frame.missing_column", "frame.missing_source"})
NEAR, TWICE = "frame.missing_column_near", "frame.column_twice"


@dataclass(frozen=True)
class Suggestion:
    """What a file's heads suggest: a mapping; or nothing, and why the file could not be read at all, if so."""

    mapping: str | None
    unread: tuple[Complaint, ...]


def suggestion(path: Path) -> Suggestion:
    """Suggest a mapping for a file from its heads; none where hardly anything in it is known."""
    usual = load_mapping(USUAL, path.name).mapping
    complaints = () if usual is None else header_complaints(path, usual)
    unread = tuple(each for each in complaints if _is_of_the_file(each))
    return Suggestion(None if usual is None or unread else _suggested(usual, complaints), unread)


def _suggested(usual: FrameMapping, complaints: Sequence[Complaint]) -> str | None:
    missing = {each.details["column"] for each in complaints if each.code in MISSING}
    levels = tuple(_without(level, missing) for level in usual.levels)
    if any(level.id in missing for level in levels):
        return None
    return as_yaml(replace(usual, levels=levels), complaints)


def as_yaml(mapping: FrameMapping, complaints: Sequence[Complaint], given: Mapping[str, Any] | None = None) -> str:
    """Write a mapping with a rename line for each missing column that the file has under a similar name.

    A column that the file has under its own name keeps it: with a rename line beside it the import would refuse both.
    All else that a mapping says, as it was ``given``, stays.
    """
    near = {str(each.details["nearest"]): str(each.details["column"]) for each in complaints if each.code == NEAR}
    own_name = {str(each.details["column"]) for each in complaints if each.code == TWICE}
    wanted = {own.name for level in mapping.levels for own in level.all_columns} - set(near.values()) - own_name
    kept = {source: target for source, target in mapping.rename.items() if target in wanted}
    said = {"levels": levels_as_json(mapping.levels)} if given is None else given
    return document_text({**said, "rename": {**kept, **near}})


def _without(level: Level, missing: set[object]) -> Level:
    return replace(level, columns=tuple(own for own in level.columns if own.name not in missing))


def _is_of_the_file(complaint: Complaint) -> bool:
    """Tell whether a complaint is of the file as a whole: no column and no row of it were looked at."""
    return complaint.details.get("row") is None and complaint.details.get("column") is None
