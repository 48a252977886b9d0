"""Signing and checking: a real key, a real signature, and every way of tampering that a stranger would try first."""

import random
import re
from datetime import UTC, datetime, timedelta, timezone
from io import BytesIO
from xml.etree import ElementTree

import pypdfium2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, pkcs12
from cryptography.x509.oid import NameOID
from pyhanko.keys import load_certs_from_pemder_data, load_private_key_from_pemder_data
from pyhanko.pdf_utils.generic import NameObject, TextStringObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.timestamps import DummyTimeStamper

from reports import keys, pdf, verify
from reports.errors import ReportError
from reports.redraw import compare_drawing
from reports.seal import Seal, seal_pdf, seal_svg
from reports.signing import check
from reports.signing.appearance import Appearance
from reports.signing.places import place_of
from reports.signing.roles import INSTITUTE as SEALING
from tests.unit.reports import sample
from tests.unit.reports.conftest import ATTACHMENTS, INSTITUTE, SEALED, sealed

AT = datetime(2026, 3, 1, tzinfo=UTC)


def as_sealed(*_given) -> Appearance:
    return SEALED


def flipped(data: bytes, place: int, bit: int) -> bytes:
    changed = bytearray(data)
    changed[place] ^= 1 << bit
    return bytes(changed)


def container_of(data: bytes) -> tuple[int, int]:
    """Return where the bytes stand that the signature does not cover."""
    _start, length, resume, _rest = re.search(rb"/ByteRange *\[(\d+) (\d+) (\d+) (\d+)", data).groups()
    return int(length), int(resume)


def test_a_signed_report_holds(signed_pdf: bytes) -> None:
    report = check.check_signatures(signed_pdf)
    assert report.holds
    (finding,) = report.signatures
    assert finding.intact
    assert finding.whole_file
    assert not finding.trusted
    assert finding.self_made
    assert finding.time_stamped_at is None
    assert abs(datetime.now(UTC) - finding.signed_at) < timedelta(minutes=10)
    assert "不具法律效力" in finding.signer


def test_the_fingerprint_is_that_of_the_certificate_handed_over(signed_pdf: bytes, signer: keys.Signer) -> None:
    (found,) = check.check_signatures(signed_pdf).signatures
    assert found.fingerprint == keys.fingerprint(keys.authority_of(signer))


def test_the_signer_is_trusted_when_its_certificate_is(signed_pdf: bytes, signer: keys.Signer) -> None:
    (finding,) = check.check_signatures(signed_pdf, keys.authority_of(signer)).signatures
    assert finding.trusted


def test_another_certificate_lends_no_trust(signed_pdf: bytes, signer: keys.Signer) -> None:
    at = signer.key.signing_cert.not_valid_before
    other = keys.read_signer(keys.make_demo_key("另一示例研究院", b"other", at), b"other")
    (finding,) = check.check_signatures(signed_pdf, keys.authority_of(other)).signatures
    assert not finding.trusted


@pytest.mark.parametrize(
    "trust",
    [
        b"",
        b"x",
        bytes(range(256)),
        b"0\x82\x01\x00" + b"a" * 256,
        b"-----BEGIN CERTIFICATE-----\nabc\n-----END CERTIFICATE-----\n",
        b"-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n",
    ],
)
def test_a_file_without_certificates_lends_no_trust_and_is_no_fault_of_the_signature(
    signed_pdf: bytes, trust: bytes
) -> None:
    with pytest.raises(ReportError) as caught:
        check.check_signatures(signed_pdf, trust)
    assert caught.value.code == "reports.trust_unreadable"


def test_every_flipped_byte_is_found(signed_pdf: bytes) -> None:
    length, resume = container_of(signed_pdf)
    generator = random.Random(20260322)
    places = [
        *generator.sample(range(len(signed_pdf)), 30),
        *generator.sample(range(length, resume), 60),
        *generator.sample(range(length, length + 2300), 110),
    ]
    for place in places:
        assert not check.check_signatures(flipped(signed_pdf, place, generator.randrange(8))).holds, place


def test_an_appended_update_is_found(signed_pdf: bytes) -> None:
    writer = IncrementalPdfFileWriter(BytesIO(signed_pdf))
    writer.root[NameObject("/Lang")] = TextStringObject("en")
    writer.update_root()
    out = BytesIO()
    writer.write(out)
    report = check.check_signatures(out.getvalue())
    assert [each.problem for each in report.signatures] == ["reports.changed_after_signing"]


def test_a_swapped_attachment_is_found(signed_pdf: bytes) -> None:
    writer = IncrementalPdfFileWriter(BytesIO(signed_pdf))
    names = writer.root["/Names"]["/EmbeddedFiles"]["/Names"]
    stream = names[1]["/EF"].raw_get("/F")
    stream.get_object()._data = b'{"edition": "swapped"}'
    stream.get_object()._encoded_data = None
    writer.mark_update(stream)
    out = BytesIO()
    writer.write(out)
    assert b"swapped" in verify.embedded(out.getvalue())["edition.json"]
    assert [each.problem for each in check.check_signatures(out.getvalue()).signatures] == [
        "reports.changed_after_signing"
    ]


def test_a_removed_signature_is_found(signed_pdf: bytes) -> None:
    writer = IncrementalPdfFileWriter(BytesIO(signed_pdf))
    del writer.root["/AcroForm"]
    writer.update_root()
    out = BytesIO()
    writer.write(out)
    assert check.check_signatures(out.getvalue()).problem == "reports.not_signed"


def test_a_signature_moved_to_another_report_is_found(signed_pdf: bytes, signer: keys.Signer) -> None:
    other = sealed(pdf.build(sample.document(rows=1), ATTACHMENTS), signer)
    (start, end), (other_start, other_end) = container_of(signed_pdf), container_of(other)
    forged = other[:other_start] + signed_pdf[start:end] + other[other_end:]
    # The containers may differ in length by a few bytes (ECDSA), which breaks the file before its signature is read.
    assert not check.check_signatures(forged).holds


def test_bytes_after_the_end_are_found(signed_pdf: bytes) -> None:
    assert not check.check_signatures(signed_pdf + b"\n% more\n").holds


def test_an_unsigned_report_says_so(plain_pdf: bytes) -> None:
    assert check.check_signatures(plain_pdf).problem == "reports.not_signed"


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7\n", b"PK\x03\x04 not a PDF", b"%PDF-1.7\n" + b"<<" * 50_000])
def test_what_is_no_pdf_is_a_finding(data: bytes) -> None:
    assert check.check_signatures(data).problem == "reports.unreadable"
    with pytest.raises(ReportError, match=r"reports\.unreadable"):
        verify.embedded(data)


def test_a_signed_report_is_not_signed_again(signed_pdf: bytes, signer: keys.Signer) -> None:
    with pytest.raises(ReportError, match=r"reports\.not_signable"):
        sealed(signed_pdf, signer)


def test_a_layout_signed_again_gives_the_same_bytes_and_another_one_does_not(
    plain_pdf: bytes, signer: keys.Signer
) -> None:
    abroad = datetime(2026, 3, 21, 1, 2, 3, tzinfo=timezone(timedelta(hours=8)))
    signed = sealed(plain_pdf, signer, at=abroad)
    asked = []
    assert compare_drawing(signed, plain_pdf, lambda role, _, at: asked.append((role, at)) or SEALED).same
    assert asked == [(SEALING, abroad)]
    assert compare_drawing(plain_pdf, plain_pdf, as_sealed).same
    other = Appearance(seal_pdf(Seal("另一研究院")), "签发报告")
    (place,) = compare_drawing(signed, plain_pdf, lambda *_: other).pages
    assert place == place_of(PdfFileReader(BytesIO(plain_pdf)), SEALING).page + 1
    assert not compare_drawing(signed + b"\n", plain_pdf, as_sealed).same
    assert not compare_drawing(b"%PDF", plain_pdf, as_sealed).same


def test_a_foreign_pdf_has_no_place_for_the_seal(signer: keys.Signer) -> None:
    with pytest.raises(ReportError, match=r"reports\.no_seal_place"):
        sealed(seal_pdf(Seal(INSTITUTE)), signer)


def test_a_wrong_passphrase_is_told(signer: keys.Signer) -> None:
    made = keys.make_demo_key(INSTITUTE, b"right", signer.key.signing_cert.not_valid_before)
    with pytest.raises(ReportError, match=r"reports\.key_unreadable"):
        keys.read_signer(made, b"wrong")


def test_the_embedded_data_come_back(signed_pdf: bytes) -> None:
    assert verify.embedded(signed_pdf) == ATTACHMENTS


def certificate(subject: str, issuer: str, key, issuer_key, *extensions):
    """Make a certificate for a test; an extension is a pair of value and criticality."""
    now = datetime.now(UTC)
    names = [x509.Name([x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, name)]) for name in (subject, issuer)]
    builder = x509.CertificateBuilder().subject_name(names[0]).issuer_name(names[1]).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(days=1))
    builder = builder.not_valid_after(now + timedelta(days=30))
    for value, critical in extensions:
        builder = builder.add_extension(value, critical=critical)
    return builder.sign(issuer_key, hashes.SHA256())


@pytest.fixture(scope="module")
def time_stamper() -> DummyTimeStamper:
    key = rsa.generate_private_key(65537, 2048)
    use = (x509.ExtendedKeyUsage([x509.ExtendedKeyUsageOID.TIME_STAMPING]), True)
    made = certificate("示例时间戳机构", "示例时间戳机构", key, key, use)
    encoded = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return DummyTimeStamper(
        next(iter(load_certs_from_pemder_data(made.public_bytes(Encoding.DER)))),
        load_private_key_from_pemder_data(encoded, passphrase=None),
    )


def test_a_time_stamp_is_told_and_holds(plain_pdf: bytes, signer: keys.Signer, time_stamper: DummyTimeStamper) -> None:
    stamped = sealed(plain_pdf, signer, time_stamper=time_stamper)
    report = check.check_signatures(stamped)
    assert report.holds, report
    assert abs(datetime.now(UTC) - report.signatures[0].time_stamped_at) < timedelta(minutes=1)
    assert compare_drawing(stamped, plain_pdf, as_sealed).same
    start, end = container_of(stamped)
    generator = random.Random(7)
    for place in generator.sample(range(start, end - 6000), 60):
        assert not check.check_signatures(flipped(stamped, place, generator.randrange(8))).holds, place


def pkcs12_of(*, with_root: bool) -> bytes:
    """Make an RSA key whose certificate an authority's intermediate issued, as a bought one would be."""
    root, middle, own = (ec.generate_private_key(ec.SECP256R1()) for _ in "abc")
    own = rsa.generate_private_key(65537, 2048)
    authority = (x509.BasicConstraints(ca=True, path_length=None), True)
    chain = [certificate("示例中间机构", "示例根机构", middle, root, authority)]
    chain += [certificate("示例根机构", "示例根机构", root, root, authority)] if with_root else []
    use = x509.KeyUsage(False, True, False, False, False, False, False, False, False)  # content commitment
    made = certificate("示例评估研究院", "示例中间机构", own, middle, (use, True))
    return pkcs12.serialize_key_and_certificates(b"key", own, made, chain, NoEncryption())


def test_a_key_of_an_authority_is_not_self_made(plain_pdf: bytes) -> None:
    key = keys.read_signer(pkcs12_of(with_root=True), None)
    signed = sealed(plain_pdf, key)
    (finding,) = check.check_signatures(signed, keys.authority_of(key)).signatures
    assert finding.problem is None
    assert finding.trusted
    assert not finding.self_made
    assert check.check_signatures(signed).holds
    assert compare_drawing(signed, plain_pdf, as_sealed).same
    start, _end = container_of(signed)
    generator = random.Random(11)
    for place in generator.sample(range(start, start + 4000), 40):
        assert not check.check_signatures(flipped(signed, place, generator.randrange(8))).holds, place


def test_a_key_without_its_root_is_refused() -> None:
    with pytest.raises(ReportError, match=r"reports\.chain_incomplete") as refused:
        keys.read_signer(pkcs12_of(with_root=False), None)
    assert "示例根机构" in refused.value.details["issuer"]


def test_the_demo_key_says_that_it_binds_nobody(signer: keys.Signer, tmp_path) -> None:
    root = x509.load_pem_x509_certificate(keys.authority_of(signer))
    assert "DEMO" in root.subject.rfc4514_string()
    assert root.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    assert re.fullmatch(r"([0-9a-f]{4} ){15}[0-9a-f]{4}", keys.fingerprint(keys.authority_of(signer)))


def test_the_seal_lies_on_the_institutes_name_and_the_date(plain_pdf: bytes, signed_pdf: bytes) -> None:
    writer = IncrementalPdfFileWriter(BytesIO(plain_pdf))
    place = place_of(writer.prev, SEALING)
    document = pypdfium2.PdfDocument(plain_pdf)
    left, bottom, right, top = place.box
    under = document[place.page].get_textpage().get_text_bounded(left - 10, bottom, right + 10, top)
    assert "示例评估研究院" in under
    assert "2026年3月20日" in under


def test_the_seal_names_the_institute_and_its_mark() -> None:
    drawn = ElementTree.fromstring(seal_svg(Seal("示例<评估>研究院", "样章", "不具法律效力")))
    letters = "".join(drawn.itertext())
    assert "示例<评估>研究院 样章 不具法律效力" in letters


def test_nothing_covers_the_words_of_a_sample_seal(plain_pdf: bytes) -> None:
    place = place_of(PdfFileReader(BytesIO(plain_pdf)), SEALING)
    left, bottom, right, top = place.box
    page = pypdfium2.PdfDocument(plain_pdf)[place.page].get_textpage()
    boxes = [page.get_charbox(number) for number in range(page.count_chars())]
    lowest = min(box[1] for box in boxes if left < box[0] < right and bottom < box[1] < top)
    words = [
        each
        for each in ElementTree.fromstring(seal_svg(Seal("院", "样章", "不具法律效力"))).iter()
        if len(each.text or "") > 1
    ]
    for each in words[1:]:  # the first is the picture's title
        upper_edge = float(each.attrib["y"]) - 0.88 * float(each.attrib["font-size"])
        assert (bottom + top) / 2 - upper_edge * (top - bottom) / 208 < lowest


def test_limits_are_held(signed_pdf: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verify, "MOST_PAGES", 5)
    with pytest.raises(ReportError, match=r"reports\.too_many_pages"):
        verify.printed_text(signed_pdf)
    monkeypatch.setattr(verify, "MOST_ATTACHMENTS", 1)
    with pytest.raises(ReportError, match=r"reports\.too_many_attachments"):
        verify.embedded(signed_pdf)
    monkeypatch.setattr(verify, "LARGEST_FILE", 1000)
    monkeypatch.setattr(check, "LARGEST_FILE", 1000)
    assert check.check_signatures(signed_pdf).problem == "reports.file_too_large"
    with pytest.raises(ReportError, match=r"reports\.file_too_large"):
        verify.embedded(signed_pdf)


@pytest.mark.parametrize("share", [0.3, 0.6, 0.95, 0.999])
def test_a_file_that_was_cut_off_is_an_error_and_no_traceback(signed_pdf: bytes, share: float) -> None:
    cut = signed_pdf[: int(len(signed_pdf) * share)]
    assert not check.check_signatures(cut).holds
    for read in (verify.embedded, verify.printed_text):
        try:
            read(cut)  # PDFium mends some files
        except ReportError as error:
            assert error.code == "reports.unreadable"


@pytest.mark.parametrize("institute", ["示例评估中心", "一" * 66, "x" * 66], ids=len)
def test_a_demo_key_is_one_however_long_the_name(institute: str) -> None:
    signer = keys.read_signer(keys.make_demo_key(institute, b"secret", AT), b"secret")
    assert signer.is_demo
    assert "DEMO" in signer.subject


def test_words_in_the_name_of_a_real_key_make_it_no_demo() -> None:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "某示范区评估中心 INSTITUTE OF DEMOGRAPHY")])
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(AT)
        .not_valid_after(AT + timedelta(days=9))
        .sign(key, hashes.SHA256())
    )
    file = pkcs12.serialize_key_and_certificates(b"", key, certificate, None, NoEncryption())
    assert not keys.read_signer(file, None).is_demo
