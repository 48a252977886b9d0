"""Signing and checking: a real key, a real signature, and every way of tampering that a stranger would try first."""

import random
import re
from io import BytesIO

import pytest
from pyhanko.pdf_utils.generic import NameObject, TextStringObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from reports import keys, sign, verify
from reports.errors import ReportError
from reports.seal import Seal, seal_pdf
from tests.unit.reports.conftest import ATTACHMENTS, INSTITUTE


def test_a_signed_report_holds(signed_pdf: bytes) -> None:
    report = verify.check_signatures(signed_pdf)
    assert report.holds
    (finding,) = report.signatures
    assert finding.intact
    assert finding.whole_file
    assert not finding.trusted
    assert "不具法律效力" in finding.signer


def test_the_signer_is_trusted_when_its_certificate_is(signed_pdf: bytes, signer: keys.Signer) -> None:
    (finding,) = verify.check_signatures(signed_pdf, keys.authority_of(signer)).signatures
    assert finding.trusted


def test_another_certificate_lends_no_trust(signed_pdf: bytes, tmp_path, signer: keys.Signer) -> None:
    other = keys.demo_signer(tmp_path, "另一示例研究院", b"other passphrase", signer.key.signing_cert.not_valid_before)
    (finding,) = verify.check_signatures(signed_pdf, keys.authority_of(other)).signatures
    assert not finding.trusted


def test_every_flipped_byte_is_found(signed_pdf: bytes) -> None:
    _start, length, resume, _rest = map(int, re.search(rb"/ByteRange *\[(\d+) (\d+) (\d+) (\d+)", signed_pdf).groups())
    generator = random.Random(20260322)
    places = [
        *generator.sample(range(len(signed_pdf)), 30),
        *generator.sample(range(length, resume), 60),
        *generator.sample(range(length, length + 2300), 110),
    ]
    for place in places:
        changed = bytearray(signed_pdf)
        changed[place] ^= 1 << generator.randrange(8)
        assert not verify.check_signatures(bytes(changed)).holds, place


def test_an_appended_update_is_found(signed_pdf: bytes) -> None:
    writer = IncrementalPdfFileWriter(BytesIO(signed_pdf))
    writer.root[NameObject("/Lang")] = TextStringObject("en")
    writer.update_root()
    out = BytesIO()
    writer.write(out)
    report = verify.check_signatures(out.getvalue())
    assert [each.problem for each in report.signatures] == ["reports.changed_after_signing"]


def test_bytes_after_the_end_are_found(signed_pdf: bytes) -> None:
    assert not verify.check_signatures(signed_pdf + b"\n% more\n").holds


def test_an_unsigned_report_says_so(plain_pdf: bytes) -> None:
    assert verify.check_signatures(plain_pdf).problem == "reports.not_signed"


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7\n", b"PK\x03\x04 not a PDF", b"%PDF-1.7\n" + b"<<" * 50_000])
def test_what_is_no_pdf_is_a_finding(data: bytes) -> None:
    assert verify.check_signatures(data).problem == "reports.unreadable"
    with pytest.raises(ReportError, match=r"reports\.unreadable"):
        verify.embedded(data)


def test_a_signed_report_is_not_signed_again(signed_pdf: bytes, signer: keys.Signer) -> None:
    with pytest.raises(ReportError, match=r"reports\.not_signable"):
        sign.sign_pdf(signed_pdf, signer, sign.Appearance(Seal(INSTITUTE), "签发报告"))


def test_a_foreign_pdf_has_no_place_for_the_seal(signer: keys.Signer) -> None:
    with pytest.raises(ReportError, match=r"reports\.no_seal_place"):
        sign.sign_pdf(seal_pdf(Seal(INSTITUTE)), signer, sign.Appearance(Seal(INSTITUTE), "签发报告"))


def test_a_wrong_passphrase_is_told(tmp_path, signer: keys.Signer) -> None:
    keys.demo_signer(tmp_path, INSTITUTE, b"right", signer.key.signing_cert.not_valid_before)
    with pytest.raises(ReportError, match=r"reports\.key_unreadable"):
        keys.read_signer((tmp_path / "demo-key.p12").read_bytes(), b"wrong")


def test_the_embedded_data_come_back(signed_pdf: bytes) -> None:
    assert verify.embedded(signed_pdf) == ATTACHMENTS
