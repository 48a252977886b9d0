"""What a locked vault hands over: its records as they lie on the phone, each sealed by itself with the vault's key.

A record's seal covers the store, the owner and the key under which it lay, so none opens in another's place.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from evalsvc.errors import InvalidError
from evalsvc.interviews.unsent.archive import Archive, disagreement
from evalsvc.interviews.unsent.contents import checked_name, checked_text
from evalsvc.interviews.unsent.opening import IV_BYTES, TAG_BYTES
from evalsvc.interviews.unsent.values import UnsentFile, UnsentInterview
from evalsvc.interviews.values import SentFile

LIST = "records.json"
SUMMARIES, CONTENTS, FILES = "summaries", "contents", "files"
LONGEST_SUMMARY = 1_000_000
DRAFT = "draft"


@dataclass(frozen=True)
class Record:
    """A record of the vault: where it lay, and where it stands in the archive."""

    store: str
    key: str
    entry: str


class LockedContents:
    """The interviews among the records of a vault."""

    def __init__(self, archive: Archive, key: bytes, owner: str) -> None:
        self._archive, self._key, self._owner = archive, AESGCM(key), owner
        self._records = {(each.store, each.key): each for each in _listed(archive)}
        summaries = (each for each in self._records.values() if each.store == SUMMARIES)
        self.interviews: Sequence[UnsentInterview] = [self._interview(each) for each in summaries]
        self._by_entry = {each.entry: each for each in self._records.values()}

    def size(self, place: UnsentInterview | UnsentFile) -> int:
        """Return how many bytes a record takes; with an interview's XML stand its log and its comments."""
        return self._archive.size(place.entry)

    def xml(self, interview: UnsentInterview) -> bytes:
        """Return the XML of an interview."""
        contents = self._json(self._by_entry[interview.entry])
        try:
            return str(contents["xml"]).encode("utf-8")
        except (KeyError, UnicodeEncodeError):
            raise disagreement(interview.entry) from None

    def file(self, interview: UnsentInterview, file: UnsentFile) -> SentFile:
        """Return a file of an interview: its record begins with a line that tells its type."""
        head, _, content = self._opened(self._by_entry[file.entry]).partition(b"\n")
        try:
            told = checked_text(json.loads(head)["type"])
        except (ValueError, TypeError, KeyError, RecursionError):
            raise disagreement(f"{interview.instance_id} {file.name}") from None
        return SentFile(file.name, told or "application/octet-stream", content)

    def _interview(self, record: Record) -> UnsentInterview:
        if self._archive.size(record.entry) > LONGEST_SUMMARY:
            raise disagreement(record.entry)
        summary = self._json(record)
        try:
            return UnsentInterview(
                instance_id=checked_text(summary["instanceId"]),
                form_id=checked_text(summary["formId"]),
                version=checked_text(summary["version"]),
                entry=self._found(CONTENTS, record.key).entry,
                sha256=None,
                files=tuple(self._file(record.key, checked_name(name)) for name in summary["fileNames"]),
                is_draft=summary["state"] == DRAFT,
            )
        except (ValueError, TypeError, KeyError):
            raise disagreement(record.entry) from None

    def _file(self, interview: str, name: str) -> UnsentFile:
        # The name of a file may tell of a person, so on the phone it lies under this hash.
        named = json.dumps([interview, name], ensure_ascii=False, separators=(",", ":"))
        record = self._found(FILES, hashlib.sha256(named.encode("utf-8")).hexdigest())
        return UnsentFile(name, record.entry, None)

    def _found(self, store: str, key: str) -> Record:
        record = self._records.get((store, key))
        if record is None:
            raise disagreement(f"{store} {key}")
        return record

    def _json(self, record: Record) -> Mapping[str, Any]:
        try:
            value = json.loads(self._opened(record).decode("utf-8"))
        except (ValueError, RecursionError):
            value = None
        if not isinstance(value, dict):
            raise disagreement(record.entry)
        return value

    def _opened(self, record: Record) -> bytes:
        sealed = self._archive.read(record.entry)
        identity = f"evalsvc-vault-1\n{record.store}\n{self._owner}\n{record.key}"
        if len(sealed) < IV_BYTES + TAG_BYTES:
            raise InvalidError("unsent.damaged")
        try:
            return self._key.decrypt(sealed[:IV_BYTES], sealed[IV_BYTES:], identity.encode("utf-8"))
        except InvalidTag:
            raise InvalidError("unsent.damaged") from None


def _listed(archive: Archive) -> Iterator[Record]:
    """Read the list of records, whose entries are all there are.

    Raises
    ------
    InvalidError
        ``unsent.contents``
    """
    try:
        records = [_record(row) for row in archive.read_list(LIST)]
    except (ValueError, TypeError, KeyError):
        raise disagreement(LIST) from None
    entries = {each.entry for each in records}
    if len(entries) != len(records) or entries != set(archive.names) - {LIST}:
        raise disagreement(LIST)
    yield from records


def _record(row: Any) -> Record:
    return Record(*(checked_text(row[name]) for name in ("store", "key", "entry")))
