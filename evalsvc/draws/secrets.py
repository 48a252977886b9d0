"""Keep the secret of a commitment unreadable in the database until the draw is carried out.

From then on it stands in the manifest, which lies in the file store as it will be published: until that day, whoever can
read the store's folder can read it. The seal keeps anybody with the database alone from knowing the sample beforehand.
"""

import base64

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from evalsvc.errors import ConflictError

PURPOSE = b"evalsvc draw secret, version 1"


def encrypt(secret_key: str, secret: str) -> str:
    """Encrypt a secret under a key that is derived from the service's secret key."""
    return _box(secret_key).encrypt(secret.encode("ascii")).decode("ascii")


def decrypt(secret_key: str, text: str) -> str:
    """Give the secret back.

    Raises
    ------
    ConflictError
        ``draw.secret_unreadable``: the service's secret key is not the one of the commitment.
    """
    try:
        return _box(secret_key).decrypt(text.encode("ascii")).decode("ascii")
    except InvalidToken:
        raise ConflictError("draw.secret_unreadable") from None


def _box(secret_key: str) -> Fernet:
    derived = HKDF(SHA256(), length=32, salt=None, info=PURPOSE).derive(secret_key.encode("utf-8"))
    return Fernet(base64.urlsafe_b64encode(derived))
