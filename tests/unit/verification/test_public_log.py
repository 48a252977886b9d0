"""The public log: its times, its order, and the commitments that nobody speaks of."""

import hashlib
from types import SimpleNamespace

import pytest

from evalsvc.draws import log
from evalsvc.verification.outcome import FAILED, OK
from evalsvc.verification.public_log import log_step
from evalsvc.verification.times import is_time
from evalsvc.words import sentence
from sampling.chain import chain_entry, write_chain

FIELDS = ("kind", "subject", "sha256", "at")
MANIFEST_BYTES = b"{}"
COMMITMENT = "ab" * 32
MANIFEST = SimpleNamespace(
    evaluation="probe",
    draw=2,
    commitment=COMMITMENT,
    committed_at="2026-03-01T08:00:00Z",
    drawn_at="2026-03-02T08:00:00Z",
    continues=None,
    lists=(),
)
COMMITTED = (log.COMMITMENT, "probe/2", COMMITMENT, "2026-03-01T08:00:00Z")
DRAWN = (log.MANIFEST, "probe/2", hashlib.sha256(MANIFEST_BYTES).hexdigest(), "2026-03-02T08:00:00Z")


def step_with(*entries, **manifest):
    lines = []
    for entry in entries:
        lines.append(chain_entry(lines[-1] if lines else None, **dict(zip(FIELDS, entry, strict=True))))
    content = {"commitments.jsonl": write_chain(lines).encode(), "draw-manifest.json": MANIFEST_BYTES}
    return log_step(content, SimpleNamespace(**{**vars(MANIFEST), **manifest}))


def codes(step):
    return {each.code.removeprefix("verification.") for each in step.complaints}


def at(entry, time):
    return (*entry[:3], time)


def test_a_log_in_order_holds_also_when_lines_were_entered_a_little_later():
    assert step_with(COMMITTED, DRAWN).state == OK
    late = step_with(at(COMMITTED, "2026-03-01T08:00:30Z"), at(DRAWN, "2026-03-02T09:00:00Z"))
    assert late.state == OK and late.notes == ()


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ((at(COMMITTED, "2026-03-02T08:00:01Z"), at(DRAWN, "2026-03-02T08:00:01Z")), {"log_late"}),
        ((at(COMMITTED, "2026-02-28T08:00:00Z"), DRAWN), {"log_early"}),
        ((COMMITTED, at(DRAWN, "1970-01-01T00:00:00Z")), {"back_in_time", "log_early"}),
        ((at(DRAWN, "2026-03-01T08:00:00Z"), COMMITTED), {"log_late", "log_early"}),
        ((at(COMMITTED, "2026-03-01 08:00"), DRAWN), {"bad_time", "log_early"}),
        ((at(COMMITTED, "2026-03-01T08:00:00.5Z"), DRAWN), {"bad_time", "log_early"}),
        ((COMMITTED, at(DRAWN, "２026-03-02T08:00:00Z")), {"bad_time"}),
        ((COMMITTED,), {"entered.manifest_missing"}),
        ((DRAWN,), {"entered.commitment_missing"}),
        ((COMMITTED, COMMITTED, DRAWN), {"entered.commitment_twice"}),
        (((*COMMITTED[:2], "cd" * 32, COMMITTED[3]), DRAWN), {"entered.commitment_other"}),
        ((COMMITTED, DRAWN, DRAWN), {"entered.manifest_twice"}),
        ((COMMITTED, (*DRAWN[:2], "cd" * 32, DRAWN[3])), {"entered.manifest_other"}),
    ],
)
def test_times_that_cannot_be_are_found(entries, expected):
    step = step_with(*entries)
    assert step.state == FAILED
    assert codes(step) == expected


def test_a_manifest_that_was_drawn_before_it_was_committed_is_found():
    assert "back_in_time" in codes(step_with(COMMITTED, DRAWN, drawn_at="2026-02-01T08:00:00Z"))


def test_other_commitments_of_the_evaluation_are_told_and_fail_nothing():
    first = (log.COMMITMENT, "probe/1", "01" * 32, "2026-02-01T08:00:00Z")
    first_drawn = (log.MANIFEST, "probe/1", "02" * 32, "2026-02-02T08:00:00Z")
    third = (log.COMMITMENT, "probe/3", "03" * 32, "2026-03-01T08:00:00Z")
    stranger = (log.COMMITMENT, "other/1", "04" * 32, "2026-03-01T08:00:00Z")
    step = step_with(first, first_drawn, COMMITTED, third, stranger, DRAWN)
    assert step.state == OK
    assert [(each.code, each.details["subject"]) for each in step.notes] == [
        ("verification.log_other", "probe/1"),
        ("verification.log_never_revealed", "probe/3"),
    ]
    assert "probe/3" in sentence(step.notes[1].code, step.notes[1].details, "en")


def test_a_manifest_that_was_continued_holds_and_the_continuation_is_told():
    own = DRAWN[2]
    second = (log.CONTINUATION, "probe/2", "05" * 32, "2026-03-04T08:00:00Z")
    third = (log.CONTINUATION, "probe/2", "06" * 32, "2026-03-05T08:00:00Z")
    step = step_with(COMMITTED, DRAWN, second, third)
    assert (step.state, step.complaints) == (OK, ())
    assert [each.code for each in step.notes] == ["verification.log_continued"]
    assert step.notes[0].details["rows"] == "3, 4"
    assert "06" * 32 in sentence(step.notes[0].code, step.notes[0].details, "zh")
    first = (log.MANIFEST, "probe/2", "07" * 32, "2026-03-02T08:00:00Z")
    middle = (log.CONTINUATION, "probe/2", own, "2026-03-02T08:00:00Z")
    step = step_with(COMMITTED, first, middle, third, continues="07" * 32)
    assert (step.state, len(step.notes)) == (OK, 1)
    # What it says it goes on from is not what stands before it; or it stands before the draw, or twice.
    assert codes(step_with(COMMITTED, first, at(second, DRAWN[3]), middle, continues="07" * 32)) == {
        "entered.manifest_order"
    }
    assert codes(step_with(COMMITTED, first, middle)) == {"entered.manifest_order"}
    assert codes(step_with(COMMITTED, first, middle, middle, continues="07" * 32)) == {"entered.manifest_twice"}
    assert "entered.manifest_twice" in codes(step_with(COMMITTED, middle, DRAWN))


def test_a_draw_that_was_entered_twice_is_told_as_that():
    """No list was made later: the second line is no continuation, whichever manifest is under check."""
    again = (log.MANIFEST, "probe/2", "08" * 32, "2026-03-03T08:00:00Z")
    for entries in ((COMMITTED, DRAWN, again), (COMMITTED, at(again, DRAWN[3]), DRAWN)):
        step = step_with(*entries)
        assert (codes(step), step.notes) == ({"entered.manifest_twice"}, ())
        (told,) = step.complaints
        assert "登记了 2 份清单（第 2、3 行）" in sentence(told.code, told.details, "zh")


def test_a_list_made_later_is_missing_or_another_or_stands_twice():
    listed = SimpleNamespace(parent="v1", sha256="09" * 32, committed_at="2026-03-02T07:00:00Z")
    line = (log.LIST, "probe/2/list/v1", "09" * 32, "2026-03-02T07:00:00Z")
    for lines, expected in (
        ((line,), set()),
        ((), {"entered.list_missing"}),
        ((line, line), {"entered.list_twice"}),
        (((*line[:2], "0a" * 32, line[3]),), {"entered.list_other"}),
    ):
        assert codes(step_with(COMMITTED, *lines, DRAWN, lists=(listed,))) == expected


def test_only_one_form_of_a_time_is_one():
    assert is_time("2028-02-29T23:59:59Z")
    for text in (
        "2026-02-29T00:00:00Z",
        "2026-03-01T08:00:00+00:00",
        "2026-03-01T24:00:00Z",
        "",
        "2026-03-01T08:00:00Z\n",
    ):
        assert not is_time(text), text
