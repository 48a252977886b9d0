"""The study of touched files, in a short form: every edit is found, and the manifest's line is named."""

from dataclasses import replace

import pytest

from benchmarks import byte_flips
from benchmarks.edits import COVERED, SIGNATURE, LineEdit
from benchmarks.touched import ALONE, BOUND, FILE, FOUND, HASH, INTERVIEW, PLACE, read_issued

AMOUNT = byte_flips.Amount(bytes=100_003, digits=900, lines=60, interviews=60)


@pytest.fixture(scope="module")
def made(issued, tmp_path_factory):
    """The report and its bundle, read once for all edits."""
    return read_issued(issued.pdf, issued.bundle, tmp_path_factory.mktemp("made"))


def test_everything_that_is_touched_is_found_and_told(made) -> None:
    tried = [byte_flips.try_one(made, edit) for edit in byte_flips.edits_of(made, AMOUNT)]
    assert [each.what for each in tried if FOUND not in each.marks] == []
    groups = {each.group for each in tried}
    assert {COVERED, SIGNATURE, byte_flips.OTHER_ANSWER, byte_flips.RENEWED} < groups
    units = [each for each in tried if each.group.startswith("a unit")]
    assert units and all({ALONE, PLACE, HASH, FILE} <= each.marks for each in units)
    answers = [each for each in tried if each.group == byte_flips.OTHER_ANSWER]
    assert answers and all(INTERVIEW in each.marks for each in answers)
    renewed = [each for each in tried if each.group == byte_flips.RENEWED]
    assert renewed and all(FILE in each.marks for each in renewed)
    page = "\n".join(byte_flips.sections(made, tried, AMOUNT))
    assert f"{len(tried)} of {len(tried)} edits were found." in page


def test_what_nothing_follows_from_is_said_to_be_unseen_by_the_draw_alone(issued, made) -> None:
    lines = issued.content["draw-manifest.json"].decode().split("\n")
    edits = [edit for edit in byte_flips.edits_of(made, replace(AMOUNT, lines=1)) if isinstance(edit, LineEdit)]
    seed, version = (
        next(edit for edit in edits if edit.text and f'"{name}":' in lines[edit.number])
        for name in ("secret", "code_version")
    )
    assert {ALONE, BOUND, FOUND} <= byte_flips.try_one(made, seed).marks
    unseen = byte_flips.try_one(made, version)
    assert ALONE not in unseen.marks and {HASH, FOUND} <= unseen.marks
    assert '"code_version"' in "\n".join(byte_flips.sections(made, [unseen], AMOUNT))


def test_an_edit_that_nobody_finds_is_named_on_the_page(issued, made) -> None:
    line = next(edit for edit in byte_flips.edits_of(made, AMOUNT) if isinstance(edit, LineEdit))
    text = issued.content["draw-manifest.json"].decode().split("\n")[line.number]
    same = byte_flips.try_one(made, replace(line, text=text))
    assert FOUND not in same.marks
    assert "**not found**" in "\n".join(byte_flips.sections(made, [same], AMOUNT))
