"""A report whose draw was stamped: the report says by whom, and the check verifies the token."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography.x509.oid import ExtendedKeyUsageOID

from evalsvc.verification.outcome import FAILED, OK
from evalsvc.verification.run import read_report, verify_against
from evalsvc.verification.stamped import stamp_step
from tests import small_world
from tests.stamping_authority import KEY, forged_token, issue, loaded

AT = datetime(2026, 3, 1, 8, 0, 30, tzinfo=UTC)
SIGNER = issue("示例时间戳机构", uses=(ExtendedKeyUsageOID.TIME_STAMPING,), key=KEY, begins=AT - timedelta(days=9))


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """An evaluation whose commitment was stamped half a minute after it was made."""
    folder = tmp_path_factory.mktemp("stamped")
    return small_world.make_world(folder, stamp=lambda commitment: forged_token(commitment, SIGNER, at=AT))


def codes(told):
    return [each.code for each in told]


def test_the_whole_check_verifies_the_stamp_and_the_report_names_it(world):
    issued = small_world.issue(world)
    report = read_report(issued.pdf)
    assert report.signed.facts["draw"]["time_stamp"] == {
        "at": "2026-03-01T08:00:30Z",
        "authority": "示例时间戳机构（示例机构）",
    }
    assert "由示例时间戳机构（示例机构）盖时间戳作证" in "".join("".join(report.signed.pages.words).split())
    found = verify_against(report, issued.bundle, authorities=loaded(SIGNER))
    assert found.holds and found.complete, [step for step in found.steps if step.complaints]
    step = next(each for each in found.steps if each.name == "log")
    assert "time_stamp.holds_trusted" in codes(step.notes)
    refused = verify_against(report, issued.bundle, authorities=loaded(issue("另一家")))
    step = next(each for each in refused.steps if each.name == "log")
    assert (step.state, codes(step.complaints)) == (FAILED, ["time_stamp.untrusted"])


def test_without_certificates_the_authority_is_told_as_unknown(world):
    step = stamp_step(world.manifest, None)
    assert (step.state, codes(step.notes)) == (OK, ["time_stamp.holds"])
