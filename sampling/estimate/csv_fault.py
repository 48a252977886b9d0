"""Tell why a file is no CSV as it is read here: nothing in it, another encoding, another separator."""

from __future__ import annotations

import csv
import gzip
import zlib
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sampling.estimate.errors import Complaint

OTHER_SEPARATORS = (";", "\t", "；")


def csv_fault(path: Path) -> Complaint | None:
    """Look for what keeps a file from being read, None where it is something else."""
    try:
        with opened(path) as stream:
            content: bytes = stream.read()
    except (OSError, EOFError, zlib.error):
        return None
    if not content.strip():
        return Complaint("estimate.empty_file", {"file": path.name})
    encoding = _encoding(content)
    if encoding != "UTF-8":
        details = {"file": path.name, "encoding": encoding}
        return None if encoding is None else Complaint("estimate.other_encoding", details)
    header = content.decode("utf-8-sig").splitlines()[0]
    return separator_fault(path.name, next(csv.reader([header]), []))


def separator_fault(file: str, names: Sequence[str]) -> Complaint | None:
    """Complain of a header that is one name with semicolons or tabs in it."""
    if len(names) != 1 or not any(mark in names[0] for mark in OTHER_SEPARATORS):
        return None
    return Complaint("estimate.other_separator", {"file": file})


def opened(path: Path) -> Any:
    """Open a CSV file, compressed or not."""
    return gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb")


def _encoding(content: bytes) -> str | None:
    if content.startswith((BOM_UTF16_LE, BOM_UTF16_BE)) or b"\0" in content[:100]:
        return "UTF-16"
    # What spreadsheets in Chinese write: GB18030 holds GBK and GB2312.
    for name, codec in (("UTF-8", "utf-8"), ("GBK", "gb18030")):
        try:
            content.decode(codec)
        except UnicodeDecodeError:
            continue
        return name
    return None
