"""The load on the intake, in a short form: a real server, a handful of submissions, and a few who send at once."""

import argparse

import pytest

from benchmarks.intake import A_DAY, BURST, HEADER, SQLITE, Place, bare_sqlite, burst, rate_of, round_of, sections
from benchmarks.intake_form import QUESTIONS, form_text, submission
from forms import convert, parse_definition

HERE = Place(SQLITE, None, None, (), bare_sqlite)


def test_everything_is_taken_in_and_counted() -> None:
    one, sent = round_of(HERE, 12, 2, photo=True), burst(HERE, 3)
    assert len(one.waits) == 12 and one.rate > 0 and one.processor > 0 and one.bare > 0 and one.peak > 10_000_000
    assert list(one.waits) == sorted(one.waits)
    assert (sent.acknowledged, sent.there, sent.whole) == (3 * A_DAY, 3 * A_DAY, True)
    given = argparse.Namespace(connections=2, processes=2)
    page = "\n".join(sections({(SQLITE, True): [one]}, {SQLITE: sent}, 12, 3, given))
    assert f"| {SQLITE} | yes | " in page and f"| {SQLITE} | 3 | 15 | 15 | whole | " in page
    assert all(head in page for head in (*HEADER, *BURST))


def test_the_form_has_the_questions_and_bytes_that_the_study_speaks_of() -> None:
    converted = convert(form_text(), "sixty.md")
    assert converted.xform is not None
    definition = parse_definition(converted.xform)
    assert len(definition.questions) == QUESTIONS
    assert 3_500 < len(submission(definition, "350125101000-000001", photo=False)) < 4_500


def test_the_rate_is_the_median_of_equal_parts() -> None:
    steady = [place / 50 for place in range(100)]
    assert rate_of(steady) == pytest.approx(50)
    halting = [*steady[:90], *(at + 30 for at in steady[90:])]
    assert rate_of(halting) == pytest.approx(50)
