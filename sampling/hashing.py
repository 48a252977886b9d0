"""Hash text and JSON in the one way every file of a draw uses."""

import hashlib
from collections.abc import Mapping

import rfc8785

UNIT_SEPARATOR = "\x1f"
"""U+001F, which joins the values that are hashed together; refused in data."""


def sha256_text(text: str) -> str:
    """Hash the UTF-8 bytes of a text; lower-case hex."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def canonical_json(value: object) -> bytes:
    """Write JSON by RFC 8785, so that equal values have equal bytes."""
    return rfc8785.dumps(value)  # type: ignore[arg-type]


def sha256_json(value: Mapping[str, object]) -> str:
    """Hash a JSON object in its RFC 8785 form; lower-case hex."""
    return hashlib.sha256(canonical_json(value)).hexdigest()
