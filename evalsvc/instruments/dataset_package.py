"""The files of a dataset put together: tables, codebook and READMEs, and the media, in one ZIP."""

import shutil
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from forms.dataset.making import files_in

PIECE = 1 << 20
PLAIN_SIGNS = frozenset("-_.")
MEDIA = "media"
DENSE = frozenset({".parquet", ".xlsx"})
"""Endings of files that packing makes no smaller."""


@dataclass(frozen=True)
class Medium:
    """One file that came with an interview: the folder and the name that it gets, and where its bytes lie."""

    folder: str
    name: str
    path: Path


def plain_file_name(text: str) -> str:
    """Make an identifier, which may hold any sign, the name of a file or folder on any system."""
    return "".join(sign if sign.isalnum() or sign in PLAIN_SIGNS else "_" for sign in text).strip(".") or "_"


@contextmanager
def scratch_folder(beside: Path) -> Iterator[Path]:
    """Give a folder for unfinished files, on the same disk as the finished one; it is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix=".dataset-", dir=beside))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def pack(folder: Path, media: Iterable[Medium], target: Path) -> None:
    """Write the files of a folder and the media into a ZIP; photos are stored as they are, piece by piece."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as packed:
        for path in files_in(folder):
            way = zipfile.ZIP_STORED if path.suffix in DENSE else zipfile.ZIP_DEFLATED
            packed.write(path, path.relative_to(folder).as_posix(), way)
        for medium in media:
            _store(packed, medium)


def _store(packed: zipfile.ZipFile, medium: Medium) -> None:
    entry = zipfile.ZipInfo(f"{MEDIA}/{medium.folder}/{medium.name}")
    entry.compress_type = zipfile.ZIP_STORED
    entry.external_attr = 0o644 << 16
    large = medium.path.stat().st_size >= zipfile.ZIP64_LIMIT
    with packed.open(entry, "w", force_zip64=large) as target, medium.path.open("rb") as source:
        shutil.copyfileobj(source, target, PIECE)
