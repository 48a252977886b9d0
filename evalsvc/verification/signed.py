"""The signed file by itself: its signatures, the data inside it, and the figures on its pages."""

import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from evalsvc import files
from evalsvc.editions.bounds import LARGEST_FILE
from evalsvc.editions.format import read_edition
from evalsvc.verification.names import plain_name
from evalsvc.verification.outcome import Signature, Step, step_of
from reports.document import Printed
from reports.errors import ReportError
from reports.signing.check import check_signatures
from reports.verify import Pages, check_printed, embedded, printed_text
from sampling.errors import Complaint, complain

LEAD, REVIEWER, INSTITUTE = "lead", "reviewer", "institute"
NO_PAGES = Pages((), b"")


@dataclass(frozen=True)
class SignedFile:
    """What the file holds inside: the facts and the results, None where they cannot be read."""

    facts: dict[str, Any] | None
    edition: bytes
    results: bytes
    pages: Pages = NO_PAGES


def signature_step(pdf: bytes, trust: bytes | None) -> tuple[Step, tuple[Signature, ...]]:
    """Check the signatures; with trust anchors an unknown signer fails, without them it is only said."""
    report = check_signatures(pdf, trust)
    complaints = []
    if report.problem is not None:
        complaints.append(complain(report.problem, file=files.REPORT, detail=report.detail))
    for each in report.signatures:
        if each.problem is not None:
            complaints.append(complain(each.problem, file=files.REPORT, signer=each.signer, detail=each.detail))
        elif trust is not None and not each.trusted:
            complaints.append(complain("verification.not_trusted", file=files.REPORT, signer=each.signer))
    found = tuple(
        Signature(
            plain_name(each.signer),
            _moment(each.signed_at),
            each.intact,
            each.whole_file,
            each.trusted,
            each.fingerprint,
            each.role,
            _moment(each.time_stamped_at),
        )
        for each in report.signatures
    )
    counts: dict[str, int | str] = {"signatures": len(found), "stamps": len(report.stamps), "level": report.level}
    if report.proven_until is not None:
        counts["ends_at"] = _moment(report.proven_until)
    return step_of("signature", complaints, (), **counts), found


def _moment(at: datetime | None) -> str:
    return "" if at is None else at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def signer_notes(signatures: Sequence[Signature], institute: str) -> list[Complaint]:
    """Tell where a certificate's names do not hold the institute's: forms of a name differ, so nothing fails by it."""
    wanted = _plain(institute)
    return [
        complain("verification.other_signer", file=files.REPORT, signer=each.signer, institute=institute[:200])
        for each in signatures
        if each.role in ("", INSTITUTE) and (not wanted or wanted not in _plain(each.signer))
    ]


def missing_roles(signatures: Sequence[Signature], facts: Mapping[str, Any]) -> list[Complaint]:
    """Name those who had to sign and did not; that nobody signed is told already."""
    if not signatures:
        return []
    needed = (LEAD, REVIEWER, INSTITUTE) if facts["edition"].get("reviewer") else (INSTITUTE,)
    given = {each.role for each in signatures}
    return [complain(f"verification.unsigned.{role}", file=files.REPORT) for role in needed if role not in given]


def _plain(name: str) -> str:
    """Leave out white space and case, in which two spellings of a name may differ."""
    return "".join(unicodedata.normalize("NFKC", name).split()).casefold()


def embedded_step(pdf: bytes) -> tuple[Step, SignedFile]:
    """Read the data inside the file, and look for every figure of it on the pages."""
    try:
        attachments, pages = embedded(pdf), printed_text(pdf)
    except ReportError as error:
        refused = Complaint(error.code, files.REPORT, details={"file": files.REPORT, **error.details})
        return step_of("embedded", [refused]), SignedFile(None, b"", b"")
    missing = [name for name in (files.EDITION, files.RESULTS) if name not in attachments]
    edition, results = attachments.get(files.EDITION, b""), attachments.get(files.RESULTS, b"")
    complaints = [complain("verification.not_embedded", file=files.REPORT, name=name) for name in missing]
    facts, unreadable = (None, []) if files.EDITION in missing else read_edition(edition)
    complaints += unreadable
    printed = 0
    if facts is not None:
        figures = [Printed(each["key"], each["text"]) for each in facts["printed"]]
        printed = len(figures)
        complaints += [
            complain("verification.not_printed", file=files.REPORT, key=each.key, text=each.text)
            for each in check_printed(pages, figures)
        ]
        complaints += _same_results(facts, results)
    signed = SignedFile(facts, edition, results, Pages(pages, pdf))
    return step_of("embedded", complaints, pages=len(pages), figures=printed), signed


def _same_results(facts: dict[str, Any], results: bytes) -> list[Complaint]:
    try:
        rows = json.loads(results)["estimates"] if 0 < len(results) <= LARGEST_FILE else None
    except (ValueError, TypeError, KeyError, RecursionError):
        rows = None
    return [] if rows == facts["estimates"] else [complain("verification.embedded_differ", file=files.REPORT)]
