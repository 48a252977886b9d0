"""Go on where luck was bad: what was said before it is left as the phone has it, so that it shows when it arrives."""

from benchmarks.phone_filling import Answers, fill_form
from benchmarks.phone_interviews import refusal_answers
from tests.browser.bad_luck.day import Day


def fill_the_rest(day: Day, visits: int = 2) -> None:
    """Answer everything but which attempt it was, with a row for each visit, up to the end of the form."""
    fill_form(day.walk.pen, rest(visits))


def rest(visits: int) -> Answers:
    given = dict(refusal_answers())
    del given["attempt"]
    each = given["visit_made"]
    assert isinstance(each, list)
    return {**given, "visit_made": each * visits}
