"""Open a bundle from a stranger: a ZIP within limits, with the names that a bundle has and no others."""

import io
import lzma
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from evalsvc import files
from sampling.errors import Complaint, complain

MOST_FILES = 200_000
CHUNK = 1_000_000
DAMAGE = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    OSError,
    ValueError,
    RuntimeError,
)
"""What reading a damaged or unusual archive ends with; encryption and unknown compressions are RuntimeErrors."""


@dataclass(frozen=True)
class Limits:
    """How much of a bundle is unpacked at most, bytes: all together, and of one file."""

    total: int = 4_000_000_000
    single: int = 2_000_000_000


@dataclass(frozen=True)
class Bundle:
    """Hold the files of a bundle, or what is wrong with it."""

    content: dict[str, bytes]
    complaints: tuple[Complaint, ...]


def open_bundle(data: bytes, limits: Limits | None = None) -> Bundle:
    """Unpack a bundle; whatever is wrong with the archive is a complaint."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            complaints = list(_refused(entries, limits or Limits()))
            if complaints:
                return Bundle({}, tuple(complaints))
            return Bundle({entry.filename: _read(archive, entry) for entry in entries}, ())
    except DAMAGE as error:
        return Bundle(
            {},
            (complain("verification.not_a_zip", file=files.BUNDLE, problem=f"{type(error).__name__}: {error}"[:200]),),
        )


def _refused(entries: list[zipfile.ZipInfo], limits: Limits) -> Iterator[Complaint]:
    if len(entries) > MOST_FILES:
        yield complain("verification.too_many_files", file=files.BUNDLE, found=len(entries), most=MOST_FILES)
        return
    if sum(entry.file_size for entry in entries) > limits.total:
        yield complain("verification.too_large", file=files.BUNDLE, most=limits.total)
    seen: set[str] = set()
    for entry in entries:
        if entry.file_size > limits.single:
            yield complain("verification.file_too_large", file=entry.filename[:200], most=limits.single)
        if entry.filename in seen:
            yield complain("verification.name_twice", file=files.BUNDLE, name=entry.filename[:200])
        if not known_name(entry.filename):
            yield complain("verification.unknown_name", file=files.BUNDLE, name=entry.filename[:200])
        seen.add(entry.filename)


def known_name(name: str) -> bool:
    """Tell whether a bundle may hold a file of this name; names with folders, dots or drives are none."""
    if name in (*files.TABLES, *files.FOR_R, files.EDITION, files.HASHES, files.FORM_FILES):
        return True
    if files.is_instrument(name) or files.is_form_table(name):
        return True
    stem = name.removeprefix(files.INTERVIEW_FOLDER).removesuffix(".xml")
    inside = name == f"{files.INTERVIEW_FOLDER}{stem}.xml"
    return inside and 0 < len(stem) <= 64 and all(letter in "0123456789abcdef-" for letter in stem)


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """Read one file, never more of it than its entry announces: a lying entry is damage."""
    parts, left = [], entry.file_size
    with archive.open(entry) as stream:
        while left > 0 and (part := stream.read(min(CHUNK, left))):
            parts.append(part)
            left -= len(part)
        if left or stream.read(1):
            raise zipfile.BadZipFile(f"{entry.filename[:200]} is not as large as announced")
    return b"".join(parts)
