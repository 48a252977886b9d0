"""The bytes of a signed file that its signature does not cover: the signature itself.

CMS (RFC 5652) leaves parts of its container without protection: version numbers, padding, the case of hexadecimal
digits, certificates that no path leads through. One value is allowed for each, so that any changed byte is found.
"""

import re
from collections.abc import Callable, Sequence

from asn1crypto import cms
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from pyhanko.sign.validation import EmbeddedPdfSignature

_TOKEN = "signature_time_stamp_token"  # noqa: S105 -- the name of an attribute


def container_is_strict(pdf: bytes, signature: EmbeddedPdfSignature, *, trusted: bool) -> bool:
    """Check that nothing but the signature stands in its gap, written in the one way that is allowed.

    Nothing but `<`, upper-case hexadecimal of one DER value that re-encodes to itself, zeros and `>` may stand there.
    Certificates above the signer's must lead to one that signed itself, unless a trusted path was found through them:
    else nothing would vouch for their bytes. (In a time stamp, which others make, they may end earlier.)
    """
    encoded = _der_in_gap(pdf, signature, _encoded)
    if encoded is None:
        return False
    if not _signed_data_is_strict(encoded, "v1", "data") or not _time_stamps_are_strict(encoded):
        return False
    chain = chain_of(cms.ContentInfo.load(encoded)["content"])
    return chain is not None and (trusted or len(chain) == 1 or chain[-1].issuer == chain[-1].subject)


def stamp_is_strict(pdf: bytes, stamp: EmbeddedPdfSignature) -> bool:
    """Check the same of a stamp over the whole file; its certificates may end below a root, as in any time stamp."""
    encoded = _der_in_gap(pdf, stamp, _encoded_by_others)
    return encoded is not None and _signed_data_is_strict(encoded, "v3", "tst_info")


def _der_in_gap(pdf: bytes, signature: EmbeddedPdfSignature, encode: Callable[[bytes], bytes]) -> bytes | None:
    """Return the DER value that fills a signature's gap, padded by zeros; None where anything else stands there."""
    start, length, resume, _ = (int(number) for number in signature.byte_range)
    digits = re.fullmatch(rb"<([0-9A-F]*)>", pdf[length:resume])
    if start != 0 or digits is None or len(digits.group(1)) % 2:
        return None
    content = bytes.fromhex(digits.group(1).decode())
    encoded = encode(content)
    if not content.startswith(encoded) or content[len(encoded) :].strip(b"\0"):
        return None
    return encoded


def _encoded(content: bytes) -> bytes:
    """Return the one encoding of a container (DER)."""
    return bytes(cms.ContentInfo.load(content).dump(force=True))


def _encoded_by_others(content: bytes) -> bytes:
    """Return the one encoding of a stamp, but for the order of its certificates: many authorities do not sort them."""
    given = [bytes(each.dump()) for each in cms.ContentInfo.load(content)["content"]["certificates"]]
    return _encoded(content).replace(b"".join(sorted(given)), b"".join(given), 1)


def chain_of(signed: cms.SignedData) -> list[x509.Certificate] | None:
    """Return the signer's certificate and those above it, or None when one does not sign the next or is left over."""
    (signer,) = signed["signer_infos"]
    wanted = signer["sid"].chosen
    pool = [each.chosen for each in signed["certificates"]]
    first = [
        each
        for each in pool
        # Names compare without regard to case; bytes do not.
        if each.serial_number == wanted["serial_number"].native and each.issuer.dump() == wanted["issuer"].dump()
    ]
    if len(first) != 1:
        return None
    return _climb(first[0], [each for each in pool if each is not first[0]])


def _climb(lowest: asn1_x509.Certificate, others: Sequence[asn1_x509.Certificate]) -> list[x509.Certificate] | None:
    """Order certificates from the lowest up; each signature among them is verified, the topmost's own too."""
    chain, rest = [_load(lowest)], [_load(each) for each in others]
    while rest:
        above = [each for each in rest if each.subject == chain[-1].issuer]
        if len(above) != 1 or not _signed_by(chain[-1], above[0]):
            return None
        chain.append(above[0])
        rest.remove(above[0])
    top = chain[-1]
    return chain if top.issuer != top.subject or _signed_by(top, top) else None


def _load(certificate: asn1_x509.Certificate) -> x509.Certificate:
    return x509.load_der_x509_certificate(certificate.dump())


def _signed_by(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _signed_data_is_strict(content: bytes, version: str, kind: str) -> bool:
    """Check the parts of a signed-data value that no digest protects."""
    signed = cms.ContentInfo.load(content)["content"]
    signers = signed["signer_infos"]
    if len(signers) != 1:
        return False
    digest = signers[0]["digest_algorithm"]
    return (
        signed["version"].native == version
        and signed["encap_content_info"]["content_type"].native == kind
        and signers[0]["version"].native == "v1"
        and signers[0]["sid"].name == "issuer_and_serial_number"
        and [each.native for each in signed["digest_algorithms"]] == [digest.native]
        and digest["parameters"].native is None
        and _hash_of(signers[0]["signature_algorithm"]) in (None, digest["algorithm"].native)
        and signed["crls"].native is None
        and chain_of(signed) is not None
    )


def _hash_of(algorithm: cms.SignedDigestAlgorithm) -> str | None:
    """Return the hash that a signature algorithm names; plain RSA and Ed25519 name none."""
    try:
        return str(algorithm.hash_algo)
    except ValueError:
        return None


def _time_stamps_are_strict(content: bytes) -> bool:
    """Check the unprotected attributes: at most one time stamp, which is held to the same rules."""
    (signer,) = cms.ContentInfo.load(content)["content"]["signer_infos"]
    attributes = list(signer["unsigned_attrs"]) if signer["unsigned_attrs"].native else []
    if not attributes:
        return True
    if len(attributes) > 1 or attributes[0]["type"].native != _TOKEN or len(attributes[0]["values"]) != 1:
        return False
    token = attributes[0]["values"][0].dump()
    return _encoded_by_others(token) == token and _signed_data_is_strict(token, "v3", "tst_info")
