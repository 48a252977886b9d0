"""Keep the secret of a commitment unreadable in the database until the draw is carried out.

From then on it stands in the manifest, which lies in the file store as it will be published: until that day, whoever
can read the store's folder can read it. The seal keeps those who have only the database from knowing the sample before.
"""

from cryptography.fernet import InvalidToken

from evalsvc.errors import ConflictError
from evalsvc.sealing import box

PURPOSE = b"evalsvc draw secret, version 1"


def encrypt(secret_key: str, secret: str) -> str:
    """Encrypt a secret under a key that is derived from the service's secret key."""
    return box(secret_key, PURPOSE).encrypt(secret.encode("ascii")).decode("ascii")


def decrypt(secret_key: str, text: str) -> str:
    """Give the secret back.

    Raises
    ------
    ConflictError
        ``draw.secret_unreadable``: the service's secret key is not the one of the commitment.
    """
    try:
        return box(secret_key, PURPOSE).decrypt(text.encode("ascii")).decode("ascii")
    except InvalidToken:
        raise ConflictError("draw.secret_unreadable") from None
