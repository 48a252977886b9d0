"""Designs broken at random places get sentences; what can be read can be written and read again."""

import copy
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sampling.design import load_design
from sampling.documents import document_text
from tests.unit.sampling.any_document import (
    GOOD,
    JUNK,
    Junk,
    Say,
    at,
    good_documents,
    places,
    read_or_complain,
)


@st.composite
def broken(choose: st.DrawFn) -> Junk:
    """Change good documents, plain or canonical, at a few random places."""
    pool = good_documents()
    document = copy.deepcopy(choose(st.sampled_from(pool)))
    for _ in range(choose(st.integers(1, 3))):
        path = choose(st.sampled_from([each for each in places(document) if each]))
        owner, key = at(document, path[:-1]), path[-1]
        kind = choose(st.sampled_from(["junk", "drop", "add", "graft", "twice"]))
        if kind == "drop":
            del owner[key]
        elif kind == "add" and isinstance(owner, dict):
            owner[choose(st.sampled_from(["", "x", "each", "total", "by", "listed", "minimum", "size"]))] = (
                copy.deepcopy(choose(JUNK))
            )
        elif kind == "graft":
            other = choose(st.sampled_from(pool))
            owner[key] = copy.deepcopy(at(other, choose(st.sampled_from(list(places(other))))))
        elif kind == "twice" and isinstance(owner, list):
            owner.append(copy.deepcopy(owner[key]))
        else:
            owner[key] = copy.deepcopy(choose(JUNK))
    return document


@settings(max_examples=200, deadline=None)
@given(broken(), st.booleans())
def test_any_document_is_a_design_or_gets_sentences(say: Say, document: Junk, as_json: bool) -> None:
    read_or_complain(json.dumps(document) if as_json else document_text(document), say)


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from(GOOD),
    st.booleans(),
    st.integers(0, 5000),
    st.integers(0, 3),
    st.sampled_from("\0{}[]:,-'\"\n \t#&*!|>%@`1é\ud800"),
)
def test_any_text_is_a_design_or_gets_sentences(
    say: Say, document: Junk, as_json: bool, place: int, dropped: int, put: str
) -> None:
    text = json.dumps(document) if as_json else document_text(document)
    place %= len(text)
    read_or_complain(text[:place] + put + text[place + dropped :], say)


TEXT = """version: 1
evaluation: x
draw: 1
title: a
frame: {levels: [{name: household, id: id, columns: {k: text}}]}
stages: [{name: household, method: equal, take: 1}]
"""


@pytest.mark.parametrize(
    ("right", "wrong", "code"),
    [
        ("draw: 1", "draw: 1.0", "document.type_integer"),
        ("take: 1", "take: 3.0", "document.type_integer"),
        ("draw: 1", "draw: 9007199254740992", "document.too_large"),
        ("take: 1", "take: " + "9" * 5000, "document.bad_value"),
        ("title: a", "title: 2026-13-45", "document.bad_value"),
        ("title: a", "title: 0b_", "document.bad_value"),
        ("title: a", "title: !!int x", "document.bad_value"),
        ("title: a", "title: .inf", "document.bad_value"),
        ("title: a", r'title: "\ud800"', "document.bad_character"),
        ("title: a", r'title: "\0"', "document.bad_character"),
        ("k: text", "1: text", "document.key_not_text"),
        ("k: text", "null: text", "document.key_not_text"),
        ("take: 1", r'take: "20%\n"', "document.pattern"),
        ("name: household, id", r'name: "household\n", id', "document.pattern"),
        ("title: a", "title: " + "[" * 70 + "]" * 70, "document.too_deep"),
    ],
)
def test_values_that_no_design_can_be_hashed_with(say: Say, right: str, wrong: str, code: str) -> None:
    assert read_or_complain(TEXT, say) is not None
    reading = load_design(TEXT.replace(right, wrong))
    assert code in [one.code for one in reading.complaints]
    for one in reading.complaints:
        assert all(sentence.encode() for sentence in say(one))


def test_json_beyond_json_is_refused(say: Say) -> None:
    text = json.dumps(GOOD[0])
    for wrong in ("NaN", "-Infinity", "1e999", "9" * 5000):
        (one,) = load_design(text.replace('"draw": 1', f'"draw": {wrong}')).complaints
        assert one.code == "document.bad_value"
        say(one)
    assert load_design(text.replace('"test"', r'"e\u0301"')).design.evaluation == "\u00e9"  # type: ignore[union-attr]
