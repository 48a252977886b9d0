"""From facts to the report's bytes: edition.json, the PDF that carries it, and the signature.

What lays out and signs is loaded when it is used: it takes two seconds, which a server that starts need not wait for.
"""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from evalsvc import files
from evalsvc.editions.facts import Facts
from evalsvc.editions.format import read_edition
from evalsvc.editions.material import results_json
from evalsvc.editions.report import document_of, printed_of
from evalsvc.errors import InvalidError

if TYPE_CHECKING:
    from reports.keys import Signer
    from reports.sign import Appearance

SAMPLE_MARK = "样章"
SAMPLE_FOOT = "不具法律效力"


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
    """Sign a report."""
    from reports.sign import sign_pdf  # noqa: PLC0415 (loads pyHanko)

    return sign_pdf(pdf, signer, appearance_of(institute, is_demo=signer.is_demo))


def appearance_of(institute: str, *, is_demo: bool) -> "Appearance":
    """Return the seal that a signer sets; that of a demo key says that it is a sample."""
    from reports.seal import Seal  # noqa: PLC0415 (loads WeasyPrint)
    from reports.sign import Appearance  # noqa: PLC0415 (loads pyHanko)

    seal = Seal(institute, SAMPLE_MARK, SAMPLE_FOOT) if is_demo else Seal(institute)
    return Appearance(seal, "报告定稿签名（示范密钥，不具法律效力）" if is_demo else "报告定稿签名")
