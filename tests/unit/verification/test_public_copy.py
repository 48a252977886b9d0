"""Copies of the public log that did not come with the bundle: cut, written anew, or without the report."""

import hashlib
from dataclasses import replace

import pytest
from click.testing import CliRunner

from evalsvc.cli import main
from evalsvc.draws import log
from evalsvc.verification.outcome import FAILED, OK
from evalsvc.verification.public_copy import Issued, compare_copies
from evalsvc.verification.run import verify_against
from evalsvc.words import sentence
from sampling.chain import chain_entry, read_chain, write_chain

PDF = "ab" * 32
ISSUED = Issued(frozenset({PDF}), "probe", 2, 3, "2026-03-20T02:30:00Z")
BUNDLED = (
    (log.COMMITMENT, "probe/2", "01" * 32, "2026-03-01T08:00:00Z"),
    (log.MANIFEST, "probe/2", "02" * 32, "2026-03-02T08:00:00Z"),
    (log.COMMITMENT, "other/1", "03" * 32, "2026-03-03T08:00:00Z"),
    (log.INTERVIEWS, "probe/2", "04" * 32, "2026-03-11T08:00:00Z"),
)
EDITION = (log.EDITION, "probe/edition/3", PDF, "2026-03-20T02:31:00Z")
STRANGER = (log.EDITION, "other/edition/3", "05" * 32, "2026-03-20T02:31:00Z")


def chained(*entries):
    lines = []
    for kind, subject, sha256, at in entries:
        lines.append(chain_entry(lines[-1] if lines else None, kind=kind, subject=subject, sha256=sha256, at=at))
    return lines


OWN = chained(*BUNDLED)


def compare(*copies, own=OWN):
    given = {f"copy-{place}": write_chain(chained(*entries)).encode() for place, entries in enumerate(copies)}
    step = compare_copies(given, own, ISSUED)
    for language in ("zh", "en"):
        told = [sentence(each.code, each.details, language) for each in (*step.complaints, *step.notes)]
        assert all("%(" not in each for each in told), told
    return step


def codes(complaints):
    return [each.code.removeprefix("verification.") for each in complaints]


def test_todays_log_extends_the_bundles_and_names_the_report():
    for entries in ((*BUNDLED, EDITION), (*BUNDLED, STRANGER, EDITION), (*BUNDLED, EDITION, STRANGER)):
        step = compare(entries)
        assert (step.state, step.notes, step.counts) == (OK, (), {"copies": 1})


def test_without_a_copy_the_outcome_says_so():
    step = compare()
    assert (step.state, codes(step.notes)) == (OK, ["log_not_compared"])


@pytest.mark.parametrize(
    ("entries", "code"),
    [
        (BUNDLED, "log_without_edition"),
        ((*BUNDLED, STRANGER), "log_without_edition"),
        ((*BUNDLED, (*EDITION[:2], "06" * 32, EDITION[3])), "log_other_pdf"),
        ((*BUNDLED, (log.MANIFEST, *EDITION[1:])), "log_without_edition"),
        (BUNDLED[:3], "log_cut"),
        ((), "log_empty"),
        (((*BUNDLED[0][:3], "2026-03-01T07:00:00Z"), *BUNDLED[1:], EDITION), "log_differs"),
        ((*BUNDLED[:2], *BUNDLED[3:], EDITION), "log_differs"),
        ((STRANGER, EDITION), "log_differs"),
        ((*BUNDLED, (log.INTERVIEWS, "probe/2", "07" * 32, "2026-03-19T08:00:00Z"), EDITION), "log_left_out"),
        ((*BUNDLED, (log.PLAN, "probe/2", "07" * 32, "2026-03-19T08:00:00Z"), EDITION), "log_left_out"),
        ((*BUNDLED, (*EDITION[:3], "2026-03-20T02:29:00Z")), "log_early"),
        ((*BUNDLED, (*EDITION[:3], "yesterday")), "bad_time"),
    ],
)
def test_a_log_cut_written_anew_or_without_the_report_is_named(entries, code):
    step = compare(entries)
    assert step.state == FAILED
    assert codes(step.complaints) == [code]


def test_the_first_line_that_differs_is_named():
    step = compare((*BUNDLED[:2], (*STRANGER[:3], BUNDLED[2][3]), BUNDLED[3], EDITION))
    assert [(each.code, each.row) for each in step.complaints] == [("verification.log_differs", 3)]
    assert "other/1" in str(step.complaints[0].details["expected"])


def test_a_copy_whose_chain_is_broken_vouches_for_nothing():
    lines = write_chain(chained(*BUNDLED, EDITION)).replace("02:31", "02:32").encode()
    for data in (lines, b"", b"no log at all\n", b"\xff\xfe", write_chain([replace(OWN[1])]).encode()):
        step = compare_copies({"copy": data}, OWN, ISSUED)
        assert step.state == FAILED, data
        assert all(each.details["file"] == "copy" for each in step.complaints)


def test_an_older_copy_beside_todays_shows_that_nothing_was_written_anew():
    step = compare(BUNDLED[:3], (*BUNDLED, EDITION))
    assert (step.state, codes(step.notes)) == (OK, ["log_older"])
    other = (*BUNDLED[:2], STRANGER)
    assert codes(compare(other, (*BUNDLED, EDITION)).complaints) == ["log_differs"]


def test_what_was_entered_after_the_report_is_told():
    later = (log.INTERVIEWS, "probe/2", "08" * 32, "2026-04-01T08:00:00Z")
    correction = (log.EDITION, "probe/edition/4", "09" * 32, "2026-04-02T08:00:00Z")
    stranger = (log.INTERVIEWS, "probe/1", "0a" * 32, "2026-04-01T08:00:00Z")
    step = compare((*BUNDLED, EDITION, later, stranger, correction))
    assert (step.state, codes(step.notes)) == (OK, ["log_since", "log_since"])
    assert [each.details["subject"] for each in step.notes] == ["probe/2", "probe/edition/4"]


def test_a_copy_names_the_report_also_without_a_bundle():
    assert compare((*BUNDLED, EDITION), own=None).state == OK
    assert codes(compare(BUNDLED, own=None).complaints) == ["log_without_edition"]
    assert compare(own=None).notes == ()


@pytest.fixture
def public(issued):
    """Today's log of the issued report, and one into which it was never entered."""
    lines = list(read_chain(issued.content["commitments.jsonl"].decode()).entries)
    digest = hashlib.sha256(issued.pdf).hexdigest()
    named = {"kind": log.EDITION, "subject": "kleine-probe/edition/1", "sha256": digest, "at": "2026-03-20T02:31:00Z"}
    return write_chain([*lines, chain_entry(lines[-1], **named)]).encode(), write_chain(lines).encode()


def test_the_whole_check_takes_copies(issued, report, public):
    found = verify_against(report, issued.bundle, logs={"today": public[0]})
    assert found.holds and found.complete
    step = next(each for each in found.steps if each.name == "log")
    assert (codes(step.notes), step.counts) == (["time_stamp.none"], {"lines": 7, "copies": 1})
    assert not verify_against(report, issued.bundle, logs={"today": public[1]}).holds
    alone = verify_against(report, None, logs={"today": public[0]})
    assert alone.holds and not alone.complete
    plain = next(each for each in verify_against(report, issued.bundle).steps if each.name == "log")
    assert codes(plain.notes) == ["time_stamp.none", "log_not_compared"]


def test_the_command_takes_copies_and_says_when_it_has_none(issued, public, tmp_path):
    paths = {name: tmp_path / name for name in ("report.pdf", "bundle.zip", "today.jsonl", "old.jsonl", "forged.jsonl")}
    forged = write_chain(chained(*BUNDLED)).encode()
    data = (issued.pdf, issued.bundle, public[0], public[1], forged)
    for path, each in zip(paths.values(), data, strict=True):
        path.write_bytes(each)
    common = ["verify", str(paths["report.pdf"]), "--bundle", str(paths["bundle.zip"])]
    plain = CliRunner().invoke(main, common)
    assert plain.exit_code == 0 and plain.output.count("--log") == 1, plain.output
    good = CliRunner().invoke(main, [*common, "--log", str(paths["today.jsonl"]), "--log", str(paths["old.jsonl"])])
    assert good.exit_code == 0, good.output
    assert "--log" not in good.output and "old.jsonl" in good.output
    bad = CliRunner().invoke(main, [*common, "--log", str(paths["forged.jsonl"])])
    assert bad.exit_code == 1 and "forged.jsonl" in bad.output


def test_copies_that_contradict_each_other_are_named_without_a_bundle():
    hidden = (log.COMMITMENT, "probe/99", "09" * 32, "2026-02-01T08:00:00Z")
    step = compare((hidden, *BUNDLED, EDITION), (*BUNDLED, EDITION), own=None)
    assert (step.state, "log_differs" in codes(step.complaints)) == (FAILED, True)


def test_a_copy_without_lines_vouches_for_nothing():
    step = compare((*BUNDLED, EDITION), ())
    assert (step.state, codes(step.complaints)) == (FAILED, ["log_empty"])
