"""What an outcome says at its beginning and its end, without more than was shown."""

from dataclasses import replace

import pytest
from click.testing import CliRunner

from evalsvc.verification.commands import verify_command
from evalsvc.verification.outcome import OK, STEPS, Step, Verification
from evalsvc.verification.run import verify_against
from evalsvc.words import sentence

ABOUT = {"public_value": "示例彩票 2026023 04 07 11", "simulated": ""}
GOOD = Verification(tuple(Step(name, OK) for name in STEPS), (), (), ABOUT)


def test_the_conclusion_names_what_a_draw_without_public_value_leaves_open():
    assert GOOD.conclusion == "verification.holds"
    without = replace(GOOD, about={**ABOUT, "public_value": ""})
    assert "秘密" in sentence(without.conclusion, {"count": 3}, "zh")
    assert "tried many secrets" in sentence(without.conclusion, {"count": 3}, "en")
    assert replace(without, steps=(*without.steps[:-1], Step("figures", "skipped"))).conclusion.endswith("partly")
    assert replace(without, steps=(*without.steps[:-1], Step("figures", "failed"))).conclusion.endswith("fails")


def test_a_checked_report_without_public_value_says_so(issued, report):
    outcome = verify_against(report, issued.bundle)
    assert outcome.about["public_value"] == ""
    assert outcome.conclusion == "verification.holds_without_public_value"


@pytest.mark.parametrize(("language", "words"), [("zh", "没有公共随机值"), ("en", "No public value")])
def test_the_terminal_says_so_in_both_languages(issued, tmp_path, monkeypatch, language, words):
    monkeypatch.setattr("evalsvc.verification.commands.language", lambda: language)
    path = tmp_path / "report.pdf"
    path.write_bytes(issued.pdf)
    told = CliRunner().invoke(verify_command, [str(path)]).output
    assert words in told
