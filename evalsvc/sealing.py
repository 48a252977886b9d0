"""Seal short texts under keys that are derived from the service's secret key, one key for each purpose."""

import base64

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


def box(secret_key: str, purpose: bytes) -> Fernet:
    """Return what encrypts and decrypts for one purpose; what was sealed for another does not open."""
    return Fernet(base64.urlsafe_b64encode(derived_key(secret_key, purpose)))


def derived_key(secret_key: str, purpose: bytes) -> bytes:
    """Return the key of one purpose; from it nobody learns the secret key or another purpose's."""
    return HKDF(SHA256(), length=32, salt=None, info=purpose).derive(secret_key.encode("utf-8"))
