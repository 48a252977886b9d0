"""The signer beside the institute that the report names."""

import json
from datetime import UTC, datetime

from evalsvc.verification.outcome import OK, Signature
from evalsvc.verification.run import read_report
from evalsvc.verification.signed import signer_notes
from evalsvc.words import sentence
from reports.keys import make_demo_key, read_signer
from tests import small_world


def signature(name):
    return Signature(name, "", intact=True, whole_file=True, trusted=False)


def test_a_name_in_another_form_is_the_same_and_another_name_is_told():
    assert signer_notes([signature("报告签名（示例评估 研究院）")], "示例评估研究院") == []
    assert signer_notes([signature("EXAMPLE Institute")], "Example  Institute") == []
    assert len(signer_notes([signature("另一研究院")], "示例评估研究院")) == 1
    assert len(signer_notes([signature("另一研究院")], "")) == 1


def test_a_report_signed_by_another_institute_holds_and_says_so(issued, report):
    assert report.steps[0].notes == ()
    at = datetime(2026, 3, 20, tzinfo=UTC)
    head = json.loads(issued.content["edition.json"])["edition"]
    other = read_signer(make_demo_key("另一研究院", b"x", at), b"x")
    step = read_report(small_world.sealed(issued.unsigned, head, other)).steps[0]
    assert (step.name, step.state) == ("signature", OK)
    assert [each.code for each in step.notes] == ["verification.other_signer"]
    told = sentence(step.notes[0].code, step.notes[0].details, "zh")
    assert "另一研究院" in told and "示例评估研究院" in told
