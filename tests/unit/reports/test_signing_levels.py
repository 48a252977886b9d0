"""Every level of PAdES with both kinds of key, read by three that are not ours: pyHanko's validation, Poppler, qpdf."""

import subprocess
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from asn1crypto.crl import CertificateList
from asn1crypto.ocsp import OCSPResponse
from asn1crypto.x509 import Certificate
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature, validate_pdf_timestamp
from pyhanko_certvalidator import ValidationContext

from evalsvc.editions.long_term import fetch
from reports.errors import ReportError
from reports.redraw import compare_drawing
from reports.signing.appearance import Appearance
from reports.signing.chains import chains_of
from reports.signing.check import check_signatures
from reports.signing.gathering import gathered
from reports.signing.lasting import renewed, sealed_for_long
from reports.signing.long_term import evidence_in, with_evidence
from reports.signing.replay import replay
from reports.signing.roles import ROLES
from tests.revocation_service import running_revocation
from tests.signing_world import SigningWorld, signed_in_turn
from tests.unit.reports.conftest import SEALED
from tests.unit.reports.test_pdf_rules import faults_of


def shown(role, *_given) -> Appearance:
    return Appearance(SEALED.shown, role.reason)


@pytest.fixture(scope="module")
def service():
    with running_revocation() as running:
        yield running


@pytest.fixture(scope="module", params=["rsa3072", "p256"])
def world(service, request) -> SigningWorld:
    return SigningWorld(service, request.param)


@pytest.fixture(scope="module")
def levels(world, plain_pdf) -> dict[str, bytes]:
    people = world.people()
    stamped = signed_in_turn(plain_pdf, people, shown, world.stamper())
    embedded = PdfFileReader(BytesIO(stamped)).embedded_signatures
    chains = [chain for each in embedded for chain in chains_of(each.signed_data)]
    return {
        "B-B": signed_in_turn(plain_pdf, people, shown),
        "B-T": stamped,
        "B-LT": with_evidence(stamped, gathered(chains, fetch).evidence),
        "B-LTA": sealed_for_long(stamped, world.stamper(), fetch).pdf,
    }


@pytest.mark.parametrize("level", ["B-B", "B-T", "B-LTA"])
def test_a_report_holds_at_its_level_and_is_made_again_to_the_byte(levels, plain_pdf, world, level) -> None:
    report = check_signatures(levels[level], world.trust)
    assert report.holds, report
    assert report.level == level
    assert all(each.trusted for each in (*report.signatures, *report.stamps))
    assert compare_drawing(levels[level], plain_pdf, shown).same
    years = {"B-B": 2, "B-T": 5, "B-LTA": 5}[level]
    assert abs(report.proven_until - (world.begins + timedelta(days=365 * years))) < timedelta(seconds=2)


def test_fields_and_stamps_break_no_rule_of_pdf_a_and_pdf_ua(levels) -> None:
    assert [faults_of(content) for content in levels.values()] == [{}, {}, {}, {}]


def test_evidence_without_a_stamp_over_it_does_not_hold_here(levels) -> None:
    assert {each.problem for each in check_signatures(levels["B-LT"]).signatures} == {"reports.changed_after_signing"}


@pytest.mark.parametrize("level", ["B-B", "B-T", "B-LT", "B-LTA"])
def test_pyhanko_validates_every_level(levels, world, level) -> None:
    trust = {"trust_roots": [Certificate.load(world.root.der)], "allow_fetching": False}
    for each in PdfFileReader(BytesIO(levels[level])).embedded_regular_signatures:
        status = validate_pdf_signature(each, ValidationContext(**trust), ValidationContext(**trust), skip_diff=True)
        assert status.intact
        assert status.valid
        assert status.trusted
        assert (status.timestamp_validity is None) == (level == "B-B")


@pytest.mark.parametrize(("level", "passes"), [("B-B", False), ("B-T", False), ("B-LT", True), ("B-LTA", True)])
def test_pyhanko_finds_the_evidence_that_long_term_needs(levels, world, level, passes) -> None:
    reader = PdfFileReader(BytesIO(levels[level]))
    kept = evidence_in(reader)

    def strict() -> ValidationContext:
        """Require evidence of every certificate, and take none from a network."""
        return ValidationContext(
            trust_roots=[Certificate.load(world.root.der)],
            other_certs=[Certificate.load(each) for each in kept.certificates],
            ocsps=[OCSPResponse.load(each) for each in kept.ocsp_answers],
            crls=[CertificateList.load(each) for each in kept.revocation_lists],
            revocation_mode="require",
            allow_fetching=False,
        )

    for each in reader.embedded_regular_signatures:
        status = validate_pdf_signature(each, strict(), strict(), skip_diff=True)
        assert status.trusted == passes
        assert passes is False or status.timestamp_validity.trusted
    stamps = [validate_pdf_timestamp(each, strict(), skip_diff=True) for each in reader.embedded_timestamp_signatures]
    assert [each.intact and each.trusted for each in stamps] == [True] * (level == "B-LTA")


@pytest.mark.parametrize("level", ["B-B", "B-T", "B-LT", "B-LTA"])
def test_poppler_and_qpdf_read_every_level(levels, tmp_path, level) -> None:
    file = tmp_path / "report.pdf"
    file.write_bytes(levels[level])
    told = subprocess.run(["pdfsig", "-nocert", file], capture_output=True, text=True, check=False).stdout
    assert told.count("Signature is Valid.") == len(ROLES)
    assert told.count("ETSI.CAdES.detached") == len(ROLES)
    checked = subprocess.run(["qpdf", "--check", file], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    assert "No syntax or stream encoding errors" in checked.stdout


def test_poppler_finds_what_was_changed(levels, tmp_path) -> None:
    changed = bytearray(levels["B-LTA"])
    changed[5000] ^= 1
    (tmp_path / "report.pdf").write_bytes(changed)
    told = subprocess.run(["pdfsig", "-nocert", tmp_path / "report.pdf"], capture_output=True, text=True, check=False)
    assert "Signature is Valid." not in told.stdout
    assert not check_signatures(bytes(changed)).holds


def test_stamps_year_by_year_carry_the_proof_on(levels, plain_pdf, world) -> None:
    begin = datetime.now(UTC).replace(microsecond=0)
    later = world.stamper(begin + timedelta(minutes=1), years=9)
    again = renewed(levels["B-LTA"], later, fetch)
    assert again.report.level == "B-LTA"
    assert again.untold == ()
    assert len(again.report.stamps) == 2
    assert again.report.proven_until - world.begins > timedelta(days=365 * 8.9)
    assert replay(again.pdf, plain_pdf, shown).made == again.pdf
    # In seven years the signers' certificates have ended, and the first stamp's; the second stands in for them.
    in_years = begin + timedelta(days=365 * 7)
    assert check_signatures(again.pdf, world.trust, now=in_years).holds
    lapsed = check_signatures(levels["B-LTA"], world.trust, now=in_years)
    assert lapsed.problem == "reports.stamp_lapsed"
    bare = check_signatures(levels["B-B"], world.trust, now=in_years)
    assert {each.problem for each in bare.signatures} == {"reports.expired_unproven"}


def test_a_file_that_does_not_hold_is_not_stamped(levels, world) -> None:
    changed = bytearray(levels["B-LTA"])
    changed[5000] ^= 1
    for broken in (bytes(changed), levels["B-LT"], b"%PDF-1.7"):
        with pytest.raises(ReportError, match=r"reports\.not_renewable"):
            renewed(broken, world.stamper(), fetch)


def test_a_demo_key_gets_a_stamp_and_it_is_said_who_could_not_be_asked_about(plain_pdf, signed_pdf, world) -> None:
    made = sealed_for_long(signed_pdf, world.stamper(), fetch)
    assert made.report.level == "B-T"
    assert len(made.untold) == 1
    assert "DEMO" in made.untold[0]
    assert replay(made.pdf, plain_pdf, lambda *_: SEALED).made == made.pdf


@pytest.mark.parametrize("mode", ["silent", "lies", "unsure", "garbles"])
def test_who_should_know_and_gives_nothing_to_believe_keeps_the_stamp_off(levels, world, service, mode) -> None:
    service.mode = mode
    try:
        with pytest.raises(ReportError, match=r"reports\.revocation_unknown"):
            sealed_for_long(levels["B-T"], world.stamper(), fetch)
    finally:
        service.mode = "answers"


def test_lists_serve_where_nobody_answers(levels, plain_pdf, world, service) -> None:
    service.mode, service.asked = "lists", []
    try:
        made = sealed_for_long(levels["B-B"], world.stamper(), fetch)
    finally:
        service.mode = "answers"
    assert any(each.endswith("/crl") for each in service.asked)
    assert made.report.level == "B-LTA"
    assert replay(made.pdf, plain_pdf, shown).made == made.pdf
