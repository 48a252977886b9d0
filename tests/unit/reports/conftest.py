"""A laid-out and a signed report, made once for all tests of this folder."""

from datetime import UTC, datetime

import pytest

from reports import keys, pdf
from reports.seal import Seal, seal_pdf
from reports.signing.appearance import Appearance
from reports.signing.fields import with_fields
from reports.signing.roles import INSTITUTE as SEALING
from reports.signing.signature import sign
from tests.unit.reports import sample

ATTACHMENTS = {"edition.json": '{"edition": "示例"}'.encode(), "results.json": b'{"version": 1, "estimates": []}'}
INSTITUTE = "示例评估研究院"
SEALED = Appearance(seal_pdf(Seal(INSTITUTE, "样章", "示范 不具法律效力")), "签发报告")


def sealed(layout: bytes, signer: keys.Signer, appearance: Appearance = SEALED, **given) -> bytes:
    """Sign a layout in the name of the institute alone."""
    return sign(with_fields(layout, (SEALING,)), SEALING, signer.key, appearance, **given)


@pytest.fixture(scope="session")
def plain_pdf() -> bytes:
    return pdf.build(sample.document(), ATTACHMENTS)


@pytest.fixture(scope="session")
def signer() -> keys.Signer:
    passphrase = b"sample passphrase"
    return keys.read_signer(keys.make_demo_key(INSTITUTE, passphrase, datetime(2026, 3, 1, tzinfo=UTC)), passphrase)


@pytest.fixture(scope="session")
def signed_pdf(plain_pdf: bytes, signer: keys.Signer) -> bytes:
    return sealed(plain_pdf, signer)
