"""What the public log says was fixed and received: an institute that changes it afterwards is found, and where."""

import hashlib
import json
from dataclasses import replace

import pytest

from evalsvc.draws import log
from evalsvc.interviews.log.running import BEFORE_FIRST, Link, links
from evalsvc.planning.fixed import FixedForm, fixed_bytes, sha256_of
from evalsvc.results.compute import compute_results
from evalsvc.verification.logged import Logged, logged_step
from evalsvc.verification.outcome import OK
from evalsvc.words import sentence
from sampling.chain import read_chain
from tests import small_world

BEFORE_PLAN, LATE = "2026-03-03T09:00:00Z", "2026-03-12T08:00:00Z"


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """The evaluation as it truly was."""
    return small_world.make_world(tmp_path_factory.mktemp("logged"))


@pytest.fixture(scope="module")
def honest(world):
    """What is compared, where nobody cheated."""
    computed = compute_results(small_world.sources_of(world), world.frame).computed
    content = {**small_world.tables_of(world), "plan.yaml": computed.plan_text.encode()}
    form = FixedForm("small", "1", sha256_of(world.xform))
    facts = {"evaluation": dict(vars(small_world.ABOUT)), "edition": {"institute": small_world.INSTITUTE}}
    return Logged(content, facts, world.manifest, world.interview_rows, {"instrument.xml": form})


@pytest.fixture(scope="module")
def entries(world):
    """Kind, subject, hash and time of the log's lines: commitment, manifest, form, plan, half and all interviews."""
    return small_world.entries_of(world)


@pytest.fixture
def check(honest, entries):
    """Check with other lines or other files: check(lines, content={...}, rows=...)."""

    def run(lines=None, **changed):
        content = {**honest.content, **changed.pop("content", {})}
        chained = read_chain(small_world.chained(entries if lines is None else lines).decode())
        step = logged_step(chained.entries, replace(honest, content=content, **changed))
        for language in ("zh", "en"):
            told = [sentence(each.code, each.details, language) for each in (*step.complaints, *step.notes)]
            assert all("%(" not in each for each in told), told
        return step

    return run


def codes(step):
    return [each.code.removeprefix("verification.") for each in step.complaints]


def with_plans(entries, plans):
    """Replace the line of the plan by others: (object, time)."""
    subject = entries[3][1]
    lines = [entry for entry in entries if entry[0] != log.PLAN]
    lines += [(log.PLAN, subject, sha256_of(fixed_bytes(plan)), at) for plan, at in plans]
    return sorted(lines, key=lambda entry: entry[3])


def written(plans):
    return {"fieldwork-plan.jsonl": b"".join(fixed_bytes(plan) + b"\n" for plan, _ in plans)}


def test_what_was_fixed_and_received_as_entered_holds(check):
    step = check()
    assert (step.state, step.notes, step.counts) == (OK, (), {"lines": 4, "forms": 1})


@pytest.mark.parametrize(
    ("file", "old", "new", "columns"),
    [
        ("pack.yaml", b"value: 0.02", b"value: 0.05", ["pack.sha256"]),
        ("pack.yaml", "测试假定".encode(), "另一假定".encode(), ["pack.name", "pack.sha256"]),
        ("pack.yaml", b'edition: "1"', b'edition: "2"', ["pack.edition", "pack.sha256"]),
        ("plan.yaml", b"level: 0.95", b"level: 0.9", ["plan.sha256"]),
    ],
)
def test_another_pack_or_plan_than_the_one_entered_is_named(check, honest, file, old, new, columns):
    assert old in honest.content[file]
    step = check(content={file: honest.content[file].replace(old, new)})
    assert codes(step) == ["plan_differs"] * len(columns)
    assert [each.column for each in step.complaints] == columns


@pytest.mark.parametrize(
    ("name", "value"),
    [("simulated", False), ("client", "别的委托单位"), ("name", "别的评估"), ("institute", "别的机构")],
)
def test_a_report_that_says_otherwise_of_its_evaluation_is_named(check, honest, name, value):
    facts = json.loads(json.dumps(honest.facts))
    facts["edition" if name == "institute" else "evaluation"][name] = value
    step = check(facts=facts)
    assert [(each.code, each.column) for each in step.complaints] == [
        ("verification.plan_differs", f"evaluation.{name}")
    ]


def test_an_object_that_was_made_to_fit_is_not_the_one_entered(world, check):
    other = {**small_world.fixed_of(world), "pack": {"name": "测试假定", "edition": "1", "sha256": "00" * 32}}
    assert codes(check(content=written([(other, "")]))) == ["plan_file", "plan_differs"]
    for data in (b"", b"not json\n", b"[" * 100_000 + b"\n"):
        assert "plan_file" in codes(check(content={"fieldwork-plan.jsonl": data}))


def test_a_plan_that_was_never_entered_or_too_late_is_named(world, check, entries):
    fixed = small_world.fixed_of(world)
    assert codes(check([entry for entry in entries if entry[0] != log.PLAN])) == ["plan_unlogged"]
    late = check(with_plans(entries, [(fixed, LATE)]))
    assert codes(late) == ["plan_late"]
    assert late.complaints[0].details["received"] == small_world.RECEIVED
    first = [entries[3], *entries[:3], *entries[4:]]
    assert codes(check(first)) == ["plan_before_draw"]


def test_a_plan_after_the_first_line_of_interviews_is_late_whatever_the_list_says(world, check, entries):
    """Whoever strikes the first interviews from the list cannot strike the line that covered them."""
    rows = [replace(row, received_at="2026-03-20T00:00:00Z") for row in world.interview_rows]
    assert "plan_late" in codes(check(with_plans(entries, [(small_world.fixed_of(world), LATE)]), rows=rows))


def test_a_change_after_the_first_interview_is_a_complaint_and_before_it_a_note(world, check, entries):
    fixed = small_world.fixed_of(world)
    first = {**fixed, "pack": {**fixed["pack"], "sha256": "11" * 32}}
    early = [(first, "2026-03-04T08:00:00Z"), (fixed, "2026-03-05T08:00:00Z")]
    step = check(with_plans(entries, early), content=written(early))
    assert (step.state, [each.code for each in step.notes]) == (OK, ["verification.plan_replaced"])
    assert step.notes[0].details["changed"] == "pack.sha256"
    late = [(first, "2026-03-04T08:00:00Z"), (fixed, LATE)]
    step = check(with_plans(entries, late), content=written(late))
    assert codes(step) == ["plan_changed"]
    details = step.complaints[0].details
    assert (details["at"], details["received"], details["changed"]) == (LATE, small_world.RECEIVED, "pack.sha256")


def test_a_form_that_was_entered_late_or_never_is_named(world, check, entries, honest):
    assert codes(check([entry for entry in entries if entry[0] != log.FORM])) == ["form_unlogged"]
    late = [(*entry[:3], LATE) if entry[0] == log.FORM else entry for entry in entries]
    assert codes(check(sorted(late, key=lambda entry: entry[3]))) == ["form_late"]
    other = FixedForm("small", "1", "22" * 32)
    step = check(forms={"instrument.xml": other})
    assert [(each.code, each.file) for each in step.complaints] == [
        ("verification.plan_differs", "fieldwork-plan.jsonl"),
        ("verification.form_unlogged", "instrument.xml"),
    ]
    assert step.complaints[0].column == "forms[0].sha256"


def test_the_files_of_a_form_are_entered_with_it(world, check, entries):
    named = {"价目.csv": "0f" * 32, "图.png": "0e" * 32}
    digest = log.hash_of_form(sha256_of(world.xform), named)
    with_files = [(*entry[:2], digest, entry[3]) if entry[0] == log.FORM else entry for entry in entries]

    def beside(files):
        return {"form-files.json": json.dumps({"instrument.xml": files}).encode()}

    assert codes(check(with_files, content=beside(named))) == []
    assert codes(check(with_files)) == codes(check(with_files, content={"form-files.json": b"no"})) == ["form_unlogged"]
    changed = {**named, "图.png": "0d" * 32}
    for other in (changed, {"价目.csv": "0f" * 32}, {**named, "更多.csv": "0c" * 32}, {}):
        assert codes(check(with_files, content=beside(other))) == ["form_unlogged"]
    assert codes(check(content=beside(named))) == ["form_unlogged"]


def test_a_later_version_needs_a_line_before_its_own_first_interview_only(world, check, entries, honest):
    rows = [replace(world.interview_rows[0], version="2"), *world.interview_rows[1:]]
    second = FixedForm("small", "2", "33" * 32)
    forms = {**honest.forms, "instrument-2.xml": second}
    line = (log.FORM, log.subject_of_form(world.manifest.evaluation, "small", "2"), second.sha256)
    assert codes(check(rows=rows, forms=forms)) == ["form_unlogged"]
    for at, expected in (("2026-03-10T02:00:00Z", []), ("2026-03-10T02:00:01Z", ["form_late"])):
        lines = sorted([*entries, (*line, at)], key=lambda entry: entry[3])
        assert codes(check(lines, rows=rows, forms=forms)) == expected


def renumbered(rows):
    return [replace(row, sequence=place) for place, row in enumerate(rows, start=1)]


def test_an_interview_that_was_removed_is_named_between_its_lines(world, check, entries):
    rows, half = world.interview_rows, len(world.interview_rows) // 2 + 1
    later = [*rows[: half + 3], *rows[half + 4 :]]
    step = check(rows=renumbered(later))
    assert codes(step) == ["interviews_differ"]
    details = step.complaints[0].details
    assert (details["before"], details["line"], details["covered"], details["lines"]) == (5, 6, half, 1)
    step = check(rows=renumbered([*rows[:2], *rows[3:]]))
    details = step.complaints[0].details
    assert (details["before"], details["line"], details["covered"], details["lines"]) == (0, 5, 0, 2)
    gap = check(rows=later)
    assert codes(gap) == ["interview_sequence", "interviews_differ"]
    assert gap.complaints[0].details["expected"] == half + 4


def test_an_interview_that_was_replaced_is_found_whatever_of_it_was(world, check):
    rows = list(world.interview_rows)
    for change in ({"sha256": "44" * 32}, {"instance_id": "uuid:other"}, {"received_at": "2026-03-10T01:59:59Z"}):
        changed = [*rows[:-1], replace(rows[-1], **change)]
        assert codes(check(rows=changed)) == ["interviews_differ"]


def test_interviews_exchanged_in_their_order_are_found(world, check):
    rows = world.interview_rows
    assert codes(check(rows=renumbered([rows[1], rows[0], *rows[2:]]))) == ["interviews_differ"]


def test_an_interview_after_the_last_line_is_named(world, check, entries):
    more = replace(world.interview_rows[-1], instance_id="uuid:more", sequence=len(world.interview_rows) + 1)
    step = check(rows=[*world.interview_rows, more])
    assert codes(step) == ["interviews_unlogged"]
    assert (step.complaints[0].row, step.complaints[0].details["count"]) == (len(world.interview_rows) + 2, 1)
    never = check([entry for entry in entries if entry[0] != log.INTERVIEWS])
    assert codes(never) == ["interviews_unlogged"]
    assert never.complaints[0].details["count"] == len(world.interview_rows)


def lines_for(world, entries, rows, cuts):
    """Enter other interviews: (how many, time) of each line."""
    running = list(links(rows))
    subject = entries[0][1]
    own = [(log.INTERVIEWS, subject, running[count - 1].hash, at) for count, at in cuts]
    return [*(entry for entry in entries if entry[0] != log.INTERVIEWS), *own]


def test_an_interview_put_in_afterwards_with_an_old_time_is_named(world, check, entries):
    """It can only be chained after what was entered; its time then says that it should have been there before."""
    rows = list(world.interview_rows)
    inserted = replace(rows[-1], instance_id="uuid:inserted", sequence=len(rows) + 1)
    cuts = [(len(rows), "2026-03-11T02:00:00Z"), (len(rows) + 1, "2026-03-15T02:00:00Z")]
    step = check(lines_for(world, entries, [*rows, inserted], cuts), rows=[*rows, inserted])
    assert codes(step) == ["interview_inserted"]
    assert step.complaints[0].details["line"] == 6
    in_time = replace(inserted, received_at="2026-03-11T01:55:00Z")
    assert codes(check(lines_for(world, entries, [*rows, in_time], cuts), rows=[*rows, in_time])) == []


def test_an_interview_that_a_line_covers_before_it_came_is_named(world, check, entries):
    rows = list(world.interview_rows)
    step = check(lines_for(world, entries, rows, [(len(rows), "2026-03-10T01:00:00Z")]), rows=rows)
    assert set(codes(step)) == {"interview_ahead"}


def test_interviews_that_waited_long_for_their_line_are_told(world, check, entries):
    rows = list(world.interview_rows)
    first = sum(row.received_at == small_world.RECEIVED for row in rows)
    for at, told in (("2026-03-12T02:00:00Z", []), ("2026-03-12T02:00:01Z", [first])):
        step = check(lines_for(world, entries, rows, [(len(rows), at)]), rows=rows)
        assert (step.state, [each.details["count"] for each in step.notes]) == (OK, told)


def test_a_line_that_covers_nothing_new_is_none_of_the_service(world, check, entries):
    rows = list(world.interview_rows)
    cuts = [(len(rows), "2026-03-11T02:00:00Z"), (len(rows) - 1, "2026-03-12T02:00:00Z")]
    assert codes(check(lines_for(world, entries, rows, cuts), rows=rows)) == ["interviews_differ"]


def test_the_running_hash_is_the_one_of_the_formats_page(world):
    """Computed by hand here, so that a change of the object shows."""
    row = world.interview_rows[0]
    text = (
        f'{{"instance_id":"{row.instance_id}","previous":"{"0" * 64}","received_at":"{row.received_at}",'
        f'"sequence":1,"sha256":"{row.sha256}"}}'
    )
    first = next(links([row]))
    assert first == Link(1, hashlib.sha256(text.encode()).hexdigest())
    assert list(links(world.interview_rows[1:], first))[-1] == list(links(world.interview_rows))[-1]
    assert Link(0, "0" * 64) == BEFORE_FIRST
