"""The parts of what a device sends: the XML exactly once, every other file by its name."""

from dataclasses import dataclass, field

import flask
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge

from evalsvc import web
from evalsvc.errors import InvalidError, TooLargeError
from forms import openrosa


@dataclass(frozen=True)
class SentPart:
    """A file beside the XML."""

    name: str
    content_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True)
class SentParts:
    """What one body holds."""

    xml: bytes = field(repr=False)
    files: tuple[SentPart, ...]


def sent_parts(most: int) -> SentParts:
    """Read the parts of the request at hand, of which `most` files are taken at once.

    Raises
    ------
    InvalidError
        ``interview.cut_off``, ``interview.xml_part``, ``interview.file_name``
    TooLargeError
        ``interview.too_large``, ``interview.too_many_parts``
    """
    try:
        parts = flask.request.files
    except RequestEntityTooLarge:
        raise _too_large(most) from None
    except ClientDisconnected:
        raise InvalidError("interview.cut_off") from None
    xml = parts.getlist(openrosa.SUBMISSION_PART)
    if not parts and not flask.request.form and flask.request.mimetype == "multipart/form-data":
        # Where a body ends before its last boundary, its reader gives nothing of it.
        raise InvalidError("interview.cut_off")
    if len(xml) != 1:
        raise InvalidError("interview.xml_part", found=len(xml))
    others = ((name, part) for name, part in parts.items(multi=True) if name != openrosa.SUBMISSION_PART)
    return SentParts(xml[0].read(), tuple(_file(name, part) for name, part in others))


def _too_large(most: int) -> TooLargeError:
    """Say what there was too much of: bytes, or parts, of which a body within the limit can have too many too."""
    limit, told = web.config().submission_limit, flask.request.content_length
    if told is None or told > limit:
        return TooLargeError("interview.too_large", limit=limit)
    return TooLargeError("interview.too_many_parts", limit=most)


def _file(name: str, part: FileStorage) -> SentPart:
    filename = openrosa.part_file_name(name, part.filename)
    if filename is None:
        raise InvalidError("interview.file_name", name=(part.filename or name)[:80])
    return SentPart(filename, part.mimetype or "application/octet-stream", part.read())
