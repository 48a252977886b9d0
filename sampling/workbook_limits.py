"""Look at a spreadsheet file before it is opened: whole, without entities, and no larger than one that people make.

A few hundred kilobytes can unpack to hours of work. What is refused here can always be saved as CSV, which is read at
once and has no such limits.
"""

import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO
from zipfile import BadZipFile, ZipFile

from sampling.errors import Complaint, complain

MOST_PARTS = 2_000
MOST_BYTES = 1_000_000_000
"""Bytes of all parts, unpacked."""
MOST_TIMES, SMALL_PART = 100, 10_000_000
"""How many times larger a part may become than it is in the file; registers become 15 to 20 times larger. What stays
below so many bytes is not asked.
"""
MOST_ROWS, MOST_COLUMNS = 1_048_576, 16_384
"""What a sheet has in spreadsheet programs."""
MOST_CELLS = 10_000_000
"""Cells of all sheets; about three minutes of reading."""

_DOCUMENT_TYPE = b"<!DOCTYPE"
_CELL = re.compile(rb"<(?:\w+:)?(?:c|row)[\s/>]")
"""A cell, or a row that may hold none: both cost time."""
_BLOCK = 1 << 20
_OVERLAP = 64
"""Bytes of the block before that are looked at again, so that nothing is missed where two blocks meet."""


def workbook_complaints(path: Path) -> tuple[Complaint, ...]:
    """Complain about a workbook that must not be opened; an empty tuple lets it be read."""
    try:
        with ZipFile(path) as archive:
            return _archive_complaints(archive, path.name)
    except (BadZipFile, zlib.error, NotImplementedError, RuntimeError, OSError, EOFError) as error:
        problem = str(error).strip() or type(error).__name__
        return (complain("frame.file_unreadable", file=path.name, problem=problem),)


def _archive_complaints(archive: ZipFile, file: str) -> tuple[Complaint, ...]:
    parts = archive.infolist()
    unpacked = sum(part.file_size for part in parts)
    if len(parts) > MOST_PARTS or unpacked > MOST_BYTES:
        return (complain("frame.workbook_too_large", file=file, size=unpacked, limit=MOST_BYTES),)
    for part in parts:
        if part.file_size > max(SMALL_PART, MOST_TIMES * part.compress_size):
            return (complain("frame.workbook_packed", file=file, part=part.filename, size=part.file_size),)
    cells = 0
    for part in parts:
        if not part.filename.endswith((".xml", ".rels")):
            continue
        with archive.open(part) as stream:
            for block, seen in _blocks(stream):
                if _DOCUMENT_TYPE in block:
                    return (complain("frame.workbook_entities", file=file, part=part.filename),)
                cells += sum(match.end() > seen for match in _CELL.finditer(block))
                if cells > MOST_CELLS:
                    return (complain("frame.too_many_cells", file=file, limit=MOST_CELLS),)
    return ()


def _blocks(stream: IO[bytes]) -> Iterator[tuple[bytes, int]]:
    """Give a part in overlapping blocks, without the zero bytes of UTF-16, and how much was in the block before."""
    kept = b""
    while chunk := stream.read(_BLOCK):
        block = kept + chunk.replace(b"\0", b"")
        yield block, len(kept)
        kept = block[-_OVERLAP:]
