"""Texts: joining, cutting, hashing."""

from __future__ import annotations

import base64
import hashlib
import math
import uuid as identifiers

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from forms.functions.registry import function
from forms.markup import printable
from forms.scope import EvaluationError
from forms.values import Value, texts_of, to_number, to_string

SIGNATURE_LENGTH = 64
_DIGESTS = {"MD5": "md5", "SHA-1": "sha1", "SHA-256": "sha256", "SHA-384": "sha384", "SHA-512": "sha512"}


@function("string", "string", (0, 1), "any")
def string(context: object, *values: Value) -> str:
    """Give a value as text; numbers without exponents, which libxml2 would write."""
    value = values[0] if values else [context.context_node]  # type: ignore[attr-defined]
    return "NaN" if isinstance(value, float) and math.isnan(value) else to_string(value)


@function("concat", "string", (0, None), "string")
def concat(_: object, *values: Value) -> str:
    """Join all texts, those of every node of a set too."""
    return "".join(text for value in values for text in texts_of(value))


@function("join", "string", (1, None), "string")
def join(_: object, separator: Value, *values: Value) -> str:
    """Join all texts with something between them."""
    return to_string(separator).join(text for value in values for text in texts_of(value))


@function("substr", "string", (2, 3), "string", "number")
def substr(_: object, value: Value, start: Value, *end: Value) -> str:
    """Cut out from a place, counted from 0, up to before another; a negative place counts from the end."""
    text = to_string(value)
    first = _place(to_number(start), text)
    last = _place(to_number(end[0]), text) if end else len(text)
    return text[first:last]


def _place(number: float, text: str) -> int:
    if math.isnan(number):
        return 0
    place = int(max(min(number, len(text)), -len(text)))
    return place + len(text) if place < 0 else place


@function("ends-with", "boolean", (2, 2), "string")
def ends_with(_: object, value: Value, ending: Value) -> bool:
    """Tell whether a text ends so."""
    return to_string(value).endswith(to_string(ending))


@function("upper-case", "string", (1, 1), "string")
def upper_case(_: object, value: Value) -> str:
    """Give a text in capitals."""
    return to_string(value).upper()


@function("lower-case", "string", (1, 1), "string")
def lower_case(_: object, value: Value) -> str:
    """Give a text in small letters."""
    return to_string(value).lower()


@function("base64-decode", "string", (1, 1), "string")
def base64_decode(_: object, value: Value) -> str:
    """Give the text behind its base64 form; nothing where it is none."""
    try:
        return printable(base64.b64decode(to_string(value), validate=True).decode("utf-8"))
    except ValueError:
        return ""


@function("extract-signed", "string", (2, 2), "string")
def extract_signed(_: object, contents: Value, public_key: Value) -> str:
    """Give the message behind a signature (Ed25519, both in base64) if the key has made it; nothing otherwise."""
    try:
        signed = base64.b64decode(to_string(contents))
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(to_string(public_key)))
        key.verify(signed[:SIGNATURE_LENGTH], signed[SIGNATURE_LENGTH:])
        return printable(signed[SIGNATURE_LENGTH:].decode("utf-8"))
    except (ValueError, InvalidSignature):
        return ""


@function("digest", "string", (2, 3), "string")
def digest(_: object, value: Value, algorithm: Value, *encoding: Value) -> str:
    """Hash a text."""
    name = to_string(algorithm).upper()
    if name not in _DIGESTS:
        raise EvaluationError("check.digest_unknown", algorithm=name)
    hashed = hashlib.new(_DIGESTS[name], to_string(value).encode("utf-8"), usedforsecurity=False)
    if encoding and to_string(encoding[0]).lower() == "hex":
        return hashed.hexdigest()
    return base64.b64encode(hashed.digest()).decode("ascii")


@function("uuid", "string", (0, 1), "number", volatile=True)
def uuid(_: object, *length: Value) -> str:
    """Give an identifier nobody else has."""
    text = str(identifiers.uuid4())
    wanted = to_number(length[0]) if length else math.inf
    return text[: max(0, int(wanted))] if math.isfinite(wanted) else text


@function("property", "string", (1, 1), "string", volatile=True)
def device_property(_: object, _name: Value) -> str:
    """Give a property of the device; here there is no device."""
    return ""


@function("version", "string", (0, 0), volatile=True)
def version(_: object) -> str:
    """Give the version of the client; here there is none."""
    return ""
