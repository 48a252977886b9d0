"""What comes in with a request: refused here where no table, no file system and no reader could take it."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any
from unicodedata import category

import flask
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import BadRequest
from werkzeug.routing import IntegerConverter, Map

from evalsvc.access import API, PAGE, PUBLIC
from evalsvc.errors import InvalidError, NotFoundError
from evalsvc.text_files import text_of
from evalsvc.zone import SHANGHAI

LARGEST_NUMBER = 2**31 - 1
"""The largest number that a column of whole numbers holds on every database."""
LONGEST_NAME = 200
"""Bytes of a file's name that are kept; file systems take 255."""


class NumberConverter(IntegerConverter):
    """A whole number in an address; one that no row can have is no such address."""

    regex = r"\d{1,10}"

    def __init__(self, url_map: Map, *given: Any, **options: Any) -> None:
        super().__init__(url_map, *given, **{"max": LARGEST_NUMBER, **options})


def number(text: str) -> int:
    """Read a whole number of a form or a query; `type=number` leaves one that no row can have at the default."""
    if len(text) > 10 or int(text) > LARGEST_NUMBER:
        raise ValueError(text[:10])
    return int(text)


def refuse_address() -> None:
    """Refuse an address with control characters before anything is looked up by it: nothing has such a name."""
    given = (flask.request.view_args or {}).values()
    if any(category(sign) in {"Cc", "Cs"} for value in given if isinstance(value, str) for sign in value):
        raise NotFoundError("http.404")


def refuse_contents() -> None:
    """Refuse texts with signs that a database cannot keep: U+0000 and halves of characters.

    Only of callers who were admitted; a device's texts come in XML, which has neither.

    Raises
    ------
    InvalidError
        ``request.signs``
    """
    if flask.g.get("access_kind") in {PUBLIC, PAGE, API} and not all(map(_can_be_kept, _texts())):
        raise InvalidError("request.signs")


def plain_name(given: str, otherwise: str) -> str:
    """Return a file's own name without folders, invisible signs and what is too long; never one that means a folder."""
    name = PurePosixPath(given.replace("\\", "/")).name
    seen = "".join(sign for sign in name if sign.isprintable()).strip()
    kept = seen.encode("utf-8")[-LONGEST_NAME:].decode("utf-8", "ignore")
    return otherwise if kept in {"", ".", ".."} else kept


def saved_files(sent: Iterable[FileStorage], folder: Path, otherwise: str) -> list[Path]:
    """Save the files of a request under their own names, which complaints about them repeat.

    Raises
    ------
    InvalidError
        ``frame.no_file``, ``frame.file_name_twice``
    """
    files = [file for file in sent if file.filename]
    if not files:
        raise InvalidError("frame.no_file")
    paths = [folder / plain_name(file.filename or "", otherwise) for file in files]
    for number, (file, path) in enumerate(zip(files, paths, strict=True)):
        if path in paths[:number]:
            raise InvalidError("frame.file_name_twice", file=path.name)
        file.save(path)
    return paths


def sent_text(file: FileStorage | None, typed: str, name: str) -> str:
    """Return what a form was sent: the text of the file where one was chosen, else what was typed.

    Raises
    ------
    InvalidError
        ``file.not_text``; `name` stands for the file.
    """
    return typed if file is None or not file.filename else text_of(file.read(), name)


def local_moment(text: str) -> datetime | None:
    """Read the time of a form's field `datetime-local`, which is Beijing time; None where nothing was chosen.

    Raises
    ------
    InvalidError
        ``request.time``
    """
    if not text.strip():
        return None
    try:
        moment = datetime.fromisoformat(text.strip())
        return (moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise InvalidError("request.time", given=text[:40]) from None


def require_confirmation() -> None:
    """Refuse what cannot be undone unless the form says that this was read; pages ask by the macro `confirm`.

    Raises
    ------
    InvalidError
        ``request.not_confirmed``
    """
    if flask.request.form.get("confirmed") != "1":
        raise InvalidError("request.not_confirmed")


def _texts() -> Iterator[str]:
    request = flask.request
    for fields in (request.args, request.form):
        for name, value in fields.items(multi=True):
            yield from (name, value)
    yield from (file.filename or "" for file in request.files.values())
    if request.is_json:
        try:
            yield from _texts_in(request.get_json(silent=True))
        except RecursionError:
            raise BadRequest from None


def _texts_in(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, item in value.items():
            yield name
            yield from _texts_in(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts_in(item)


def _can_be_kept(text: str) -> bool:
    try:
        return b"\0" not in text.encode("utf-8")
    except UnicodeEncodeError:
        return False
