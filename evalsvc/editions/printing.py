"""From facts to the report's bytes: edition.json, the PDF that carries it, and the signature."""

import json
from collections.abc import Mapping
from typing import Any

from evalsvc.editions.facts import Facts
from evalsvc.editions.material import results_json
from evalsvc.editions.report import document_of, printed_of
from evalsvc.results import files
from reports.keys import Signer
from reports.pdf import build
from reports.seal import Seal
from reports.sign import Appearance, sign_pdf

SAMPLE_MARK = "样章"
SAMPLE_FOOT = "不具法律效力"


def edition_bytes(facts: Facts) -> bytes:
    """Write edition.json with the printed figures in it."""
    return (json.dumps({**facts, "printed": printed_of(facts)}, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def build_report(edition: bytes) -> bytes:
    """Print the report from edition.json, and put that file and the results into it."""
    facts: Mapping[str, Any] = json.loads(edition)
    attachments = {files.EDITION: edition, files.RESULTS: results_json(list(facts["estimates"]))}
    return build(document_of(facts), attachments)


def sign_report(pdf: bytes, signer: Signer, institute: str) -> bytes:
    """Sign a report; a demo key sets a seal that says it is a sample."""
    seal = Seal(institute, SAMPLE_MARK, SAMPLE_FOOT) if signer.is_demo else Seal(institute)
    reason = "报告定稿签名（示范密钥，不具法律效力）" if signer.is_demo else "报告定稿签名"
    return sign_pdf(pdf, signer, Appearance(seal, reason))
