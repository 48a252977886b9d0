"""A request's body as multipart/form-data, with names as phones write them: raw, not encoded."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

TYPES = {
    ".xml": "text/xml",
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".csv": "text/csv",
    ".m4a": "audio/m4a",
    ".mp4": "video/mp4",
}


@dataclass(frozen=True)
class Part:
    """One part; a field where there is no file name."""

    name: str
    content: bytes
    filename: str | None = None
    content_type: str | None = None


def file_part(name: str, content: bytes) -> Part:
    """Make the part of a file: its name is the file's."""
    return Part(name, content, name, TYPES.get(PurePosixPath(name).suffix.lower(), "application/octet-stream"))


def mangled(name: str) -> str:
    """Write a name as a client does that reads its bytes as Latin-1."""
    return name.encode("utf-8").decode("latin-1")


def encode(parts: Sequence[Part]) -> tuple[str, bytes]:
    """Return content type and body."""
    boundary = secrets.token_hex(16)
    body = b"".join(_written(part, boundary) for part in parts) + f"--{boundary}--\r\n".encode()
    return f"multipart/form-data; boundary={boundary}", body


def _written(part: Part, boundary: str) -> bytes:
    named = f'form-data; name="{_quoted(part.name)}"'
    if part.filename is not None:
        named += f'; filename="{_quoted(part.filename)}"'
    head = f"--{boundary}\r\nContent-Disposition: {named}\r\n"
    if part.content_type is not None:
        head += f"Content-Type: {part.content_type}\r\n"
    head += f"Content-Length: {len(part.content)}\r\n\r\n"
    return head.encode("utf-8") + part.content + b"\r\n"


def _quoted(name: str) -> str:
    """Escape what would end the quotation, as browsers do."""
    return name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
