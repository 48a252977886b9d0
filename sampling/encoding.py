"""Bring a client's text file to UTF-8: UTF-8 with or without byte-order mark, or GB18030 as Chinese Excel writes it."""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from sampling.errors import Complaint, complain

BLOCK_BYTES = 1 << 20
BYTE_ORDER_MARK = codecs.BOM_UTF8
LINE_FEED = b"\n"


@dataclass(frozen=True)
class FileEncoding:
    """Say how a text file is written.

    Parameters
    ----------
    name : str
        ``utf-8`` or ``gb18030``: the one that reads it, else the one that gets further.
    marked : bool
        It begins with a byte-order mark.
    bad_rows : tuple of int
        Rows that this encoding cannot read, counted from 1.
    """

    name: str
    marked: bool
    bad_rows: tuple[int, ...]


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


def encoding_of_file(path: Path, most_bad_rows: int) -> FileEncoding:
    """Find the encoding of a file of any length, in blocks; at most one bad row more than asked for is listed."""
    with path.open("rb") as stream:
        marked = stream.read(len(BYTE_ORDER_MARK)) == BYTE_ORDER_MARK
        start = len(BYTE_ORDER_MARK) if marked else 0
        reached = {}
        for name in ("utf-8", "gb18030"):
            stream.seek(start)
            reached[name] = _first_stream_error(_stream_blocks(stream), name)
            if reached[name] is None:
                return FileEncoding(name, marked, ())
        # The encoding that gets further is the likelier; its bad rows are named.
        likelier = "utf-8" if (reached["utf-8"] or 0) >= (reached["gb18030"] or 0) else "gb18030"
        stream.seek(start)
        return FileEncoding(likelier, marked, tuple(_bad_rows(stream, likelier, most_bad_rows + 1)) or (1,))


def _bad_rows(stream: IO[bytes], encoding: str, most: int) -> Iterator[int]:
    """Give the rows that cannot be read; a line longer than a block is read in parts."""
    row, found = 1, 0
    decoder = codecs.getincrementaldecoder(encoding)()
    bad = False
    while found < most:
        part = stream.readline(BLOCK_BYTES)
        ended = not part or part.endswith(LINE_FEED)
        try:
            if not bad:
                decoder.decode(part, final=ended)
        except UnicodeDecodeError:
            bad = True
        if ended:
            if bad:
                found += 1
                yield row
            if not part:
                return
            row, bad = row + 1, False
            decoder.reset()


def _stream_blocks(stream: IO[bytes]) -> Iterator[bytes]:
    """Read a stream to its end, in blocks."""
    while block := stream.read(BLOCK_BYTES):
        yield block


def _blocks(content: bytes) -> Iterator[bytes]:
    """Cut bytes into blocks, so that no second copy of the whole file is made."""
    for begin in range(0, len(content), BLOCK_BYTES):
        yield content[begin : begin + BLOCK_BYTES]


def _first_error(content: bytes, encoding: str) -> int | None:
    """Give the position of the first byte that an encoding cannot read, roughly for later blocks; None if all reads."""
    return _first_stream_error(_blocks(content), encoding)


def _first_stream_error(blocks: Iterator[bytes], encoding: str) -> int | None:
    decoder = codecs.getincrementaldecoder(encoding)()
    position = 0
    try:
        for block in blocks:
            decoder.decode(block)
            position += len(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        return position + error.start
    return None
