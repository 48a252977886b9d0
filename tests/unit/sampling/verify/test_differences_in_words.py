"""Differences that a check of a draw finds, in words that are true of them."""

import pytest

from evalsvc.draws.telling import checks, difference
from sampling.compare import Finding
from sampling.errors import complain
from sampling.manifest import Manifest


@pytest.mark.parametrize(
    ("named", "value", "said"), [("a value", None, "清单上没有"), (None, "02 11 23", "清单上却有：02 11 23")]
)
def test_a_public_value_is_said_to_be_missing_or_too_much(named: str | None, value: str | None, said: str) -> None:
    told = difference(Finding("public_value", False, named, value), "zh")
    assert said in told
    assert "a value" not in told and "None" not in told


def test_an_id_in_two_levels_is_told_as_that() -> None:
    told = difference(Finding.of("frame ids", 9, 10), "zh")
    assert "10 个单位" in told and "9 个" in told and "不止一级" in told and "ids" not in told


def test_the_count_of_unseen_text_is_not_told_beside_the_text_itself(manifest: Manifest) -> None:
    complaint = complain("frame.household_value", unit="v1", column="village", value="")
    findings = [Finding.wrong("frame village row 3", "text that prints", complaint), Finding.of("frame text", 0, 1)]
    of_list = next(check for check in checks(manifest, findings, "zh") if check.name == "list")
    assert of_list.mark == "✗"
    assert [difference(findings[0], "zh")] == list(of_list.differences)
