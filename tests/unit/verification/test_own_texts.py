"""Reports worded by an institute, and reports about one county: the check follows both, to the last figure."""

import json
from dataclasses import replace

import pytest

from evalsvc.verification.pages import pages_step
from evalsvc.verification.run import verify
from evalsvc.words import sentence
from reports.verify import Pages
from tests import small_world
from tests.small_world.report import HEAD


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    return small_world.make_world(tmp_path_factory.mktemp("own"))


def test_the_texts_of_an_institute_are_named_and_fail_nothing(world, tmp_path):
    folder = tmp_path / "zh/general"
    folder.mkdir(parents=True)
    (folder / "cases.md").write_text("# 疑似个案\n\n本院的话。\n\n{{ table('cases') }}\n", encoding="utf-8")
    issued = small_world.issue(world, texts_folder=tmp_path)
    outcome = verify(issued.pdf, issued.bundle)
    assert [(step.name, step.complaints) for step in outcome.steps if step.state != "ok"] == []
    (note,) = next(step.notes for step in outcome.steps if step.name == "embedded")
    assert (note.code, note.details["names"]) == ("report_text.other", "cases.md")
    assert "cases.md" in sentence(note.code, note.details) and "%(" not in sentence(note.code, note.details, "en")


@pytest.mark.parametrize(("kind", "language"), [("分县报告", "en"), ("反馈函", "zh"), ("个案卷", "zh")])
def test_other_kinds_are_verified_from_the_same_bundle(world, kind, language):
    scope = "" if kind == "个案卷" else "350125"
    issued = small_world.issue(world, replace(HEAD, kind=kind, language=language, scope=scope))
    outcome = verify(issued.pdf, issued.bundle)
    assert [(step.name, step.complaints) for step in outcome.steps if step.state != "ok"] == []
    assert len(outcome.figures) > 40 and outcome.unequal == 0
    assert [step.notes for step in outcome.steps if step.name == "embedded"] == [()]


def test_our_own_texts_are_not_remarked_on(report):
    assert [step.notes for step in report.steps if step.name == "embedded"] == [()]


def test_a_text_that_cannot_be_carried_out_is_told_with_its_line(issued):
    edition = json.loads(issued.content["edition.json"])
    edition["texts"]["files"]["cases.md"] = "# 甲\n\n{% for a in counties() %}{{ a.__class__ }}{% endfor %}\n"
    step = pages_step(Pages((), b""), json.dumps(edition).encode(), edition, "report.pdf")
    assert [(each.code, each.details["row"]) for each in step.complaints] == [("report_text.unknown_field", 3)]
    assert step.state == "failed"
