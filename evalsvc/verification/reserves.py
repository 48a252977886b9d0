"""Reserves: opened in their order, each beside one household that might be replaced, for the reason on its record."""

from collections import defaultdict
from collections.abc import Collection, Sequence

from evalsvc import files
from evalsvc.fieldwork.dispositions import REASONS, REPLACEABLE
from evalsvc.planning.making import RESERVE
from evalsvc.results.records import FieldworkRow, InterviewRow
from sampling.errors import Complaint
from sampling.manifest import ManifestUnit

Visits = Collection[tuple[str, str | None]]
"""Household and outcome of every interview."""


def reserve_complaints(
    rows: Sequence[FieldworkRow], interviews: Sequence[InterviewRow], drawn: Sequence[ManifestUnit]
) -> list[Complaint]:
    """Name every reserve that the rules of docs/formats.md, Fieldwork, do not open."""
    visits: Visits = {(each.unit_id, each.disposition) for each in interviews}
    by_id = {row.unit_id: row for row in rows}
    early = _out_of_order(rows, drawn)
    replaced: set[str] = set()
    complaints = []
    for number, row in enumerate(rows, start=2):
        if row.sample_type != RESERVE or not row.opened:
            if row.replaces or row.reason:
                complaints.append(_of("verification.reserve_unasked", row, number))
            continue
        if row.unit_id in early:
            complaints.append(_of("verification.reserve_order", row, number))
        complaints += _beside(row, number, by_id.get(row.replaces), visits)
        if row.replaces in replaced:
            complaints.append(_of("verification.reserve_twice", row, number, replaces=row.replaces))
        replaced.add(row.replaces)
    return complaints


def _out_of_order(rows: Sequence[FieldworkRow], drawn: Sequence[ManifestUnit]) -> set[str]:
    """Return the opened reserves before which an earlier one of their group is still closed."""
    opened = {row.unit_id for row in rows if row.opened}
    groups: dict[tuple[str, str], list[ManifestUnit]] = defaultdict(list)
    for unit in drawn:
        if unit.sample_type == RESERVE:
            groups[unit.parent or "", unit.stratum].append(unit)
    early: set[str] = set()
    for group in groups.values():
        closed = [unit.order or 0 for unit in group if unit.id not in opened]
        if closed:
            early |= {unit.id for unit in group if unit.id in opened and (unit.order or 0) > min(closed)}
    return early


def _beside(row: FieldworkRow, number: int, other: FieldworkRow | None, visits: Visits) -> list[Complaint]:
    """Say what is wrong with the household that a reserve stands beside, and with the reason for it.

    A visit with the outcome of the reason has to be there; the household may have been met after all at a later one.
    """
    if other is None or not other.opened or other is row:
        return [_of("verification.reserve_beside", row, number)]
    complaints = []
    if (other.parent, other.stratum) != (row.parent, row.stratum):
        complaints.append(_of("verification.reserve_elsewhere", row, number, replaces=other.unit_id))
    if other.sample_type not in REPLACEABLE:
        details = {"replaces": other.unit_id, "sample_type": other.sample_type}
        complaints.append(_of("verification.reserve_kind", row, number, **details))
    if (other.unit_id, REASONS.get(row.reason)) not in visits:
        details = {"replaces": other.unit_id, "reason": row.reason[:50], "disposition": other.disposition}
        complaints.append(_of("verification.reserve_reason", row, number, **details))
    return complaints


def _of(code: str, row: FieldworkRow, number: int, **details: str) -> Complaint:
    return Complaint(
        code, files.FIELDWORK, number, details={"file": files.FIELDWORK, "row": number, "unit": row.unit_id, **details}
    )
