"""What an outcome says at its beginning and its end, without more than was shown."""

import json
from dataclasses import replace

import pytest
from click.testing import CliRunner

from evalsvc.editions.format import read_edition
from evalsvc.verification.commands import verify_command
from evalsvc.verification.outcome import OK, STEPS, FigureCheck, Step, Verification
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
    assert replace(without, steps=(*without.steps[:-1], Step("figures", "failed"))).conclusion.endswith("fails_early")
    figures = (FigureCheck("a/b", "1", "2"),)
    unequal = replace(without, steps=(*without.steps[:-1], Step("figures", "failed")), figures=figures)
    assert unequal.conclusion.endswith("fails")
    early = sentence(replace(unequal, figures=(FigureCheck("a/b", "1", None),)).conclusion, {"count": 0})
    assert "0 个" not in early and "没有核到印出的数字" in early


def test_figures_are_told_in_words_those_that_differ_first(monkeypatch, tmp_path):
    figures = tuple(FigureCheck(f"wrong_exit_rate/350125/{name}", "1.39 %", "1.39 %") for name in ("estimate", "lower"))
    figures = (*figures, FigureCheck("frame/counties/350125/villages", "12", "13"))
    found = replace(GOOD, figures=figures, places={"350125": "永泰县"}, steps=(Step("figures", "failed"),))
    path = tmp_path / "某县.pdf"
    path.write_bytes(b"%PDF")

    def check(*_given, progress, **_named):
        progress("pages", 2, 15)
        return found

    monkeypatch.setattr("evalsvc.verification.commands.verify", check)
    result = CliRunner().invoke(verify_command, [str(path), "--brief"])
    lines = result.stdout.splitlines()
    assert "正在核验 3/15　页面" in result.stderr
    differing = next(place for place, line in enumerate(lines) if "不同的数字：1 个" in line)
    assert all(word in lines[differing + 2] for word in ("永泰县", "12", "13"))
    assert any("相同的数字：2 个" in line for line in lines)
    assert not any("1.39 %" in line for line in lines)
    assert not any("350125" in line or "wrong_exit_rate" in line for line in lines)
    everything = CliRunner().invoke(verify_command, [str(path)]).stdout
    assert everything.count("1.39 %") == 4 and everything.count("永泰县") == 3
    assert CliRunner().invoke(verify_command, [str(path), "--json"]).stderr == ""


def test_a_report_of_another_version_is_told_what_it_lacks(issued):
    facts = json.loads(issued.content["edition.json"])
    del facts["verdicts"]
    (told,) = read_edition(json.dumps(facts).encode())[1]
    assert sentence(told.code, told.details) == "edition.json 缺少“verdicts”。请补上。"


def test_complaints_name_the_files_as_they_were_given(issued, tmp_path):
    report, bundle = tmp_path / "县里的.pdf", tmp_path / "t.zip"
    report.write_bytes(issued.pdf)
    bundle.write_bytes(b"PK")
    told = CliRunner().invoke(verify_command, [str(report), "--bundle", str(bundle)]).stdout
    assert "t.zip 不是完好的 ZIP 文件" in told
    assert "✗ 数据包文件：哈希值与签名文件所载一致——不符" in told
    assert "bundle.zip" not in told and "report.pdf" not in told


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
