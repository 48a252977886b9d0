"""Rows of repeats in the comparison of two engines."""

from datetime import UTC, datetime
from typing import Any

import pytest

from benchmarks.form_comparison import Difference, compare
from benchmarks.form_verdicts import explanation
from forms import convert, parse_definition

FORM = """
| settings |
| | form_id | version |
| | t | 1 |
| survey |
| | type | name | label | relevant | repeat_count |
| | text | go | Go | | |
| | begin_group | visit | Visit | ${go} = 'yes' | |
| | integer | talks | Talks | | |
| | begin_repeat | talk | Talk | | if(${talks} > 30, 30, ${talks}) |
| | text | words | Words | | |
| | end_repeat | | | | |
| | end_group | | | | |
"""
NOW = datetime(2026, 3, 2, tzinfo=UTC)
ROW = "<talk><words>水有时候停</words></talk>"


def differences(go: str, talks: str, count: str, theirs: dict[str, Any]) -> tuple[Difference, ...]:
    conversion = convert(FORM.encode(), "t.md")
    assert conversion.xform is not None
    sent = f"<talks>{talks}</talks><talk_count>{count}</talk_count>{ROW}"
    meta = "<meta><instanceID>uuid:1</instanceID></meta>"
    xml = f'<data id="t" version="1"><go>{go}</go><visit>{sent}</visit>{meta}</data>'.encode()
    verdict = {"irrelevant": [], "violations": {}, **theirs}
    return compare(parse_definition(conversion.xform), xml, verdict, NOW).differences


def test_rows_are_not_counted_where_nothing_is_relevant() -> None:
    theirs = {"values": {"/data/go": "no"}, "irrelevant": ["/data/visit/talks", "/data/visit/talk_count"]}
    assert [each.kind for each in differences("no", "1", "1", theirs) if each.kind == "repeat"] == []


@pytest.mark.parametrize(("held", "reason"), [("", "uncounted"), ("0", "other")])
def test_an_empty_count_is_told_from_a_count_of_another_number(held: str, reason: str) -> None:
    values = {"/data/go": "yes", "/data/visit/talks": "", "/data/visit/talk_count": held}
    found = [each for each in differences("yes", "many", "", {"values": values}) if each.kind == "repeat"]
    assert [(each.path, each.ours) for each in found] == [("/data/visit", False)]
    assert explanation(found[0], found) == reason
