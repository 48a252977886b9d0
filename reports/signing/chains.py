"""Certificates and those above them, each of which has really signed the one below."""

from collections.abc import Iterable

from asn1crypto import cms
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import Encoding

Chain = tuple[x509.Certificate, ...]
"""A signer's certificate, its issuer's, and so on up."""


def is_issued_by(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    """Tell whether one certificate signed the other, by name and by signature."""
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def is_root(certificate: x509.Certificate) -> bool:
    """Tell whether a certificate names itself as its issuer."""
    return certificate.issuer == certificate.subject


def chain_above(certificate: x509.Certificate, others: Iterable[x509.Certificate]) -> Chain:
    """Climb from a certificate as far as others lead."""
    pool, chain = list(others), [certificate]
    while not is_root(chain[-1]):
        above = next((each for each in pool if each not in chain and is_issued_by(chain[-1], each)), None)
        if above is None:
            break
        chain.append(above)
    return tuple(chain)


def token_in(signed: cms.SignedData) -> cms.SignedData | None:
    """Return the time stamp that a signature carries, if it does."""
    (signer,) = signed["signer_infos"]
    for each in signer["unsigned_attrs"] if signer["unsigned_attrs"].native else ():
        if each["type"].native == "signature_time_stamp_token":
            return each["values"][0]["content"]
    return None


def certificates_in(signed: cms.SignedData) -> list[x509.Certificate]:
    """Return the certificates of a container, the signer's first.

    Raises
    ------
    LookupError
        When the signer's is not among them.
    """
    (signer,) = signed["signer_infos"]
    wanted = signer["sid"].chosen
    pool = [x509.load_der_x509_certificate(each.chosen.dump()) for each in signed["certificates"]]
    own = [each for each in pool if each.serial_number == wanted["serial_number"].native and _names(each, wanted)]
    if not own:
        raise LookupError("certificate")
    return [own[0], *(each for each in pool if each != own[0])]


def _names(certificate: x509.Certificate, wanted: cms.IssuerAndSerialNumber) -> bool:
    return bool(certificate.issuer.public_bytes() == wanted["issuer"].dump())


def chain_in(signed: cms.SignedData, others: Iterable[x509.Certificate] = ()) -> Chain:
    """Return the signer's chain of a container, by its own certificates and by others."""
    own, *above = certificates_in(signed)
    return chain_above(own, [*above, *others])


def chains_of(signed: cms.SignedData, others: Iterable[x509.Certificate] = ()) -> list[Chain]:
    """Return the chain of a container's signer, and that of the time stamp that it carries."""
    others, token = list(others), token_in(signed)
    return [chain_in(each, others) for each in (signed, token) if each is not None]


def loaded(encoded: Iterable[bytes]) -> list[x509.Certificate]:
    """Load certificates; what is none is left out."""
    found = []
    for each in encoded:
        try:
            found.append(x509.load_der_x509_certificate(each))
        except ValueError:
            continue
    return found


def der(chain: Iterable[x509.Certificate]) -> tuple[bytes, ...]:
    """Return certificates as files keep them."""
    return tuple(each.public_bytes(Encoding.DER) for each in chain)
