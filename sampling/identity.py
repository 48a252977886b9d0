"""Identity numbers of persons: checked, and kept only as hashes that nobody without the key can try numbers against."""

import hashlib
import hmac
import re
from dataclasses import dataclass

from stdnum.cn import ric
from stdnum.exceptions import ValidationError

from sampling.codes import COUNTY_DIGITS, validities
from sampling.errors import SamplingError

ALGORITHM = "HMAC-SHA-256"
LEAST_KEY_BYTES = 32
PURPOSE = b"evalsvc-identity-1:"
"""Stands before every number that is hashed, so that the key serves for nothing else."""
RESIDENCE_PERMITS = ("810000", "820000", "830000")
"""First digits on residence permits of people from Hong Kong, Macao and Taiwan; the last is no GB/T 2260 code."""
FOREIGNER = "9"
"""First digit on permanent residence permits of foreigners, whose next digits name a province and a country."""
IDENTITY_CODES = {
    1: "frame.identity_form",
    2: "frame.identity_check_digit",
    3: "frame.identity_date",
    4: "frame.identity_place",
}
"""What can be wrong with a number."""

LIKE_A_NUMBER = r"^[1-9][0-9]{5}(?:18|19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9Xx]$"
"""What identity numbers look like; most texts that are none fail this already."""
_FORM = re.compile(r"[1-9][0-9]{16}[0-9X]")


@dataclass(frozen=True, repr=False)
class IdentityKey:
    """Hold the key of identity hashes; it is written nowhere."""

    secret: bytes

    @property
    def fingerprint(self) -> str:
        """Tell keys apart: 16 hexadecimal digits from which nothing follows about the key."""
        return hmac.new(self.secret, b"evalsvc-identity-key", hashlib.sha256).hexdigest()[:16]

    def hashed(self, number: str) -> str:
        """Hash a number that `identity_problem` found nothing wrong with; lower-case hex."""
        return hmac.new(self.secret, PURPOSE + ric.compact(number).encode("ascii"), hashlib.sha256).hexdigest()


def identity_key(content: bytes) -> IdentityKey:
    """Make a key of a key file's bytes, without white space at its ends.

    Raises
    ------
    SamplingError
        ``frame.identity_key_short``
    """
    secret = content.strip()
    if len(secret) < LEAST_KEY_BYTES:
        raise SamplingError("frame.identity_key_short", least=LEAST_KEY_BYTES)
    return IdentityKey(secret)


def identity_problem(number: str) -> int:
    """Give the number of what is wrong, one of ``IDENTITY_CODES``, or 0.

    Form, check digit (GB 11643, ISO 7064 MOD 11-2) and birth date are those of ``stdnum.cn.ric``. Of the place it is
    only asked that its code was in force at any time: numbers were first given out in 1984, with the codes of that
    time, to people who were born long before.
    """
    compact = ric.compact(number)
    if not _FORM.fullmatch(compact):
        return 1
    if ric.calc_check_digit(compact) != compact[-1]:
        return 2
    try:
        ric.get_birth_date(compact)
    except ValidationError:
        return 3
    place = compact[:COUNTY_DIGITS]
    known = place in validities() or place in RESIDENCE_PERMITS or compact.startswith(FOREIGNER)
    return 0 if known else 4
