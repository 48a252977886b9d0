"""Reserves that were opened beside households which may not be replaced, or for no reason."""

from types import SimpleNamespace

import pytest

from evalsvc.fieldwork.dispositions import REASONS
from evalsvc.results.records import FieldworkRow
from evalsvc.verification.reserves import reserve_complaints
from evalsvc.words import sentence


def row(unit, kind="probability", disposition="completed", parent="v1", **other):
    values = {"opened": True, "replaces": "", "reason": "", "instance_id": f"uuid:{unit}"} | other
    return FieldworkRow(
        unit_id=unit, parent=parent, stratum="脱贫户", sample_type=kind, disposition=disposition, **values
    )


MAIN = (
    row("refused", disposition="refused"),
    row("away", disposition="non_contact"),
    row("met"),
    row("certain", kind="certainty", disposition="refused"),
    row("far", disposition="refused", parent="v2"),
    row("unvisited", disposition=""),
)


def reserve(unit="r1", replaces="refused", reason="refused", **other):
    return row(unit, "reserve", replaces=replaces, reason=reason, **other)


def visits(rows):
    return [SimpleNamespace(unit_id=each.unit_id, disposition=each.disposition) for each in rows if each.disposition]


def found(*reserves, earlier=()):
    rows = (*MAIN, *reserves)
    drawn = [
        SimpleNamespace(
            id=each.unit_id,
            parent=each.parent,
            stratum=each.stratum,
            sample_type=each.sample_type,
            order=int(each.unit_id[1:]) if each.sample_type == "reserve" else None,
        )
        for each in rows
    ]
    complaints = reserve_complaints(rows, visits((*rows, *earlier)), drawn)
    assert all("%(" not in sentence(each.code, each.details) for each in complaints)
    return [each.code.removeprefix("verification.") for each in complaints]


def test_reserves_in_order_with_the_reason_on_record_pass():
    closed = row("r4", "reserve", "", opened=False)
    second = reserve("r2", "away", "moved_away", disposition="non_contact")
    third = reserve("r3", "r2", "no_answer_twice")
    assert found(reserve(), second, third, closed) == []


@pytest.mark.parametrize(
    ("opened", "expected"),
    [
        (reserve(replaces="met", reason=""), ["reserve_reason"]),
        (reserve(replaces="met", reason="refused"), ["reserve_reason"]),
        (reserve(replaces="away", reason="refused"), ["reserve_reason"]),
        (reserve(reason=""), ["reserve_reason"]),
        (reserve(reason="because"), ["reserve_reason"]),
        (reserve(replaces="unvisited", reason=""), ["reserve_reason"]),
        (reserve(replaces="far"), ["reserve_elsewhere"]),
        (reserve(replaces="certain"), ["reserve_kind"]),
        (reserve(replaces="nobody"), ["reserve_beside"]),
        (reserve(replaces=""), ["reserve_beside"]),
        (reserve(replaces="r1"), ["reserve_beside"]),
    ],
)
def test_a_reserve_stands_only_beside_a_household_of_its_group_that_may_be_replaced(opened, expected):
    assert found(opened) == expected


def test_a_household_is_replaced_once():
    assert found(reserve(), reserve("r2")) == ["reserve_twice"]


def test_a_household_that_was_met_after_its_replacement_leaves_the_reserve_open():
    assert found(reserve(replaces="met", reason="moved_away"), earlier=[row("met", disposition="non_contact")]) == []


def test_a_reserve_is_opened_in_its_turn():
    assert found(row("r1", "reserve", "", opened=False), reserve("r2")) == ["reserve_order"]


def test_nobody_else_replaces():
    assert found(row("r1", "reserve", "", opened=False, replaces="refused")) == ["reserve_unasked"]
    assert found(row("more", replaces="refused", reason="refused")) == ["reserve_unasked"]


def test_every_reason_fits_one_outcome():
    for reason, disposition in REASONS.items():
        beside = row("other", disposition=disposition)
        rows = (beside, reserve(replaces="other", reason=reason))
        assert reserve_complaints(rows, visits(rows), []) == []
