"""Passwords: argon2id, and what a password must have."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from evalsvc.errors import InvalidError

SHORTEST, LONGEST = 12, 200
FEWEST_SIGNS = 6
TELLING_NAME = 4
"""A sign-in name of this length in a password tells it; a shorter one occurs by chance."""
HASHER = PasswordHasher()
"""argon2id with the library's parameters (RFC 9106, low-memory profile)."""
NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$F8MEHeoaJIPjN3Q2aOS7Ow$eoN0idTdJPxfZeC/avGWNqD7NtxZLPyiVveJBVkNTD4"
"""A hash with those parameters that no person has: comparing with it takes the time that a comparison takes."""


def hash_password(password: str, sign_in_name: str) -> str:
    """Return the argon2id hash of a new password.

    Raises
    ------
    InvalidError
        ``people.password_length``, ``people.password_weak``
    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise InvalidError("people.password_length", minimum=SHORTEST, maximum=LONGEST)
    told = len(sign_in_name) >= TELLING_NAME and sign_in_name.casefold() in password.casefold()
    if told or len(set(password)) < FEWEST_SIGNS:
        raise InvalidError("people.password_weak", minimum=FEWEST_SIGNS)
    return HASHER.hash(password)


def password_fits(kept: str | None, password: str) -> bool:
    """Check a password; with no hash to compare, spend the same time on a hash that nothing fits."""
    try:
        return HASHER.verify(kept or NOBODY, password) and kept is not None
    except (VerifyMismatchError, InvalidHashError):
        return False


def rehash(kept: str, password: str) -> str | None:
    """Hash a right password anew if its hash was not made with today's parameters; None if it was."""
    return HASHER.hash(password) if HASHER.check_needs_rehash(kept) else None
