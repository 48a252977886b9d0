"""A laid-out and a signed report, made once for all tests of this folder."""

from datetime import UTC, datetime
from pathlib import Path

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
def signer(tmp_path_factory: pytest.TempPathFactory) -> keys.Signer:
    folder: Path = tmp_path_factory.mktemp("key")
    return keys.demo_signer(folder, INSTITUTE, b"sample passphrase", datetime.now(UTC))


@pytest.fixture(scope="session")
def signed_pdf(plain_pdf: bytes, signer: keys.Signer) -> bytes:
    appearance = sign.Appearance(Seal(INSTITUTE, "样章", "示范 不具法律效力"), "签发报告")
    return sign.sign_pdf(plain_pdf, signer, appearance)
