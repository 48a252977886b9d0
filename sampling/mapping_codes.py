"""Read the part of a mapping that says which columns are administrative codes, and of which year."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sampling.code_changes import CodeChange, check_changes
from sampling.codes import UNITS
from sampling.errors import Complaint, complain
from sampling.levels import Column, Level


@dataclass(frozen=True)
class CodeRule:
    """Say that a column holds administrative codes.

    Parameters
    ----------
    vintage : int
        Year whose codes the frame uses.
    unit : str or None
        What the codes stand for, one of ``sampling.codes.UNITS``; None where that is not looked at.
    changes : tuple of CodeChange
        Codes of other years that stand in the files; those of a file of their own come in when it is read.
    changes_file : str or None
        That file's name.
    old : str or None
        Column that keeps a changed code as the files had it.
    committee : str or None
        Column that says what committee a village has; filled where the files have no such column.
    """

    column: str
    standard: str
    vintage: int
    unit: str | None = None
    changes: tuple[CodeChange, ...] = ()
    changes_file: str | None = None
    old: str | None = None
    committee: str | None = None


def codes_from_json(value: Mapping[str, Mapping[str, object]], levels: Sequence[Level]) -> tuple[CodeRule, ...]:
    """Build the rules of a document that fits the schema."""
    rules = []
    for column, entry in value.items():
        changes = entry.get("changes")
        inline = changes if isinstance(changes, Mapping) else {}
        owner = next((level for level in levels if level.id == column), None)
        usual = owner.name if owner is not None and owner.name in UNITS else None
        rules.append(
            CodeRule(
                column,
                str(entry["standard"]),
                int(str(entry["vintage"])),
                _text(entry.get("unit")) or usual,
                tuple(CodeChange(old, new) for old, new in inline.items()),
                changes if isinstance(changes, str) else None,
                _text(entry.get("old")),
                _text(entry.get("committee")),
            )
        )
    return tuple(rules)


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def check_codes(rules: Sequence[CodeRule], levels: Sequence[Level], file: str) -> list[Complaint]:
    """Complain about rules of columns that there are not, and about what they refer to."""
    complaints = []
    for rule in rules:
        place = f"codes.{rule.column}"
        level = next((level for level in levels if Column(rule.column, "text") in level.all_columns), None)
        if level is None:
            complaints.append(complain("frame.code_column", file=file, column=place, name=rule.column))
            continue
        for key, name in (("old", rule.old), ("committee", rule.committee)):
            if name is not None and (name == rule.column or Column(name, "text") not in level.columns):
                complaints.append(
                    complain("frame.code_beside", file=file, column=f"{place}.{key}", name=name, level=level.name)
                )
        if (rule.changes or rule.changes_file) and rule.old is None:
            complaints.append(complain("frame.code_old_needed", file=file, column=place, level=level.name))
        complaints += check_changes(list(rule.changes), file, f"{place}.changes")
    return complaints


def derived_columns(rules: Sequence[CodeRule]) -> frozenset[str]:
    """Name the columns that the import makes, never the files."""
    return frozenset(rule.old for rule in rules if rule.old is not None)
