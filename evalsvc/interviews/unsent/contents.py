"""What an open vault hands over: an archive with a list, which agree to the last entry."""

import hashlib
import mimetypes
import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from evalsvc.errors import InvalidError
from evalsvc.interviews.unsent.archive import Archive, disagreement
from evalsvc.interviews.unsent.values import UnsentFile, UnsentInterview
from evalsvc.interviews.values import SentFile
from forms.answer_types import is_file_name

MANIFEST = "manifest.json"
LONGEST_TEXT = 1000
FOLDER = re.compile(r"\d{4,6}", re.ASCII)
SHA256 = re.compile(r"[0-9a-f]{64}")


class ListedContents:
    """The interviews of an archive by its list, each byte compared with the hash that stands there."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self.interviews: Sequence[UnsentInterview] = _listed(archive)

    def size(self, place: UnsentInterview | UnsentFile) -> int:
        """Return how many bytes the XML of an interview, or a file, has."""
        return self._archive.size(place.entry)

    def xml(self, interview: UnsentInterview) -> bytes:
        """Return the XML of an interview."""
        return self._read(interview, interview, "submission.xml")

    def file(self, interview: UnsentInterview, file: UnsentFile) -> SentFile:
        """Return a file of an interview; the list does not tell its type, so its name does."""
        content_type = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        return SentFile(file.name, content_type, self._read(interview, file, file.name))

    def _read(self, interview: UnsentInterview, place: UnsentInterview | UnsentFile, name: str) -> bytes:
        content = self._archive.read(place.entry)
        if hashlib.sha256(content).hexdigest() != place.sha256:
            raise InvalidError("unsent.other_bytes", instance_id=interview.instance_id, name=name)
        return content


def _listed(archive: Archive) -> tuple[UnsentInterview, ...]:
    """Read the list of the interviews, whose entries are all there are.

    Raises
    ------
    InvalidError
        ``unsent.contents``
    """
    rows = archive.read_list(MANIFEST)
    try:
        interviews = tuple(_interview(row) for row in rows)
    except (ValueError, TypeError, KeyError):
        raise disagreement(MANIFEST) from None
    named = Counter(place.entry for each in interviews for place in each.places)
    odd = (named.keys() ^ (set(archive.names) - {MANIFEST})) | {entry for entry, times in named.items() if times > 1}
    if odd:
        raise disagreement(min(odd))
    return interviews


def _interview(row: Any) -> UnsentInterview:
    folder = _match(FOLDER, row["folder"])
    return UnsentInterview(
        instance_id=checked_text(row["instance_id"]),
        form_id=checked_text(row["form_id"]),
        version=checked_text(row["version"]),
        entry=f"{folder}/submission.xml",
        sha256=_match(SHA256, row["sha256"]),
        files=tuple(_file(folder, each) for each in row["files"]),
    )


def _file(folder: str, row: Any) -> UnsentFile:
    name = checked_name(row["name"])
    return UnsentFile(name, f"{folder}/files/{name}", _match(SHA256, row["sha256"]))


def checked_name(value: Any) -> str:
    """Return the name of a file; ValueError where it can be none."""
    text = checked_text(value)
    if not text.strip() or not is_file_name(text):
        raise ValueError(MANIFEST)
    return text


def checked_text(value: Any) -> str:
    """Return a short text that a database takes; ValueError where it is none."""
    if not isinstance(value, str) or len(value) > LONGEST_TEXT or b"\0" in value.encode("utf-8"):
        raise ValueError(MANIFEST)
    return value


def _match(pattern: re.Pattern[str], value: Any) -> str:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise ValueError(MANIFEST)
    return value
