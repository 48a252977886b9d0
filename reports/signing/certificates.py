"""Whether certificates could vouch for a signature: key, hash, use, time, and that nobody had revoked them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from asn1crypto import cms
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

from reports.signing.chains import Chain, certificates_in, is_issued_by, is_root
from reports.signing.evidence import Evidence
from reports.signing.revocation import revoked_at

LEAST_RSA, LEAST_CURVE = 2048, 224
"""Bits below which a key is forged sooner or later."""
WEAK_HASHES = frozenset({"md5", "sha1"})


@dataclass(frozen=True)
class Fault:
    """What stands against a certificate: a code, and whom or which day it is about."""

    code: str
    detail: str


@dataclass(frozen=True)
class Moment:
    """When something was signed: as it states itself, by when it was surely there, and whether a stamp proves that."""

    stated: datetime | None
    there_by: datetime
    is_proven: bool


def fault_of(chain: Chain, signed: cms.SignedData, moment: Moment, evidence: Evidence) -> Fault | None:
    """Return the first thing that stands against the signer's certificates."""
    given = certificates_in(signed)
    found = _weak([*given, *chain], signed) or _swapped(given) or _misused(chain[0]) or _out_of_time(chain, moment)
    return found or _revoked(chain, moment, evidence)


def _swapped(certificates: Sequence[x509.Certificate]) -> Fault | None:
    """Look for a certificate that bears the name of an issuer and has not issued what it should have."""
    for lower in certificates:
        named = [each for each in certificates if each.subject == lower.issuer and each != lower]
        if named and not is_root(lower) and not any(is_issued_by(lower, each) for each in named):
            return Fault("reports.chain_swapped", name_of(lower))
    return None


def name_of(certificate: x509.Certificate) -> str:
    """Return what a certificate calls its owner."""
    names = certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    return str(names[0].value) if names else certificate.subject.rfc4514_string()


def day(at: datetime) -> str:
    """Write a time as in the details of a sentence."""
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _weak(certificates: Sequence[x509.Certificate], signed: cms.SignedData) -> Fault | None:
    (signer,) = signed["signer_infos"]
    if signer["digest_algorithm"]["algorithm"].native in WEAK_HASHES:
        return Fault("reports.hash_weak", str(signer["digest_algorithm"]["algorithm"].native).upper())
    for each in certificates:
        key = each.public_key()
        least = LEAST_RSA if isinstance(key, rsa.RSAPublicKey) else LEAST_CURVE
        if isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey) and key.key_size < least:
            return Fault("reports.key_weak", f"{name_of(each)}, {key.key_size} bit")
        if not is_root(each) and _hash_of(each) in WEAK_HASHES:  # whoever trusts a root does not ask its signature
            return Fault("reports.hash_weak", f"{name_of(each)}, {_hash_of(each).upper()}")
    return None


def _hash_of(certificate: x509.Certificate) -> str:
    try:
        algorithm = certificate.signature_hash_algorithm
    except UnsupportedAlgorithm:
        return ""
    return "" if algorithm is None else algorithm.name


def _misused(certificate: x509.Certificate) -> Fault | None:
    """A certificate that says what it is for has to be for signatures; one that says nothing is for anything."""
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return None
    if usage.digital_signature or usage.content_commitment:
        return None
    return Fault("reports.certificate_usage", name_of(certificate))


def fault_of_purpose(certificate: x509.Certificate) -> Fault | None:
    """Say of a stamp's certificate that it is not for time stamps: anybody's would do otherwise (RFC 3161, 2.3)."""
    try:
        purposes = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return Fault("reports.stamp_purpose", name_of(certificate))
    if ExtendedKeyUsageOID.TIME_STAMPING in purposes:
        return None
    return Fault("reports.stamp_purpose", name_of(certificate))


def _out_of_time(chain: Chain, moment: Moment) -> Fault | None:
    own = chain[0]
    if moment.is_proven and moment.there_by < own.not_valid_before_utc:
        return Fault("reports.stamp_before_certificate", f"{day(moment.there_by)} < {day(own.not_valid_before_utc)}")
    if moment.stated is not None and moment.stated < own.not_valid_before_utc:
        return Fault("reports.certificate_not_yet", f"{day(moment.stated)} < {day(own.not_valid_before_utc)}")
    for each in chain[:1] + tuple(each for each in chain[1:] if not is_root(each)):
        if moment.there_by > each.not_valid_after_utc:
            certain = moment.is_proven or (moment.stated is not None and moment.stated > each.not_valid_after_utc)
            code = "reports.certificate_expired" if certain else "reports.expired_unproven"
            return Fault(code, f"{name_of(each)}, {day(each.not_valid_after_utc)}")
    return None


def _revoked(chain: Chain, moment: Moment, evidence: Evidence) -> Fault | None:
    for lower, upper in pairwise(chain):
        since = revoked_at(lower, upper, evidence)
        if since is None or (moment.is_proven and moment.there_by < since):
            continue
        before = moment.is_proven or moment.stated is None or moment.stated >= since
        code = "reports.certificate_revoked" if before else "reports.revoked_unproven"
        return Fault(code, f"{name_of(lower)}, {day(since)}")
    return None
