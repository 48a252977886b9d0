"""One signature, or one stamp, judged as of the time by which it was surely there."""

import logging
from dataclasses import dataclass
from datetime import datetime

from asn1crypto import cms
from asn1crypto.x509 import Certificate, Name
from pyhanko.sign.validation import (
    DocumentTimestampStatus,
    EmbeddedPdfSignature,
    PdfSignatureStatus,
    SignatureCoverageLevel,
    validate_pdf_signature,
    validate_pdf_timestamp,
)
from pyhanko_certvalidator import ValidationContext

from reports.container import container_is_strict, stamp_is_strict
from reports.keys import fingerprint_of, top_of
from reports.signing.certificates import Fault, Moment, fault_of, fault_of_purpose
from reports.signing.chains import Chain, chain_in, loaded, token_in
from reports.signing.evidence import Evidence
from reports.signing.findings import SignatureFinding, StampFinding
from reports.signing.roles import BY_FIELD

# What is wrong with a file is an answer of this module; its parsers need not write it to a log as well.
logging.getLogger("pyhanko").setLevel(logging.CRITICAL)
logging.getLogger("pyhanko_certvalidator").setLevel(logging.CRITICAL)


@dataclass(frozen=True)
class Judge:
    """Judge the signatures of one file: its bytes, whom to trust (None: nobody was named), and what is known."""

    pdf: bytes
    roots: tuple[Certificate, ...] | None
    evidence: Evidence
    covered: bool
    """The last signature or stamp reaches the last byte."""

    def stamp(self, stamp: EmbeddedPdfSignature, there_by: datetime) -> StampFinding:
        """Judge a stamp over the whole file that was there by a time."""
        try:
            status = validate_pdf_timestamp(stamp, self._context(there_by), skip_diff=True)
            chain = self._chain(stamp.signed_data)
            fault = self._fault_of_stamp(chain, stamp.signed_data, status.timestamp, there_by)
            problem = self._problem_of_stamp(stamp, status, fault)
            authority = stamp.signer_cert.subject.human_friendly
            detail = fault.detail if fault is not None and problem == fault.code else authority
            return StampFinding(authority, status.timestamp, bool(status.trusted), problem, detail, _end_of(chain))
        except Exception:  # what cannot be taken apart is broken
            return StampFinding("", None, False, "reports.time_stamp_broken")

    def signature(self, signature: EmbeddedPdfSignature, there_by: datetime, *, is_proven: bool) -> SignatureFinding:
        """Judge a signature that was there by a time, as a later stamp proves or because it is there now."""
        signer, signed_at, self_made, root, fault = "", None, False, "", None
        role = BY_FIELD.get(signature.field_name)
        name = "" if role is None else role.name
        try:
            certificate = signature.signer_cert
            signer, signed_at = certificate.subject.human_friendly, signature.self_reported_timestamp
            self_made = _organisation(certificate.subject) == _organisation(certificate.issuer)
            root = fingerprint_of(top_of(certificate, signature.other_embedded_certs))
            signed, own = signature.signed_data, Moment(signed_at, there_by, is_proven)
            chain = self._chain(signed)
            fault = fault_of(chain, signed, own, self.evidence) or self._purpose_of_stamp(signed)
            stamped_at, ends_at = self._stamped(signature, there_by)
            if stamped_at is not None:
                own = Moment(signed_at, min(stamped_at, there_by), True)
                fault = fault_of(chain, signed, own, self.evidence)
            status = validate_pdf_signature(
                signature, self._context(own.there_by), self._context(there_by), skip_diff=True
            )
            problem = self._problem(signature, status, fault)
        except Exception as error:
            problem, detail = ("reports.signature_broken", type(error).__name__)
            if fault is not None:  # pyHanko refuses some of what is told here by its name
                problem, detail = fault.code, fault.detail
            return SignatureFinding(
                signer, signed_at, False, False, False, problem, detail, self_made, None, root, name
            )
        stamp = status.timestamp_validity
        return SignatureFinding(
            signer=signer,
            signed_at=signed_at,
            intact=_is_intact(status),
            whole_file=self.covered and _is_whole(status),
            trusted=bool(status.trusted),
            problem=problem,
            detail=fault.detail if fault is not None and problem == fault.code else "",
            self_made=self_made,
            time_stamped_at=None if stamp is None else stamp.timestamp,
            fingerprint=root,
            role=name,
            is_proven=own.is_proven,
            ends_at=ends_at or _end_of(chain),
            certificate=certificate.dump(),
        )

    def _problem(self, signature: EmbeddedPdfSignature, status: PdfSignatureStatus, fault: Fault | None) -> str | None:
        stamp = status.timestamp_validity
        if not _is_intact(status):
            return "reports.signature_broken"
        if not (self.covered and _is_whole(status)):
            return "reports.changed_after_signing"
        if stamp is not None and not (stamp.intact and stamp.valid):
            return "reports.time_stamp_broken"
        if fault is not None:
            return fault.code
        if not container_is_strict(self.pdf, signature, trusted=bool(status.trusted)):
            return "reports.signature_container"
        return None

    def _problem_of_stamp(
        self, stamp: EmbeddedPdfSignature, status: DocumentTimestampStatus, fault: Fault | None
    ) -> str | None:
        if not _is_intact(status):
            return "reports.time_stamp_broken"
        if not (self.covered and _is_whole(status)):
            return "reports.changed_after_signing"
        if fault is not None:
            return fault.code
        return None if stamp_is_strict(self.pdf, stamp) else "reports.signature_container"

    def _stamped(self, signature: EmbeddedPdfSignature, there_by: datetime) -> tuple[datetime | None, datetime | None]:
        """Return when a signature's own time stamp was given and when its proof ends; None where it does not count."""
        token = token_in(signature.signed_data)
        if token is None:
            return None, None
        given = token["encap_content_info"]["content"].parsed["gen_time"].native
        status = validate_pdf_signature(
            signature, self._context(there_by), self._context(there_by), skip_diff=True
        ).timestamp_validity
        chain = self._chain(token)
        if not (status and status.intact and status.valid) or self._fault_of_stamp(chain, token, given, there_by):
            return None, None
        if self.roots is not None and not status.trusted:
            return None, None
        return given, _end_of(chain)

    def _purpose_of_stamp(self, signed: cms.SignedData) -> Fault | None:
        """Say that a signature's own stamp was given with a certificate that is not for stamps."""
        token = token_in(signed)
        return None if token is None else fault_of_purpose(self._chain(token)[0])

    def _fault_of_stamp(
        self, chain: Chain, signed: cms.SignedData, given: datetime, there_by: datetime
    ) -> Fault | None:
        fault = fault_of_purpose(chain[0]) or fault_of(chain, signed, Moment(given, there_by, False), self.evidence)
        if fault is not None and fault.code == "reports.expired_unproven":
            return Fault("reports.stamp_lapsed", fault.detail)
        return fault

    def _chain(self, signed: cms.SignedData) -> Chain:
        others = loaded([*self.evidence.certificates, *(each.dump() for each in self.roots or ())])
        return chain_in(signed, others)

    def _context(self, moment: datetime) -> ValidationContext:
        """Trust the given certificates and nothing else; nothing is fetched from a network."""
        others = [Certificate.load(each) for each in self.evidence.certificates]
        return ValidationContext(
            trust_roots=list(self.roots or ()), other_certs=others, allow_fetching=False, moment=moment
        )


def _end_of(chain: Chain) -> datetime:
    return min(each.not_valid_after_utc for each in chain)


def _is_intact(status: PdfSignatureStatus | DocumentTimestampStatus) -> bool:
    return bool(status.intact and status.valid)


def _is_whole(status: PdfSignatureStatus | DocumentTimestampStatus) -> bool:
    """Tell whether all of the revision is covered, and all revisions before it."""
    return bool(status.coverage >= SignatureCoverageLevel.ENTIRE_REVISION)


def _organisation(name: Name) -> str:
    """Return who a name says it is: the organisation, or else the whole name."""
    return str(name.native.get("organization_name") or name.human_friendly)
