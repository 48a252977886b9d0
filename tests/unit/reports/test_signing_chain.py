"""Three who sign in turn, evidence, stamps: every revision is repeated, and whatever else is there is found."""

import re
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pypdfium2
import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.keys import load_private_key_from_pemder_data
from pyhanko.pdf_utils.generic import NameObject, TextStringObject
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.timestamps import DummyTimeStamper

from reports.errors import ReportError
from reports.hand import Hand, hand_pdf, hand_svg
from reports.redraw import compare_drawing
from reports.signing.appearance import Appearance, Picture
from reports.signing.check import check_signatures
from reports.signing.evidence import Evidence
from reports.signing.fields import next_to_sign, with_fields
from reports.signing.long_term import evidence_in, with_evidence, with_stamp
from reports.signing.replay import replay
from reports.signing.roles import INSTITUTE, LEAD, REVIEWER, ROLES
from reports.signing.signature import sign
from reports.signing.update import update_of
from tests import stamping_authority as authority
from tests.unit.reports.conftest import SEALED

AT = datetime(2026, 3, 21, 1, 2, 3, tzinfo=UTC)
HAND = Appearance(Picture(30, 10, bytes(range(0, 180, 2)) * 10, bytes(range(30)) * 10), "报告定稿")


def shown(role, _certificate, at) -> Appearance:
    """Show the reviewer's name as it is drawn; the lead has a picture, which the file itself tells."""
    drawn = hand_pdf(Hand("李示例", f"电子签名 {at:%Y-%m-%d}", "样章")) if role is REVIEWER else SEALED.shown
    return Appearance(drawn, role.reason)


@pytest.fixture(scope="module")
def stamper() -> DummyTimeStamper:
    root = authority.issue("示例根")
    made = authority.issue("示例时间戳", root, uses=(authority.ExtendedKeyUsageOID.TIME_STAMPING,), key=authority.KEY)
    key = load_private_key_from_pemder_data(made.key.private_bytes(Encoding.DER, *authority.PLAIN), None)
    (certificate,) = authority.loaded(made)
    return DummyTimeStamper(certificate, key, certs_to_embed=list(authority.loaded(root)))


@pytest.fixture(scope="module")
def by_all(plain_pdf, signer, stamper) -> bytes:
    """Signed by all three, each with a time stamp; the lead's own picture."""
    pdf = with_fields(plain_pdf, ROLES)
    for later, role in enumerate(ROLES):
        at = AT + timedelta(minutes=later)
        pdf = sign(pdf, role, signer.key, HAND if role is LEAD else shown(role, None, at), stamper, at=at)
    return pdf


@pytest.fixture(scope="module")
def kept(by_all, signer, stamper) -> bytes:
    """With evidence and a stamp over it, and a year later with another of each."""
    pdf = with_stamp(with_evidence(by_all, Evidence((signer.certificate.dump(),))), stamper)
    return with_stamp(with_evidence(pdf, Evidence((stamper.tsa_cert.dump(),))), stamper)


def revised(pdf: bytes, change) -> bytes:
    update = update_of(pdf)
    change(update)
    return update.revised()


def other_language(update) -> None:
    update.root[NameObject("/Lang")] = TextStringObject("en")
    update.update_root()


def test_all_three_hold_each_in_its_role_and_at_its_time(by_all) -> None:
    report = check_signatures(by_all)
    assert report.holds, report
    assert [each.role for each in report.signatures] == [role.name for role in ROLES]
    assert [each.signed_at for each in report.signatures] == [AT + timedelta(minutes=later) for later in range(3)]
    assert all(each.whole_file for each in report.signatures)


def test_stamps_over_the_whole_file_hold(kept, signer, stamper) -> None:
    report = check_signatures(kept)
    assert report.holds, report
    assert len(report.stamps) == 2
    certificates = (signer.certificate.dump(), stamper.tsa_cert.dump())
    assert evidence_in(PdfFileReader(BytesIO(kept))).certificates == certificates


def test_every_revision_is_made_again_to_the_byte(plain_pdf, by_all, kept) -> None:
    for pdf in (by_all, kept):
        again = replay(pdf, plain_pdf, shown)
        assert again.made == pdf
        assert again.parted_at is None
        assert compare_drawing(pdf, plain_pdf, shown).same


@pytest.mark.parametrize("role", ROLES[1:])
def test_what_a_signer_changed_beside_signing_is_found_at_that_revision(plain_pdf, signer, role) -> None:
    pdf = with_fields(plain_pdf, ROLES)
    for each in ROLES:
        if each is role:
            pdf = revised(pdf, other_language)  # covered by this signature, which holds
        pdf = sign(pdf, each, signer.key, shown(each, None, AT) if each is not LEAD else HAND, at=AT)
    assert check_signatures(pdf).holds
    assert replay(pdf, plain_pdf, shown).parted_at == role.field
    assert not compare_drawing(pdf, plain_pdf, shown).same


def test_another_seal_than_the_institutes_is_found(plain_pdf, by_all) -> None:
    assert replay(by_all, plain_pdf, lambda role, *_: Appearance(SEALED.shown, role.name)).parted_at == LEAD.field


def test_an_update_after_the_last_signature_is_found_and_a_stamp_does_not_heal_it(plain_pdf, by_all, stamper) -> None:
    touched = revised(by_all, other_language)
    assert {each.problem for each in check_signatures(touched).signatures} == {"reports.changed_after_signing"}
    stamped = with_stamp(touched, stamper)
    assert check_signatures(stamped).holds  # the stamp covers the update; that it is there is the replay's to find
    assert replay(stamped, plain_pdf, shown).parted_at == "ArchiveTimeStamp1"


def test_evidence_that_no_stamp_covers_is_found(by_all, signer) -> None:
    loose = with_evidence(by_all, Evidence((signer.certificate.dump(),)))
    assert not check_signatures(loose).holds


def test_every_flipped_byte_of_a_stamp_is_found(kept) -> None:
    *_, last = re.finditer(rb"/ByteRange \[0 (\d+) (\d+) \d+\]", kept)
    for place in range(int(last[1]) + 5, int(last[1]) + 3000, 151):
        changed = bytearray(kept)
        changed[place] ^= 4
        assert not check_signatures(bytes(changed)).holds, place


def test_who_has_not_signed_is_named(plain_pdf, signer) -> None:
    pdf = sign(with_fields(plain_pdf, ROLES), LEAD, signer.key, HAND, at=AT)
    report = check_signatures(pdf)
    assert (report.problem, report.detail) == ("reports.signature_missing.reviewer", REVIEWER.words)
    assert next_to_sign(PdfFileReader(BytesIO(pdf))) is REVIEWER


def test_nobody_signs_out_of_turn_or_twice(plain_pdf, by_all, signer) -> None:
    with pytest.raises(ReportError, match=r"reports\.signing_order") as refused:
        sign(with_fields(plain_pdf, ROLES), INSTITUTE, signer.key, SEALED)
    assert refused.value.details == {"role": "institute", "expected": "lead"}
    with pytest.raises(ReportError, match=r"reports\.signing_order"):
        sign(by_all, INSTITUTE, signer.key, SEALED)
    with pytest.raises(ReportError, match=r"reports\.not_signable"):
        with_fields(by_all, ROLES)


@pytest.mark.parametrize("name", ["李示例", "阿依古丽·示例提·示例江", "Sample Personname of a Long Kind"])
def test_a_name_of_any_length_stays_in_its_place(name) -> None:
    page = pypdfium2.PdfDocument(hand_pdf(Hand(name, "2026-03-21", "样章")))[0]
    words = page.get_textpage()
    assert name in words.get_text_bounded()
    assert max(words.get_charbox(place)[2] for place in range(words.count_chars())) <= page.get_width()
    assert f"<title>{name} 2026-03-21 样章</title>" in hand_svg(Hand(name, "2026-03-21", "样章"))


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7\n", b"PK\x03\x04"])
def test_what_is_no_pdf_is_not_replayable(plain_pdf, data) -> None:
    with pytest.raises(ReportError, match=r"reports\.not_replayable"):
        replay(data, plain_pdf, shown)


def test_every_field_has_words_and_stands_in_the_tags(plain_pdf) -> None:
    root = PdfFileReader(BytesIO(with_fields(plain_pdf, ROLES))).root
    tags = root["/StructTreeRoot"]
    numbers, parts = tags["/ParentTree"]["/Nums"], tags["/K"][0]["/K"]
    by_number = {int(numbers[place]): numbers.raw_get(place + 1) for place in range(0, len(numbers), 2)}
    assert list(by_number) == sorted(by_number)
    fields = root["/AcroForm"]["/Fields"]
    assert [fields[place]["/TU"] for place in range(3)] == ["项目负责人签名", "审核人签名", "机构印章"]
    for place in range(3):
        tag = by_number[int(fields[place]["/StructParent"])]
        assert tag.reference == parts.raw_get(len(parts) - 3 + place).reference
        assert tag.get_object()["/S"] == "/Form"
        assert tag.get_object()["/K"].raw_get("/Obj").reference == fields.raw_get(place).reference
        assert tag.get_object().raw_get("/P").reference == tags["/K"].raw_get(0).reference
