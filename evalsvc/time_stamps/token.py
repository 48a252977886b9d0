"""Verify a time-stamp token (RFC 3161) over a commitment: whose it is, of when, and whether it holds.

Pure: no network, no clock. Certificates are not asked for revocation; every sentence that calls one trusted says so.
PyHanko, which verifies, takes a second to load: only who has a token at hand waits for it.
"""

import asyncio
import base64
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from asn1crypto import cms, tsp
from asn1crypto.x509 import Certificate

from evalsvc.errors import InvalidError
from evalsvc.verification.names import plain_name
from sampling.errors import Complaint, complain

# What is wrong with a token is an answer of this module; its parsers need not write it to a log as well.
logging.getLogger("pyhanko").setLevel(logging.CRITICAL)
logging.getLogger("pyhanko_certvalidator").setLevel(logging.CRITICAL)

LARGEST_TOKEN = 60_000
"""Bytes; a token with a chain of three certificates takes some 6,000."""
IMPRINT_ALGORITHM = "sha256"
PURPOSE = "time_stamping"


@dataclass(frozen=True)
class Stamp:
    """What a token that holds says."""

    at: datetime
    authority: str
    """How the signer's certificate names it."""
    serial: str
    fingerprint: str
    """SHA-256 of the certificate at the top of the signer's chain, as far as the token holds it."""
    trusted: bool | None
    """Whether the chain leads to a given certificate; None where none was given."""

    @property
    def at_text(self) -> str:
        """Return the time as files write it, cut to the second."""
        return self.at.strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True)
class StampReading:
    """A token that holds, or everything that stands against it."""

    stamp: Stamp | None
    complaints: tuple[Complaint, ...]


class _UnreadableError(ValueError):
    """Raise where bytes are no time-stamp token."""


def read_certificates(data: bytes, file: str) -> tuple[Certificate, ...]:
    """Read certificates of authorities, PEM or DER, to their last field.

    Raises
    ------
    InvalidError
        ``time_stamp.no_certificate``
    """
    from pyhanko.keys import load_certs_from_pemder_data  # noqa: PLC0415 (as above)

    try:
        found = tuple(load_certs_from_pemder_data(data))
        whole = all(each.native for each in found)
    except (ValueError, TypeError, KeyError) as error:
        raise InvalidError("time_stamp.no_certificate", file=file) from error
    if not found or not whole:
        raise InvalidError("time_stamp.no_certificate", file=file)
    return found


def verify_token(
    token: str, commitment: str, trusted: Sequence[Certificate] | None = None, *, file: str
) -> StampReading:
    """Verify that an authority stamped a commitment.

    Parameters
    ----------
    token : str
        The token, DER in base64.
    commitment : str
        SHA-256 in hexadecimal digits, which the token's imprint has to be.
    trusted : sequence of Certificate, optional
        Certificates to which the signer's chain has to lead; without them a chain is neither trusted nor refused.
    file : str
        Where the token stands, for the complaints.
    """
    try:
        signed, content, signer = _opened(token)
        intact, valid, path_found = _validated(signed, content, trusted or ())
    except Exception as error:  # whatever a stranger's bytes do to the parsers is a finding
        problem = f"{type(error).__name__}: {error}"[:200]
        return StampReading(None, (complain("time_stamp.unreadable", file=file, problem=problem),))
    stamp = Stamp(
        content["gen_time"].native.astimezone(UTC),
        _name_of(signer),
        str(content["serial_number"].native),
        _fingerprint(signed, signer),
        None if trusted is None else path_found,
    )
    complaints = list(_imprint_complaints(content, commitment, file))
    if not (intact and valid):
        complaints.append(complain("time_stamp.signature", file=file, authority=stamp.authority))
    complaints += _signer_complaints(signer, stamp, file)
    if stamp.trusted is False:
        complaints.append(complain("time_stamp.untrusted", file=file, authority=stamp.authority))
    return StampReading(None if complaints else stamp, tuple(complaints))


def stated_by(token: str | None) -> tuple[str, str] | None:
    """Return time and authority as a token states them, unverified; None where there is no token to read."""
    if token is None:
        return None
    try:
        _signed, content, signer = _opened(token)
        stamp = Stamp(content["gen_time"].native.astimezone(UTC), _name_of(signer), "", "", None)
    except Exception:  # as above; verify_token tells what is wrong
        return None
    return stamp.at_text, stamp.authority


def _fingerprint(signed: cms.SignedData, signer: Certificate) -> str:
    """Return the fingerprint of the certificate at the top of the chain, as far as the token holds it."""
    from reports.keys import fingerprint_of, top_of  # noqa: PLC0415 (as above)

    others = [each.chosen for each in signed["certificates"] if each.name == "certificate"]
    return fingerprint_of(top_of(signer, others))


def _name_of(signer: Certificate) -> str:
    """Return a certificate's name for people: what is printed of a stranger's text shows, and is not endless."""
    return "".join(each for each in plain_name(signer.subject.human_friendly) if each.isprintable())[:200]


def token_of(data: bytes) -> str:
    """Write a token's bytes as files hold them."""
    return base64.b64encode(data).decode("ascii")


def _opened(token: str) -> tuple[cms.SignedData, tsp.TSTInfo, Certificate]:
    """Read the signed data, what it says, and the signer's certificate."""
    from pyhanko.sign.general import extract_certificate_info  # noqa: PLC0415 (as above)
    from pyhanko.sign.validation.generic_cms import get_signing_cert_attr  # noqa: PLC0415

    data = base64.b64decode(token, validate=True)
    if not 0 < len(data) <= LARGEST_TOKEN:
        raise _UnreadableError("size")
    info = cms.ContentInfo.load(data, strict=True)
    if info["content_type"].native != "signed_data":
        raise _UnreadableError("no signed data")
    signed = info["content"]
    content = signed["encap_content_info"]["content"].parsed
    if signed["encap_content_info"]["content_type"].native != "tst_info" or not isinstance(content, tsp.TSTInfo):
        raise _UnreadableError("no time-stamp information")
    if len(signed["signer_infos"]) != 1:
        raise _UnreadableError("not one signer")
    # RFC 3161, 2.4.2: the attribute that names the signer's certificate has to be there.
    if get_signing_cert_attr(signed["signer_infos"][0]["signed_attrs"]) is None:
        raise _UnreadableError("no signing certificate attribute")
    return signed, content, extract_certificate_info(signed).signer_cert


def _validated(signed: cms.SignedData, content: tsp.TSTInfo, trusted: Sequence[Certificate]) -> tuple[bool, bool, bool]:
    """Return whether content and signature hold, and whether a path to a trusted certificate was found."""
    from pyhanko.sign.validation.generic_cms import validate_tst_signed_data  # noqa: PLC0415 (as above)
    from pyhanko.sign.validation.status import TimestampSignatureStatus  # noqa: PLC0415
    from pyhanko_certvalidator import ValidationContext  # noqa: PLC0415

    context = ValidationContext(
        trust_roots=list(trusted), allow_fetching=False, moment=content["gen_time"].native, revocation_mode="soft-fail"
    )
    imprint = content["message_imprint"]["hashed_message"].native
    # The imprint is compared by itself, so that it is named by itself; here it is taken as it stands.
    found = asyncio.run(validate_tst_signed_data(signed, context, lambda _algorithm: imprint))
    status = TimestampSignatureStatus(**found)
    return bool(status.intact), bool(status.valid), bool(status.trusted)


def _imprint_complaints(content: tsp.TSTInfo, commitment: str, file: str) -> list[Complaint]:
    imprint = content["message_imprint"]
    algorithm, found = imprint["hash_algorithm"]["algorithm"].native, imprint["hashed_message"].native.hex()
    if (algorithm, found) == (IMPRINT_ALGORITHM, commitment):
        return []
    return [complain("time_stamp.other_imprint", file=file, expected=commitment, found=f"{algorithm} {found}")]


def _signer_complaints(signer: Certificate, stamp: Stamp, file: str) -> list[Complaint]:
    """RFC 3161, 2.3: the key is for time stamps and nothing else, and says so critically; it was valid at that time."""
    complaints = []
    usage = signer.extended_key_usage_value
    critical = "extended_key_usage" in signer.critical_extensions
    if usage is None or usage.native != [PURPOSE] or not critical:
        complaints.append(complain("time_stamp.purpose", file=file, authority=stamp.authority))
    if not signer.not_valid_before <= stamp.at <= signer.not_valid_after:
        complaints.append(
            complain(
                "time_stamp.certificate_time",
                file=file,
                authority=stamp.authority,
                at=stamp.at_text,
                begins=f"{signer.not_valid_before:%Y-%m-%dT%H:%M:%SZ}",
                ends=f"{signer.not_valid_after:%Y-%m-%dT%H:%M:%SZ}",
            )
        )
    return complaints
