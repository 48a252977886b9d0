"""Wording, direction and order differ from interview to interview, are recorded, and can be computed again."""

import hashlib
from collections import Counter
from datetime import datetime, timedelta, timezone
from itertools import pairwise

from forms import flatten, parse_instance, rows

BEGUN = datetime(2026, 3, 2, 9, 17, 42, 305000, timezone(timedelta(hours=8)))
ORDERS = {
    "policy results cadres exit", "results exit policy cadres", "exit cadres results policy",
    "cadres policy exit results",
}  # fmt: skip
ANSWERS = ("yes", "no", "not_known", "yes")


def interview(household, filled, completed, place: int) -> bytes:
    begun = BEGUN + timedelta(milliseconds=7919 * place)
    items = [{"recognition_answer": answer} for answer in ANSWERS]
    return filled(
        household,
        {**completed, "started": begun.isoformat(timespec="milliseconds"), "recognition_item": items},
    )


def test_the_rotation_comes_from_the_household_and_the_beginning(household, filled, completed) -> None:
    flat = flatten(household, parse_instance(interview(household, filled, completed, 0)))
    expected = hashlib.sha256(f"{completed['unit_id']} 1742305".encode()).hexdigest()[:8]
    assert flat["rotation"] == expected
    assert flat["rotation_seed"] == str(int(expected.translate(str.maketrans("abcdef", "123456"))))


def test_every_wording_direction_and_order_is_met(household, filled, completed) -> None:
    interviews = (interview(household, filled, completed, place) for place in range(160))
    met = [flatten(household, parse_instance(data)) for data in interviews]
    assert len({flat["rotation"] for flat in met}) == len(met)
    for name, values in {
        "satisfaction_team_wording": {"a", "b", "c"}, "satisfaction_helper_wording": {"a", "b", "c"},
        "recognition_wording": {"a", "b", "c"}, "scale_order": {"falling", "rising"},
        "recognition_direction": {"yes_first", "no_first"}, "recognition_order": ORDERS,
    }.items():  # fmt: skip
        counts = Counter(flat[name] for flat in met)
        assert set(counts) == values, name
        assert min(counts.values()) > len(met) / len(values) / 2, name


def test_every_object_takes_every_place_and_follows_every_other_once() -> None:
    orders = [order.split() for order in sorted(ORDERS)]
    assert all(len({order[place] for order in orders}) == 4 for place in range(4))
    pairs = [pair for order in orders for pair in pairwise(order)]
    assert len(set(pairs)) == len(pairs) == 12


def test_the_answer_stands_in_the_column_of_its_object(household, filled, completed, complaints_of) -> None:
    for place in range(8):
        data = interview(household, filled, completed, place)
        assert complaints_of(household, data) == ()
        flat = flatten(household, parse_instance(data))
        told = dict(zip(flat["recognition_order"].split(), ANSWERS, strict=True))
        assert {name: flat[f"recognition_{name}"] for name in told} == told
        asked = rows(household, parse_instance(data))["/data/interview/opinion/recognition/recognition_item"]
        assert [row["recognition_object"] for row in asked] == flat["recognition_order"].split()


def test_a_correction_keeps_the_wording_that_was_asked(household, filled, completed) -> None:
    first, again = (
        flatten(household, parse_instance(filled(household, {**completed, "started": BEGUN.isoformat()}, **more)))
        for more in ({}, {"instance_id": "uuid:2", "deprecated_id": "uuid:1"})
    )
    assert first["rotation"] == again["rotation"]


def test_another_wording_than_the_one_that_was_due_is_found(household, filled, completed, complaints_of) -> None:
    sent = interview(household, filled, completed, 0)
    asked = flatten(household, parse_instance(sent))["satisfaction_team_wording"]
    other = "b" if asked == "a" else "a"
    tag = "satisfaction_team_wording"
    data = sent.replace(f"<{tag}>{asked}<".encode(), f"<{tag}>{other}<".encode())
    assert [(c.code, c.path.rpartition("/")[2]) for c in complaints_of(household, data)] == [("check.other_value", tag)]


def test_a_scale_is_never_shuffled_and_a_list_that_is_read_out_is(household) -> None:
    shuffled = {node.name for node in household.questions if node.itemset and "randomize" in str(node.itemset)}
    assert shuffled == {"policies_heard"}
