"""The server's verdicts beside those that ODK's own form engine gave on the same submissions, as they were recorded.

The record names the command that made it, the versions of the engine and of jsdom, and the day.
"""

import gzip
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from benchmarks.form_comparison import as_held, compare
from benchmarks.form_verdicts import explanation
from forms import parse_definition
from forms.definition import FormDefinition

RECORD = json.loads(gzip.decompress(Path(__file__).with_name("form_verdicts.json.gz").read_bytes()))
NOW = datetime.fromisoformat(RECORD["now"])


@pytest.mark.parametrize("name", RECORD["forms"])
def test_the_server_finds_what_the_engine_finds(name: str) -> None:
    recorded = RECORD["forms"][name]
    definition = parse_definition(recorded["xform"].encode())
    judged = broken = 0
    for case in recorded["cases"]:
        found = compare(definition, case["sent"].encode(), case["verdict"], NOW)
        judged += found.judged
        broken += found.broken
        assert _unexplained(definition, case) == []
    assert judged > 200
    assert broken > 10


def _unexplained(definition: FormDefinition, case: dict[str, Any]) -> list[object]:
    """Give the differences that remain when the server judges what the engine was able to hold."""
    sent = case["sent"].encode()
    left = compare(definition, as_held(definition, sent, case["verdict"]), case["verdict"], NOW).differences
    differences = compare(definition, sent, case["verdict"], NOW).differences
    return [each for each in differences if explanation(each, left) == "other"]


def test_a_verdict_that_departs_is_noticed() -> None:
    recorded = next(iter(RECORD["forms"].values()))
    definition = parse_definition(recorded["xform"].encode())
    sent, verdict = recorded["cases"][0]["sent"].encode(), recorded["cases"][0]["verdict"]
    required = {node.path for node in definition.questions if node.required is not None}
    path = next(path for path, text in verdict["values"].items() if text and path in required)
    turned = {**verdict, "violations": {**verdict["violations"], path: "required"}}
    assert [each.kind for each in compare(definition, sent, turned, NOW).differences] == ["required"]
