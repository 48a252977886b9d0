"""Open a client's file: CSV in UTF-8 or GB18030, XLSX or Parquet, told apart by their first bytes."""

from pathlib import Path

from sampling.encoding import BLOCK_BYTES
from sampling.errors import complain
from sampling.frame_batches import FileRefusedError, OpenedFile, unreadable
from sampling.frame_columns import Wanted
from sampling.frame_csv import open_csv
from sampling.frame_parquet import open_parquet
from sampling.frame_workbook import open_workbook

OTHER_FILES = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b")
"""How files begin that people confuse with lists and that need not hold a zero byte near their beginning."""


def open_file(path: Path, wanted: Wanted) -> OpenedFile:
    """Open a client's file; nothing is judged but its form and its header.

    Raises
    ------
    FileRefusedError
        The file is no list, or lacks columns.
    """
    try:
        with path.open("rb") as stream:
            beginning = stream.read(BLOCK_BYTES)
    except OSError as error:
        raise FileRefusedError(unreadable(path.name, error.strerror or str(error))) from error
    magic = beginning[:8]
    if magic.startswith(b"PAR1"):
        return open_parquet(path, wanted)
    if magic.startswith(b"PK\x03\x04"):
        return open_workbook(path, wanted)
    if magic.startswith(b"\xd0\xcf\x11\xe0"):
        raise FileRefusedError(complain("frame.old_workbook", file=path.name))
    # A list holds no zero byte; a picture or a PDF would be hundreds of rows that cannot be decoded.
    if magic.startswith(OTHER_FILES) or b"\0" in beginning:
        raise FileRefusedError(complain("frame.not_a_table", file=path.name))
    return open_csv(path, wanted)
