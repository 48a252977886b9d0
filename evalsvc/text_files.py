"""Read the text files that people write: UTF-8 as everything here, or GB18030 as editors on Chinese Windows save it."""

from pathlib import Path

from evalsvc.errors import InvalidError
from sampling.encoding import decode_text


def read_text(path: Path) -> str:
    """Return the text of a file.

    Raises
    ------
    InvalidError
        ``file.not_text`` when it is neither UTF-8 nor GB18030.
    """
    return text_of(path.read_bytes(), path.name)


def text_of(data: bytes, file: str) -> str:
    """Return the text of a file's bytes; `file` is its name for people.

    Raises
    ------
    InvalidError
        As `read_text` does.
    """
    decoded = decode_text(data, file)
    if decoded.complaints:
        raise InvalidError("file.not_text", file=file, row=decoded.complaints[0].row or 1)
    return decoded.content.decode("utf-8")
