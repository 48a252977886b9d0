"""From facts to the report's bytes: edition.json, the PDF that carries it, and the signature.

What lays out and signs is loaded when it is used: it takes two seconds, which a server that starts need not wait for.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from evalsvc import files
from evalsvc.editions.facts import Facts
from evalsvc.editions.format import read_edition
from evalsvc.editions.material import results_json
from evalsvc.editions.report import document_of, printed_of
from evalsvc.errors import InvalidError

if TYPE_CHECKING:
    from asn1crypto.x509 import Certificate

    from reports.keys import Signer
    from reports.signing.appearance import Appearance
    from reports.signing.roles import Role
    from reports.signing.signature import Appearances

SAMPLE_MARK = "样章"
SAMPLE_FOOT = "不具法律效力"
DEMO_REASON = "（示范密钥，不具法律效力）"


def edition_bytes(facts: Facts) -> bytes:
    """Write edition.json: the facts, the printed figures, and what they are printed with.

    Raises
    ------
    InvalidError
        ``edition.beyond_bounds``: so large that nobody's check would lay it out.
    """
    from reports.versions import printed_with  # noqa: PLC0415 (loads WeasyPrint)

    whole = {**facts, "printed_with": printed_with(), "printed": printed_of(facts)}
    data = (json.dumps(whole, ensure_ascii=False, indent=1) + "\n").encode("utf-8")
    _, complaints = read_edition(data)
    if complaints:
        raise InvalidError("edition.beyond_bounds", complaints)
    return data


def build_report(edition: bytes) -> bytes:
    """Print the report from edition.json, and put that file and the results into it."""
    from reports.pdf import build  # noqa: PLC0415 (loads WeasyPrint)

    facts: Mapping[str, Any] = json.loads(edition)
    attachments = {files.EDITION: edition, files.RESULTS: results_json(list(facts["estimates"]))}
    return build(document_of(facts), attachments)


def sign_report(pdf: bytes, signer: "Signer", institute: str) -> bytes:
    """Seal a report in the name of the institute."""
    from reports.signing.fields import with_fields  # noqa: PLC0415 (loads pyHanko)
    from reports.signing.roles import INSTITUTE  # noqa: PLC0415
    from reports.signing.signature import sign  # noqa: PLC0415

    at = datetime.now(UTC)
    appearance = appearances_for(institute)(INSTITUTE, signer.certificate, at)
    return sign(with_fields(pdf, (INSTITUTE,)), INSTITUTE, signer.key, appearance, at=at)


def appearances_for(institute: str) -> "Appearances":
    """Return what signatures show: the institute's seal; that of a demo key says that it is a sample."""
    from reports.keys import is_demo  # noqa: PLC0415 (loads pyHanko)
    from reports.seal import Seal, seal_pdf  # noqa: PLC0415 (loads WeasyPrint)
    from reports.signing.appearance import Appearance  # noqa: PLC0415

    def appearance(role: "Role", certificate: "Certificate", _at: datetime) -> "Appearance":
        demo = is_demo(certificate)
        seal = Seal(institute, SAMPLE_MARK, SAMPLE_FOOT) if demo else Seal(institute)
        return Appearance(seal_pdf(seal), f"{role.reason}{DEMO_REASON}" if demo else role.reason)

    return appearance
