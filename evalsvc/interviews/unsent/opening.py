"""Open a file of unsent interviews: the line before its contents, its key, and what an open vault has sealed.

Nothing of that is looked at before the seal at the end was checked: what was changed on the way, or cut off, opens as
nothing at all. A locked vault hands its records over as they are sealed (locked.py).
"""

import base64
import binascii
import json
import os
from dataclasses import dataclass, field
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import GCM
from cryptography.hazmat.primitives.hashes import SHA256

from evalsvc.errors import InvalidError

OPEN, LOCKED = "evalsvc-unsent-1", "evalsvc-unsent-locked-1"
LONGEST_LINE = 10_000
CHUNK = 1_000_000
KEY_BYTES, IV_BYTES, TAG_BYTES = 32, 12, 16
TEXTS = ("format", "key_id", "wrapped_key", "person_id", "evaluation_id", "made_at")
OWN_TEXT = {OPEN: "iv", LOCKED: "owner"}
"""What the line of one format alone has."""


@dataclass(frozen=True)
class Header:
    """The line before the sealed contents; nobody vouches for it until they have opened under it."""

    key_id: str
    person_id: str
    evaluation_id: str
    made_at: str
    wrapped_key: bytes = field(repr=False)
    iv: bytes = field(repr=False)
    """Empty where a locked vault has sealed each record by itself."""
    owner: str
    """Whose vault it is, as the phone knows them; empty where it was open."""
    line: bytes = field(repr=False)
    """Its bytes as they stand in the file, without the newline."""


def read_header(file: BinaryIO) -> Header:
    """Read the line before the contents, and leave the file where they begin.

    Raises
    ------
    InvalidError
        ``unsent.not_one``
    """
    file.seek(0)
    line = file.readline(LONGEST_LINE)
    try:
        texts = _texts(line)
        wrapped, iv = (base64.b64decode(texts.get(name, ""), validate=True) for name in ("wrapped_key", "iv"))
    except (ValueError, RecursionError, binascii.Error):
        raise InvalidError("unsent.not_one") from None
    if len(iv) != (IV_BYTES if texts["format"] == OPEN else 0) or texts.get("owner") == "":
        raise InvalidError("unsent.not_one")
    told = {name: texts[name] for name in ("key_id", "person_id", "evaluation_id", "made_at")}
    return Header(**told, wrapped_key=wrapped, iv=iv, owner=texts.get("owner", ""), line=line.removesuffix(b"\n"))


def _texts(line: bytes) -> dict[str, str]:
    value = json.loads(line.decode("utf-8")) if line.endswith(b"\n") else None
    given = value if isinstance(value, dict) else {}
    names = (*TEXTS, OWN_TEXT.get(str(given.get("format")), ""))
    texts = {name: given[name] for name in names if isinstance(given.get(name), str)}
    # A text with signs that no database takes was written by no phone.
    if len(texts) != len(names) or any(b"\0" in text.encode("utf-8") for text in texts.values()):
        raise ValueError(OPEN)
    return texts


def decrypt(file: BinaryIO, header: Header, private_key: RSAPrivateKey, plain: BinaryIO) -> None:
    """Write the contents, which begin where the file stands, to another one; in bounded memory.

    Raises
    ------
    InvalidError
        ``unsent.damaged``
    """
    left = _bytes_left(file) - TAG_BYTES
    if left < 0:
        raise InvalidError("unsent.damaged")
    decryptor = Cipher(AES256(unwrapped(header, private_key)), GCM(header.iv)).decryptor()
    decryptor.authenticate_additional_data(header.line)
    while left > 0:
        part = file.read(min(CHUNK, left))
        if not part:
            raise InvalidError("unsent.damaged")
        plain.write(decryptor.update(part))
        left -= len(part)
    try:
        plain.write(decryptor.finalize_with_tag(file.read(TAG_BYTES)))
    except (InvalidTag, ValueError):
        raise InvalidError("unsent.damaged") from None
    plain.seek(0)


def unwrapped(header: Header, private_key: RSAPrivateKey) -> bytes:
    """Return the key under which the phone has sealed.

    Raises
    ------
    InvalidError
        ``unsent.damaged``
    """
    try:
        key = private_key.decrypt(header.wrapped_key, OAEP(MGF1(SHA256()), SHA256(), label=None))
    except ValueError:
        raise InvalidError("unsent.damaged") from None
    if len(key) != KEY_BYTES:
        raise InvalidError("unsent.damaged")
    return key


def _bytes_left(file: BinaryIO) -> int:
    here = file.tell()
    end = file.seek(0, os.SEEK_END)
    file.seek(here)
    return end - here
