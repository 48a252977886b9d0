"""What stands against a certificate, each with a file really made so: time, revocation, strength, use, chain, order."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from asn1crypto.x509 import Certificate
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID
from pyhanko.sign.fields import SigFieldSpec, append_signature_field
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner

from evalsvc.editions.long_term import fetch
from evalsvc.words import sentence
from reports.errors import ReportError
from reports.signing.appearance import Appearance
from reports.signing.check import check_signatures
from reports.signing.evidence import Evidence
from reports.signing.fields import with_fields
from reports.signing.lasting import sealed_for_long
from reports.signing.roles import INSTITUTE, LEAD, REVIEWER, ROLES
from reports.signing.signature import sign
from reports.signing.update import update_of
from tests.revocation_service import running_revocation
from tests.signing_keys import AGREEING, Holding, certify
from tests.signing_world import SigningWorld, signed_in_turn, stamper_of
from tests.unit.reports.conftest import SEALED

NOW = datetime.now(UTC).replace(microsecond=0)
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def service():
    with running_revocation() as running:
        yield running


@pytest.fixture(scope="module")
def world(service) -> SigningWorld:
    return SigningWorld(service)


def shown(role, *_given) -> Appearance:
    return Appearance(SEALED.shown, role.reason)


@pytest.fixture(scope="module")
def one(plain_pdf, world):
    """Sign in the name of the institute alone, with a certificate and a stamp as wished."""

    def made(holding: Holding, stamper=None, at=NOW) -> bytes:
        return signed_in_turn(plain_pdf, {INSTITUTE.name: holding}, shown, stamper, at, (INSTITUTE,))

    return made


def problem_of(report) -> str:
    """Return the one problem of a file, which has its sentence in both languages."""
    details = [(each.problem, each.detail) for each in (*report.signatures, *report.stamps)]
    problem, detail = next(((name, about) for name, about in details if name), (report.problem, report.detail))
    assert not report.holds
    for language in ("zh", "en"):
        assert "—" not in sentence(problem, {"detail": detail, "file": "report.pdf"}, language)
    return problem.removeprefix("reports.")


def resigned_over_sha1(holding: Holding, issuer: Holding) -> x509.Certificate:
    """Sign a certificate anew as authorities did long ago; cryptography makes no such certificates any more."""
    made = Certificate.load(holding.der)
    made["signature_algorithm"] = {"algorithm": "sha1_ecdsa"}
    made["tbs_certificate"]["signature"] = {"algorithm": "sha1_ecdsa"}
    signature = issuer.key.sign(made["tbs_certificate"].dump(force=True), ec.ECDSA(hashes.SHA1()))
    made["signature_value"] = signature
    return x509.load_der_x509_certificate(made.dump(force=True))


def news(world, service, *holdings: Holding, issuer: Holding | None = None) -> Evidence:
    """Return what is known of certificates from a list."""
    issuer = issuer or world.issuing
    place = next(number for number, each in enumerate(service.issuers) if each is issuer)
    return Evidence(revocation_lists=(fetch(f"{service.url}/{place}/crl", None),))


def test_a_certificate_that_had_ended(world, one) -> None:
    short = world.person("institute", years=50 / 365)
    assert problem_of(check_signatures(one(short))) == "certificate_expired"  # it says so itself
    stamped = one(short, world.stamper(NOW), at=NOW - 60 * DAY)  # backdated; the stamp tells
    assert problem_of(check_signatures(stamped)) == "certificate_expired"
    assert problem_of(check_signatures(stamped, world.trust)) == "certificate_expired"


def test_a_certificate_that_ended_since_with_and_without_a_stamp(world, one) -> None:
    short, then = world.person("institute", years=50 / 365), NOW - 60 * DAY
    assert problem_of(check_signatures(one(short, at=then))) == "expired_unproven"
    report = check_signatures(one(short, world.stamper(then), at=then), world.trust)
    assert report.holds
    assert report.signatures[0].trusted
    assert report.level == "B-T"


def test_a_stamp_of_strangers_proves_nothing_to_those_who_named_whom_they_trust(world, service, one) -> None:
    stranger, then = SigningWorld(service), NOW - 60 * DAY
    stamped = one(world.person("institute", years=50 / 365), stranger.stamper(then), at=then)
    assert problem_of(check_signatures(stamped, world.trust)) == "expired_unproven"
    assert check_signatures(stamped, world.trust + stranger.trust).holds


def test_a_certificate_that_had_not_begun_and_a_stamp_before_it(world, one) -> None:
    young = world.person("institute", begins=NOW - 10 * DAY, ends=NOW + DAY * 300)
    assert problem_of(check_signatures(one(young, at=NOW - 20 * DAY))) == "certificate_not_yet"
    stamped = one(young, world.stamper(NOW - 20 * DAY), at=NOW)
    assert problem_of(check_signatures(stamped)) == "stamp_before_certificate"


@pytest.mark.parametrize(
    ("revoked", "stamped", "expected"),
    [
        (-40, None, "certificate_revoked"),  # before it signed
        (-40, -30, "certificate_revoked"),
        (-10, None, "revoked_unproven"),  # after, as it says itself
        (-10, -30, None),  # after, as a stamp proves
        (-10, -5, "certificate_revoked"),  # says it signed before, and the stamp tells otherwise
    ],
)
def test_a_revoked_certificate(world, service, one, revoked, stamped, expected) -> None:
    holding = world.person("institute")
    stamper = None if stamped is None else world.stamper(NOW + stamped * DAY)
    pdf = one(holding, stamper, at=NOW - 30 * DAY)
    assert check_signatures(pdf).holds
    service.revoke(holding, NOW + revoked * DAY)
    report = check_signatures(pdf, world.trust, news(world, service))
    assert (None if report.holds else problem_of(report)) == expected


def test_a_revoked_authority_takes_its_certificates_along(world, service, one) -> None:
    other = SigningWorld(service)
    pdf = one(other.person("institute"))
    service.revoke(other.issuing, NOW - DAY)
    report = check_signatures(pdf, known=news(other, service, issuer=other.root))
    assert problem_of(report) == "certificate_revoked"


def test_news_that_the_issuer_did_not_sign_is_not_believed(world, service, one) -> None:
    holding = world.person("institute")
    pdf = one(holding)
    service.revoke(holding, NOW - DAY)
    service.mode = "lies"
    try:
        assert check_signatures(pdf, known=news(world, service)).holds
    finally:
        service.mode = "answers"


def test_who_was_revoked_gets_no_stamp(world, service, one) -> None:
    holding = world.person("institute")
    pdf = one(holding)
    service.revoke(holding, NOW - DAY)
    with pytest.raises(ReportError, match=r"reports\.certificate_revoked"):
        sealed_for_long(pdf, world.stamper(), fetch)


def test_a_stamp_whose_authority_was_revoked_is_told(world, service, one) -> None:
    stamper = world.stamper()
    made = sealed_for_long(one(world.person("institute")), stamper, fetch)
    service.revoked[stamper.tsa_cert.serial_number] = NOW - DAY
    report = check_signatures(made.pdf, known=news(world, service, issuer=world.stamping))
    assert problem_of(report) == "certificate_revoked"


def test_a_key_that_is_too_short(world, one) -> None:
    assert problem_of(check_signatures(one(world.person("institute", kind="rsa1024")))) == "key_weak"


def test_a_certificate_that_was_signed_over_sha1(world, one) -> None:
    holding = world.person("institute")
    weak = replace(holding, certificate=resigned_over_sha1(holding, world.issuing))
    assert problem_of(check_signatures(one(weak))) == "hash_weak"


def test_a_signature_over_sha1(plain_pdf, world) -> None:
    """Sign as another program might: pyHanko itself, told to hash with SHA-1."""
    update = update_of(plain_pdf)
    append_signature_field(update, SigFieldSpec(INSTITUTE.field, box=(10, 10, 90, 90)))
    metadata = PdfSignatureMetadata(field_name=INSTITUTE.field, md_algorithm="sha1")
    signer = PdfSigner(metadata, world.person("institute", kind="rsa2048").signer().key)
    assert problem_of(check_signatures(signer.sign_pdf(update).getvalue())) == "hash_weak"


def test_a_certificate_for_something_else(world, one) -> None:
    assert problem_of(check_signatures(one(world.person("institute", usage=AGREEING)))) == "certificate_usage"


def test_a_stamp_with_a_certificate_that_is_not_for_stamps(world, one) -> None:
    other = stamper_of(certify("示例时间戳机构", world.stamping, kind="rsa2048"))
    report = check_signatures(one(world.person("institute"), other))
    assert problem_of(report) == "stamp_purpose"
    assert report.level == "B-B"
    purposes = (ExtendedKeyUsageOID.EMAIL_PROTECTION,)
    other = stamper_of(certify("示例时间戳机构", world.stamping, kind="rsa2048", purposes=purposes))
    assert problem_of(check_signatures(one(world.person("institute"), other))) == "stamp_purpose"


def test_a_chain_that_was_swapped(world, service, one) -> None:
    """Put another authority of the same name above the signer."""
    other, holding = SigningWorld(service), world.person("institute")
    swapped = replace(holding, above=(other.issuing.certificate, other.root.certificate))
    assert problem_of(check_signatures(one(swapped))) == "chain_swapped"


def test_another_root_lends_no_trust(world, service, one) -> None:
    pdf, other = one(world.person("institute")), SigningWorld(service)
    (finding,) = check_signatures(pdf, other.trust).signatures
    assert not finding.trusted
    (finding,) = check_signatures(pdf, world.trust).signatures
    assert finding.trusted


def test_signatures_in_another_order(plain_pdf, world, monkeypatch) -> None:
    """Have the institute sign before the reviewer, as a changed program could."""
    turn = iter((LEAD, INSTITUTE, REVIEWER))
    monkeypatch.setattr("reports.signing.signature.next_to_sign", lambda _reader: next(turn))
    pdf, people = with_fields(plain_pdf, ROLES), world.people()
    for role in (LEAD, INSTITUTE, REVIEWER):
        pdf = sign(pdf, role, people[role.name].signer().key, SEALED)
    report = check_signatures(pdf)
    assert problem_of(report) == "roles_out_of_order"
    assert report.detail == "lead, institute, reviewer"


def test_one_certificate_for_lead_and_reviewer(plain_pdf, world) -> None:
    people = world.people()
    people["reviewer"] = people["lead"]
    assert problem_of(check_signatures(signed_in_turn(plain_pdf, people, shown))) == "one_for_two_roles"


def test_more_evidence_than_any_report_needs_is_not_read(world, one, monkeypatch) -> None:
    made = sealed_for_long(one(world.person("institute")), world.stamper(), fetch)
    monkeypatch.setattr("reports.signing.check.MOST_KEPT", 3)
    assert check_signatures(made.pdf).problem == "reports.too_much_evidence"
