"""Ways to touch what was issued: each changes something, and knows where."""

import json

import pytest

from benchmarks.edits import COVERED, HEX_DIGITS, SIGNATURE, answer_edit, flips_of, line_edits, other_value, places_of

MANIFEST = """{
  "evaluation": "a-1",
  "time_stamp": null,
  "frames": [
    {"stage": "county", "parent": null, "sha256": "aa00"},
    {"stage": "village", "parent": "35", "sha256": "bb11"}
  ],
  "stages": [
    {"name": "village",
     "strata": [
       {"parent": null, "stratum": "35/x", "population": 4}],
     "units": [
       {"id": "3501", "parent": null, "probability": 0.25},
       {"id": "3502", "parent": null, "probability": 0.25}]},
    {"name": "household",
     "strata": [
       {"parent": "3501", "stratum": "y", "population": 9}],
     "units": [
       {"id": "3501-7", "parent": "3501", "order": null}]}
  ]
}"""


def test_every_line_of_a_manifest_knows_its_place() -> None:
    places = [place for _, (kind, place) in places_of(MANIFEST.split("\n")) if kind not in ("head", "bracket")]
    assert places == [
        *("frames[0]", "frames[1]", "stages[0].strata[0]", "stages[0].units[0]", "stages[0].units[1]"),
        *("stages[1].strata[0]", "stages[1].units[0]"),
    ]


def test_every_line_is_changed_and_left_out() -> None:
    lines = MANIFEST.split("\n")
    edits = list(line_edits(MANIFEST))
    assert {edit.number for edit in edits if edit.text is None} == set(range(len(lines)))
    changed = [edit for edit in edits if edit.text is not None]
    assert {edit.number for edit in changed} == {
        place for place, line in enumerate(lines) if '":' in line and "[" not in line
    }
    untouched = json.loads(MANIFEST)
    assert all(json.loads(edit.apply(lines)) != untouched for edit in changed)
    unit = next(edit for edit in edits if edit.number == 12)
    assert unit.names[:2] == ("stages[0].units[0]", "3501")
    assert next(edit for edit in edits if edit.number == 16).names[1] == "3501:y"


@pytest.mark.parametrize(
    ("value", "other"),
    [
        *(
            ("null", "1"),
            ("true", "false"),
            ('"2026-03-01Z"', '"2026-03-02Z"'),
            ('"统一"', '"统一x"'),
            ("7", "8"),
            ("19", "10"),
        ),
        ("0.30952380952380953", "0.30052380952380953"),
    ],
)
def test_another_value_is_of_the_same_kind(value: str, other: str) -> None:
    assert other_value(value) == other
    assert json.loads(value) != json.loads(other)


def test_digits_of_the_signature_become_other_digits() -> None:
    pdf = b"%PDF /ByteRange [0 39 49 8] /Contents <00aF19c2> trailer"
    start = pdf.index(b"<")
    pdf = pdf.replace(b"[0 39 49 8]", f"[0 {start} {start + 10} 8]".encode())
    flips = flips_of(pdf, 5, all_bits=True)
    inside = [flip for flip in flips if flip.group == SIGNATURE]
    assert {flip.place for flip in inside} == set(range(start + 1, start + 9))
    assert all(flip.apply(pdf)[flip.place] in HEX_DIGITS for flip in inside)
    assert all(flip.apply(pdf) != pdf for flip in flips)
    assert all(flip.place % 5 == 0 for flip in flips if flip.group == COVERED)
    assert len([flip for flip in flips_of(pdf, 5, all_bits=False) if flip.group == SIGNATURE]) == 8


def test_each_interview_gets_another_answer_changed() -> None:
    content = b'<data id="f"><a>yes</a><b>12</b><meta><instanceID>uuid:1</instanceID></meta></data>'
    edits = [answer_edit("g", "interviews/1.xml", content, number) for number in range(3)]
    assert [edit.question for edit in edits] == ["a", "b", "a"]
    assert b"<a>no</a><b>12</b>" in edits[0].content and b"<a>yes</a><b>13</b>" in edits[1].content
    assert all(b"uuid:1" in edit.content for edit in edits)
