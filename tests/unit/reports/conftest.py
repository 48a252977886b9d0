"""A laid-out and a signed report, made once for all tests of this folder."""

from datetime import UTC, datetime

import pytest

from reports import keys, pdf, sign
from reports.seal import Seal
from tests.unit.reports import sample

ATTACHMENTS = {"edition.json": '{"edition": "示例"}'.encode(), "results.json": b'{"version": 1, "estimates": []}'}
INSTITUTE = "示例评估研究院"


@pytest.fixture(scope="session")
def plain_pdf() -> bytes:
    return pdf.build(sample.document(), ATTACHMENTS)


@pytest.fixture(scope="session")
def signer() -> keys.Signer:
    passphrase = b"sample passphrase"
    return keys.read_signer(keys.make_demo_key(INSTITUTE, passphrase, datetime.now(UTC)), passphrase)


@pytest.fixture(scope="session")
def signed_pdf(plain_pdf: bytes, signer: keys.Signer) -> bytes:
    appearance = sign.Appearance(Seal(INSTITUTE, "样章", "示范 不具法律效力"), "签发报告")
    return sign.sign_pdf(plain_pdf, signer, appearance)
