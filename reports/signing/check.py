"""Whose signatures a file bears, whether they hold, what proves it and until when, and that nothing came after them."""

from collections.abc import Sequence
from datetime import UTC, datetime
from io import BytesIO

from asn1crypto.x509 import Certificate
from pyhanko.keys import load_certs_from_pemder_data
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import EmbeddedPdfSignature

from reports.errors import ReportError
from reports.keys import is_demo
from reports.signing.chains import chains_of, loaded
from reports.signing.evidence import MOST_KEPT, Evidence
from reports.signing.fields import next_to_sign
from reports.signing.findings import SignatureFinding, SignatureReport, StampFinding
from reports.signing.judge import Judge
from reports.signing.long_term import evidence_in
from reports.signing.replay import MOST_REVISIONS, STAMP, end_of
from reports.signing.revocation import unanswered
from reports.signing.roles import LEAD, REVIEWER, ROLES
from reports.verify import LARGEST_FILE

BASIC, STAMPED, LONG_TERM = "B-B", "B-T", "B-LTA"
"""Levels of PAdES. B-LT, evidence without a stamp over it, does not hold here: nothing says when it was added."""


def check_signatures(
    pdf: bytes, trust: bytes | None = None, known: Evidence | None = None, *, now: datetime | None = None
) -> SignatureReport:
    """Validate every signature of a file.

    A file that cannot be read is a finding, not an exception. What a later revision changed on the pages is not asked
    here: `signing.replay` leaves no room for any change.

    Parameters
    ----------
    trust : bytes, optional
        Certificates (PEM or DER) to trust, of signers and of stamps; without any, stamps are taken as they are.
    known : Evidence, optional
        What is known of certificates beside what the file keeps, as of those that were revoked since.
    now : datetime, optional
        As of when; now, unless given.

    Raises
    ------
    ReportError
        ``reports.trust_unreadable`` when `trust` holds no certificate.
    """
    if len(pdf) > LARGEST_FILE:
        return SignatureReport((), "reports.file_too_large", str(LARGEST_FILE))
    try:
        reader = PdfFileReader(BytesIO(pdf))
        embedded, waiting, kept = list(reader.embedded_signatures), next_to_sign(reader), evidence_in(reader)
        signatures = [each for each in embedded if each.sig_object_type != STAMP]
    except Exception as error:
        return SignatureReport((), "reports.unreadable", type(error).__name__)
    if not signatures:
        return SignatureReport((), "reports.not_signed")
    if len(embedded) > MOST_REVISIONS:
        return SignatureReport((), "reports.too_many_signatures", str(MOST_REVISIONS))
    if len(kept) > MOST_KEPT:
        return SignatureReport((), "reports.too_much_evidence", str(MOST_KEPT))
    roots = None if trust is None else tuple(_certificates(trust))
    everything = kept.with_all(known or Evidence())
    judge = Judge(pdf, roots, everything, _is_covered(pdf, embedded))
    found = _judged(judge, embedded, now or datetime.now(UTC))
    signers = tuple(each for each in found if isinstance(each, SignatureFinding))
    stamps = tuple(each for each in found if isinstance(each, StampFinding))
    problem, detail = _against_the_whole(signers, stamps)
    if waiting is not None:
        problem, detail = f"reports.signature_missing.{waiting.name}", waiting.words
    level, until = _level(signers, stamps, embedded, kept), _until(signers, stamps)
    return SignatureReport(signers, problem, detail, stamps, level, until)


def _judged(
    judge: Judge, embedded: Sequence[EmbeddedPdfSignature], now: datetime
) -> list[SignatureFinding | StampFinding]:
    """Judge from the last to the first: a stamp that counts proves of all before it that they were there."""
    found: list[SignatureFinding | StampFinding] = []
    there_by, is_proven = now, False
    for each in sorted(embedded, key=_place, reverse=True):
        if each.sig_object_type == STAMP:
            stamp = judge.stamp(each, there_by)
            found.insert(0, stamp)
            counts, at = stamp.problem is None and (stamp.trusted or judge.roots is None), stamp.stamped_at
        else:
            signature = judge.signature(each, there_by, is_proven=is_proven)
            found.insert(0, signature)
            counts, at = signature.problem is None and signature.is_proven, signature.time_stamped_at
        if counts and at is not None:
            there_by, is_proven = min(at, there_by), True
    return found


def _place(signature: EmbeddedPdfSignature) -> int:
    try:
        return end_of(signature)
    except (ValueError, TypeError, LookupError):
        return 0


def _is_covered(pdf: bytes, signatures: Sequence[EmbeddedPdfSignature]) -> bool:
    """Tell whether the last signature or stamp reaches the last byte: what came between the others lies below it."""
    return max(map(_place, signatures)) == len(pdf)


def _against_the_whole(signers: Sequence[SignatureFinding], stamps: Sequence[StampFinding]) -> tuple[str | None, str]:
    """Return what is wrong beside the single signatures: their order, one person for two, a stamp that fails."""
    order = [role.name for role in ROLES]
    given = [each.role for each in signers if each.role]
    if given != sorted(given, key=order.index):
        return "reports.roles_out_of_order", ", ".join(given)
    by_role = {each.role: each.certificate for each in signers if each.certificate}
    lead, reviewer = by_role.get(LEAD.name), by_role.get(REVIEWER.name)
    if lead is not None and lead == reviewer and not is_demo(Certificate.load(lead)):
        return "reports.one_for_two_roles", next(each.signer for each in signers if each.certificate == lead)
    failed = next((each for each in stamps if each.problem is not None), None)
    return (None, "") if failed is None else (failed.problem, failed.detail)


def _level(
    signers: Sequence[SignatureFinding],
    stamps: Sequence[StampFinding],
    embedded: Sequence[EmbeddedPdfSignature],
    kept: Evidence,
) -> str:
    if not all(each.is_proven for each in signers):
        return BASIC
    asked = sorted(embedded, key=_place)
    if not stamps or asked[-1].sig_object_type != STAMP:
        return STAMPED
    # What the last stamp itself needs is gathered before the next one.
    chains = [chain for each in asked[:-1] for chain in chains_of(each.signed_data, loaded(kept.certificates))]
    return STAMPED if unanswered(chains, kept) else LONG_TERM


def _until(signers: Sequence[SignatureFinding], stamps: Sequence[StampFinding]) -> datetime | None:
    if stamps:
        return stamps[-1].ends_at
    ends = [each.ends_at for each in signers]
    return None if None in ends else min(each for each in ends if each is not None)


def _certificates(trust: bytes) -> list[Certificate]:
    """Read certificates to their last field: a fault found later would be taken for one of the signature."""
    try:
        found = list(load_certs_from_pemder_data(trust))
        whole = all(each.native for each in found)
    except (ValueError, TypeError, KeyError) as error:
        raise ReportError("reports.trust_unreadable") from error
    if not found or not whole:
        raise ReportError("reports.trust_unreadable")
    return found
