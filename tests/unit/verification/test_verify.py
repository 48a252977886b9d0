"""The outsider's check: good files pass, every tampering is found and its place named."""

import io
import json
import zipfile
from datetime import UTC, datetime

import pytest

from evalsvc.editions.bundle import write_bundle
from evalsvc.editions.chapters.texts import shipped
from evalsvc.evaluations.packs import pack_bytes, pack_names
from evalsvc.files import interview_name
from evalsvc.results.records import InterviewRow, read_records
from evalsvc.verification.archive import Limits, known_name, open_bundle
from evalsvc.verification.computation import plan_step
from evalsvc.verification.outcome import STEPS
from evalsvc.verification.run import verify, verify_against
from evalsvc.words import sentence
from reports.keys import authority_of, make_demo_key, read_signer
from sampling.frame import load_mapping, read_frame, write_frame
from tests import small_world


def failed(outcome):
    return {step.name: step.complaints for step in outcome.steps if step.state == "failed"}


def told(outcome, step):
    """The sentences of one step, as a reader gets them."""
    return " ".join(sentence(each.code, each.details) for each in failed(outcome)[step])


def interview_that(issued, text):
    return next(name for name in issued.content if name.startswith("interviews/") and text in issued.content[name])


def test_good_files_pass_every_step_and_every_figure_is_equal(issued):
    seen = []
    outcome = verify(issued.pdf, issued.bundle, progress=lambda name, _done, _all: seen.append(name))
    assert failed(outcome) == {}
    assert outcome.holds and outcome.complete
    assert [step.name for step in outcome.steps] == list(STEPS) == seen
    assert len(outcome.figures) > 300 and all(figure.equal for figure in outcome.figures)
    keys = {figure.key for figure in outcome.figures}
    assert {"wrong_exit_rate/350125/estimate", "composite_350125/350125/interval", "fieldwork/all/completed"} <= keys
    assert outcome.about["simulated"] == "1"


def test_without_a_bundle_nothing_is_recomputed_and_the_outcome_says_so(issued):
    outcome = verify(issued.pdf)
    assert outcome.holds and not outcome.complete
    assert {step.name for step in outcome.steps if step.state == "ok"} == {"signature", "embedded", "pages"}
    assert all(figure.recomputed is None for figure in outcome.figures)


def test_the_signer_is_trusted_only_by_a_certificate_that_leads_there(issued):
    seal = authority_of(small_world.signer())
    hands = [authority_of(small_world.hand_of(name)) for name in ("张示例", "李示例")]
    assert [each.trusted for each in verify(issued.pdf, trust=b"".join([seal, *hands])).signatures] == [True] * 3
    outcome = verify(issued.pdf, trust=seal)
    assert [each.trusted for each in outcome.signatures] == [False, False, True]
    assert [each.code for each in failed(outcome)["signature"]] == ["verification.not_trusted"] * 2
    stranger = read_signer(make_demo_key("别的机构", b"x", datetime.now(UTC)), b"x")
    outcome = verify(issued.pdf, trust=authority_of(stranger))
    assert [each.code for each in failed(outcome)["signature"]] == ["verification.not_trusted"] * 3


def test_a_report_that_lacks_one_of_its_signatures_was_not_issued(issued):
    facts = json.loads(issued.content["edition.json"])
    outcome = verify(small_world.reviewed(issued.unsigned, facts["edition"]))
    assert [each.code for each in failed(outcome)["signature"]] == [
        "reports.signature_missing.institute", "verification.unsigned.institute",
    ]  # fmt: skip


@pytest.mark.parametrize("share", [0.001, 0.2, 0.5, 0.8, 0.97, 0.999])
def test_one_flipped_byte_of_the_report_is_found(issued, share):
    flipped = bytearray(issued.pdf)
    flipped[int(len(flipped) * share)] ^= 0x01
    outcome = verify(bytes(flipped), issued.bundle)
    assert not outcome.holds
    assert failed(outcome)["signature"] != ()


def test_something_added_after_the_signature_is_found(issued):
    outcome = verify(issued.pdf + b"\n% more\n", issued.bundle)
    assert "signature" in failed(outcome)


def test_an_unsigned_report_fails(issued):
    outcome = verify(issued.unsigned, issued.bundle)
    assert [each.code for each in failed(outcome)["signature"]] == ["reports.not_signed"]


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7\n", b"no pdf at all", b"%PDF-1.7\n" + bytes(range(256)) * 40])
def test_what_is_no_report_is_told_and_not_a_traceback(data, issued):
    outcome = verify(data, issued.bundle)
    assert set(failed(outcome)) == {"signature", "embedded"}


def test_one_changed_answer_is_followed_from_the_interview_to_the_printed_figures(issued, report):
    name = interview_that(issued, b"<recognition_overall>yes")
    outcome = verify_against(report, issued.changed(name, b"<recognition_overall>yes", b"<recognition_overall>no"))
    # The facts fail by results.csv alone, the table for R, which is made again from the results.
    assert set(failed(outcome)) == {"interviews", "answers", "results", "facts", "figures"}
    assert "results.csv" in told(outcome, "facts")
    rows, _ = read_records(InterviewRow, issued.content["interviews.csv"], "interviews.csv")
    unit = next(row.unit_id for row in rows if interview_name(row.instance_id) == name)
    assert name in told(outcome, "interviews") and unit in told(outcome, "interviews")
    assert "answers.csv" in told(outcome, "answers") and "recognised" in told(outcome, "answers")
    assert unit in told(outcome, "answers")
    differing = [figure for figure in outcome.figures if not figure.equal]
    assert differing and all(figure.key.startswith("recognition") for figure in differing)


def test_one_changed_line_of_the_manifest_is_named_with_its_unit(issued):
    manifest = json.loads(issued.content["draw-manifest.json"])
    village = manifest["stages"][0]["units"][0]
    old = f'"ticket": "{village["ticket"]}"'.encode()
    outcome = verify(
        issued.pdf, issued.changed("draw-manifest.json", old, old.replace(b'": "', b'": "f', 1)[:-2] + b'"')
    )
    assert {"files", "log", "draw"} <= set(failed(outcome))
    assert "draw-manifest.json" in told(outcome, "files")
    assert village["id"] in told(outcome, "draw")


CHANGES = [
    ("draw-manifest.json", b'"secret": "5e', b'"secret": "6e', "draw", "draw-manifest.json"),
    ("draw-manifest.json", b'"drawn_at": "2026-03-02', b'"drawn_at": "2026-02-02', "log", "2026-02-02"),
    ("commitments.jsonl", b"2026-03-01", b"2026-02-01", "log", "commitments.jsonl"),
    ("commitment.json", b"secret_sha256", b"secret_sha257", "draw", "commitment.json"),
    ("design.yaml", b"each: 3", b"each: 4", "draw", "design.yaml"),
    ("interviews.csv", b",completed,0", b",completed,3", "interviews", "complaints"),
    ("fieldwork.csv", b",completed,", b",refused,", "fieldwork", "disposition"),
    ("cases.csv", b",confirmed\n", b",excluded\n", "cases", "cases.csv"),
    ("judgements.csv", b",confirm,", b",exclude,", "cases", "cases.csv"),
    ("judgements.csv", b",judge-b,", b",judge-a,", "cases", "judgements.csv"),
    ("pack.yaml", b"value: 0.02", b"value: 0.03", "plan", "plan.yaml"),
    ("plan.yaml", b"level: 0.95", b"level: 0.90", "plan", "estimates[0].interval.level"),
    ("answers.csv", b",completed,1,1,", b",completed,1,0,", "answers", "responded"),
    ("results.json", b'"n": 3', b'"n": 4', "results", "results.json"),
    ("instrument.xml", b"h:title>", b"h:title >", "files", "instrument.xml"),
    ("README.md", b"bundle", b"bumble", "files", "README.md"),
    ("edition.json", b"kleine-probe", b"grosse-probe", "files", "edition.json"),
]


@pytest.mark.parametrize(("name", "old", "new", "step", "place"), CHANGES)
def test_every_changed_file_is_found_where_it_was_changed(issued, report, name, old, new, step, place):
    outcome = verify_against(report, issued.changed(name, old, new))
    assert "files" in failed(outcome)
    assert name in told(outcome, "files")
    assert place in told(outcome, step)


PLACES = [
    ("answers.csv", b",completed,1,1,", b",completed,1,0,"),
    ("fieldwork.csv", b",completed,", b",refused,"),
    ("cases.csv", b",confirmed\n", b",excluded\n"),
]


@pytest.mark.parametrize(("name", "old", "new"), PLACES)
def test_the_tables_of_which_the_report_says_so_are_named_to_row_and_column(issued, report, name, old, new):
    assert name in shipped("总报告", "zh")["sampling.md"].rsplit("指出行和列", 1)[0].rsplit("\n", 1)[1]
    outcome = verify_against(report, issued.changed(name, old, new))
    placed = [each.details for step in outcome.steps for each in step.complaints if each.details.get("file") == name]
    row = issued.content[name].split(old, 1)[0].count(b"\n") + 1
    assert any(each.get("row") == row and each.get("column") for each in placed)


def test_another_frame_is_found(issued, report, tmp_path):
    source = tmp_path / "register.csv"
    small_world.make_world(tmp_path)
    lines = source.read_text(encoding="utf-8").splitlines()
    lines[5] = lines[5].rsplit(",", 1)[0] + ",9"
    source.write_text("\n".join(lines), encoding="utf-8")
    frame = read_frame(source, load_mapping(small_world.MAPPING).mapping).frame
    path = tmp_path / "other.parquet"
    write_frame(frame, path)
    changed = write_bundle({**issued.content, "frame.parquet": path.read_bytes()}.items())
    outcome = verify_against(report, changed)
    assert {"files", "draw"} <= set(failed(outcome))
    assert "frame" in told(outcome, "draw")


def test_missing_and_added_files_are_named(issued, report):
    without = {name: data for name, data in issued.content.items() if name != "cases.csv"}
    assert "cases.csv" in told(verify_against(report, write_bundle(without.items())), "files")
    interview = interview_that(issued, b"completed")
    gone = {name: data for name, data in issued.content.items() if name != interview}
    assert interview in told(verify_against(report, write_bundle(gone.items())), "interviews")
    added = {**issued.content, "interviews/00000000-0000-4000-8000-000000000000.xml": b"<data/>"}
    assert "00000000-0000" in told(verify_against(report, write_bundle(added.items())), "interviews")


def test_the_bundle_of_another_report_is_found(issued, report):
    edition = issued.content["edition.json"].replace(b'"number": 1', b'"number": 2', 1)
    outcome = verify_against(report, write_bundle({**issued.content, "edition.json": edition}.items()))
    assert [each.code for each in failed(outcome)["files"]] == ["verification.other_edition"]


def rezipped(entries, **options):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries:
            archive.writestr(name, data, **options)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "name",
    ["../evil", "/etc/passwd", "interviews/../x.xml", "interviews\\x.xml", "C:/x", "evil.py", "interviews/a/b.xml", ""],
)
def test_names_that_no_bundle_has_are_refused_unopened(issued, report, name):
    assert not known_name(name)
    if name:
        outcome = verify_against(report, rezipped([*issued.content.items(), (name, b"x")]))
        assert "verification.unknown_name" in {each.code for each in failed(outcome)["files"]}


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_archives_that_lie_or_burst_are_refused(issued):
    twice = rezipped([*issued.content.items(), ("cases.csv", b"other")])
    assert {each.code for each in open_bundle(twice).complaints} == {"verification.name_twice"}
    bomb = rezipped([("answers.csv", b"0" * 3_000_000)])
    assert len(bomb) < 5_000
    assert [each.code for each in open_bundle(bomb, Limits(total=1_000_000)).complaints] == ["verification.too_large"]
    assert [each.code for each in open_bundle(bomb, Limits(single=1_000_000)).complaints] == [
        "verification.file_too_large"
    ]
    good = issued.bundle
    for data in (b"", b"PK\x03\x04", good[: len(good) // 2], good[:-30]):
        assert [each.code for each in open_bundle(data).complaints] == ["verification.not_a_zip"]
    damaged = bytearray(good)
    damaged[2_000] ^= 0xFF
    assert [each.code for each in open_bundle(bytes(damaged)).complaints] == ["verification.not_a_zip"]


HOSTILE = [
    ("draw-manifest.json", b"[" * 100_000),
    ("draw-manifest.json", b"{}"),
    ("draw-manifest.json", b"\xff\xfe"),
    ("pack.yaml", b"a: &a [*a]"),
    ("pack.yaml", b"&a [" + b"[" * 500),
    ("plan.yaml", b"- : ["),
    ("frame.parquet", b"PAR1 not really PAR1"),
    ("answers.csv", b'"never closed'),
    ("fieldwork.csv", b""),
    ("results.json", b'{"estimates": 3}'),
    ("commitments.jsonl", b"{}\nnot json\n"),
    ("instrument.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><h:html/>'),
    ("cases.csv", b"case_id\n"),
    ("design.yaml", b"version: 1"),
]


@pytest.mark.parametrize(("name", "data"), HOSTILE)
def test_hostile_files_are_complaints_and_never_tracebacks(issued, report, name, data):
    outcome = verify_against(report, write_bundle({**issued.content, name: data}.items()))
    assert not outcome.holds
    assert name in told(outcome, "files")


def test_a_hostile_interview_is_a_complaint(issued, report):
    name = interview_that(issued, b"completed")
    for data in (b"<data", b'<!DOCTYPE a [<!ENTITY b "c">]><data/>', b"<data>" * 5_000, b"\x00"):
        outcome = verify_against(report, write_bundle({**issued.content, name: data}.items()))
        assert name in told(outcome, "interviews")


def test_a_manifest_that_names_units_of_nowhere_ends_in_complaints(issued, report):
    manifest = json.loads(issued.content["draw-manifest.json"])
    manifest["stages"][1]["units"][0]["parent"] = "nowhere"
    changed = write_bundle({**issued.content, "draw-manifest.json": json.dumps(manifest).encode()}.items())
    outcome = verify_against(report, changed)
    assert {"files", "draw"} <= set(failed(outcome))


def test_bundles_of_the_same_files_have_the_same_bytes(issued):
    reordered = dict(reversed(list(issued.content.items())))
    assert write_bundle(reordered.items()) == issued.bundle


def test_a_pack_that_only_calls_itself_like_a_shipped_one_is_told():
    shipped = pack_bytes(pack_names()[0])
    for data, codes in ((shipped, []), (shipped.replace(b"0.02", b"0.03", 1), ["verification.other_pack"])):
        step = plan_step(b"estimates: []", {"estimates": []}, data)
        assert [each.code for each in step.complaints] == codes
