"""Bring a client's text file to UTF-8: UTF-8 with or without byte-order mark, or GB18030 as Chinese Excel writes it."""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass

from sampling.errors import Complaint, complain

BLOCK_BYTES = 1 << 20


@dataclass(frozen=True)
class DecodedText:
    """Hold a file's bytes in UTF-8 and the encoding they came in."""

    content: bytes
    encoding: str
    complaints: tuple[Complaint, ...]


def decode_text(content: bytes, file: str) -> DecodedText:
    """Bring a text file to UTF-8 without byte-order mark: UTF-8 as it is, else GB18030 (which holds GBK)."""
    plain = content.removeprefix(codecs.BOM_UTF8)
    utf8 = _first_error(plain, "utf-8")
    if utf8 is None:
        return DecodedText(plain, "utf-8", ())
    gb = _first_error(plain, "gb18030")
    if gb is None:
        parts = codecs.iterdecode(_blocks(plain), "gb18030")
        return DecodedText(b"".join(part.encode() for part in parts), "gb18030", ())
    # The encoding that gets further is the likelier; its bad rows are named.
    encoding = "utf-8" if utf8 >= gb else "gb18030"
    bad = [row for row, line in enumerate(plain.split(b"\n"), start=1) if _first_error(line, encoding) is not None]
    complaints = tuple(complain("frame.undecodable", file=file, row=row, encoding=encoding) for row in bad)
    return DecodedText(b"", encoding, complaints or (complain("frame.undecodable", file=file, encoding=encoding),))


def _blocks(content: bytes) -> Iterator[bytes]:
    """Cut bytes into blocks, so that no second copy of the whole file is made."""
    for begin in range(0, len(content), BLOCK_BYTES):
        yield content[begin : begin + BLOCK_BYTES]


def _first_error(content: bytes, encoding: str) -> int | None:
    """Give the position of the first byte that an encoding cannot read, roughly for later blocks; None if all reads."""
    decoder = codecs.getincrementaldecoder(encoding)()
    position = 0
    try:
        for block in _blocks(content):
            decoder.decode(block)
            position += len(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        return position + error.start
    return None
