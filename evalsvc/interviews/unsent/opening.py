"""Open a file of unsent interviews: the line before it, its key, and its contents decrypted piece by piece.

Nothing of the contents is looked at before the seal at the end was checked: what was changed on the way, or cut off,
opens as nothing at all.
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

FORMAT = "evalsvc-unsent-1"
LONGEST_LINE = 10_000
CHUNK = 1_000_000
KEY_BYTES, IV_BYTES, TAG_BYTES = 32, 12, 16
TEXTS = ("format", "key_id", "wrapped_key", "iv", "person_id", "evaluation_id", "made_at")


@dataclass(frozen=True)
class Header:
    """The line before the sealed contents; nobody vouches for it until they have opened under it."""

    key_id: str
    person_id: str
    evaluation_id: str
    made_at: str
    wrapped_key: bytes = field(repr=False)
    iv: bytes = field(repr=False)
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
        wrapped, iv = (base64.b64decode(texts[name], validate=True) for name in ("wrapped_key", "iv"))
    except (ValueError, RecursionError, binascii.Error):
        raise InvalidError("unsent.not_one") from None
    if texts["format"] != FORMAT or len(iv) != IV_BYTES:
        raise InvalidError("unsent.not_one")
    told = {name: texts[name] for name in ("key_id", "person_id", "evaluation_id", "made_at")}
    return Header(**told, wrapped_key=wrapped, iv=iv, line=line.removesuffix(b"\n"))


def _texts(line: bytes) -> dict[str, str]:
    value = json.loads(line.decode("utf-8")) if line.endswith(b"\n") else None
    given = value if isinstance(value, dict) else {}
    texts = {name: given[name] for name in TEXTS if isinstance(given.get(name), str)}
    # A text with signs that no database takes was written by no phone.
    if len(texts) != len(TEXTS) or any(b"\0" in text.encode("utf-8") for text in texts.values()):
        raise ValueError(FORMAT)
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
    decryptor = Cipher(AES256(_key(header, private_key)), GCM(header.iv)).decryptor()
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


def _key(header: Header, private_key: RSAPrivateKey) -> bytes:
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
