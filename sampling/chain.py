"""Chain the public log by hash, so that a line edited, removed or moved shows."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from sampling.documents import check_schema, parse_document
from sampling.errors import Complaint, complain
from sampling.hashing import sha256_json

FIRST_PREVIOUS = "0" * 64
"""What the first line names as the hash of the line before it."""


@dataclass(frozen=True)
class ChainEntry:
    """Hold one line of ``commitments.jsonl``; ``hash`` is the hash of the line without it."""

    sequence: int
    kind: str
    subject: str
    sha256: str
    at: str
    previous: str
    hash: str

    def to_line(self) -> str:
        """Write the line, without a line end."""
        return json.dumps(asdict(self), ensure_ascii=False)


@dataclass(frozen=True)
class ChainReading:
    """Hold the lines of a log that could be read, and everything that is wrong with it."""

    entries: tuple[ChainEntry, ...]
    complaints: tuple[Complaint, ...]


def chain_entry(previous: ChainEntry | None, *, kind: str, subject: str, sha256: str, at: str) -> ChainEntry:
    """Make the line that follows ``previous``; None begins a log at sequence 1.

    Parameters
    ----------
    kind, subject : str
        What is entered, and for which evaluation and draw.
    sha256 : str
        Hash of the thing entered.
    at : str
        UTC time, not earlier than that of ``previous`` (`entry_time`).
    """
    content: dict[str, Any] = {
        "sequence": 1 if previous is None else previous.sequence + 1,
        "kind": kind,
        "subject": subject,
        "sha256": sha256,
        "at": at,
        "previous": FIRST_PREVIOUS if previous is None else previous.hash,
    }
    return ChainEntry(**content, hash=sha256_json(content))


def entry_time(previous: ChainEntry | None, at: str) -> str:
    """Return the time that the next line bears: never earlier than the line before, though a clock may go back."""
    return at if previous is None else max(at, previous.at)


def write_chain(entries: Iterable[ChainEntry]) -> str:
    """Write the log: one JSON object a line, in the order of the sequence."""
    return "".join(f"{entry.to_line()}\n" for entry in entries)


def read_chain(text: str, *, file: str = "commitments.jsonl", head: tuple[int, str] | None = None) -> ChainReading:
    """Read a log and list every line of it that was edited, removed or moved.

    Parameters
    ----------
    text : str
        The file.
    file : str, optional
        Name for the complaints.
    head : tuple of int and str, optional
        Sequence and hash of a line seen before: without it, lines cut off the end cannot be missed.
    """
    complaints: list[Complaint] = []
    entries: list[ChainEntry] = []
    previous, expected = FIRST_PREVIOUS, 1
    for row, line in enumerate(text.removesuffix("\n").split("\n") if text else (), start=1):
        entry = _read_line(line.removesuffix("\r"), file)
        if entry is None:
            complaints.append(complain("chain.unreadable_line", file=file, row=row))
            previous, expected = "", expected + 1
            continue
        stated: dict[str, Any] = {"sequence": entry.sequence, "subject": entry.subject}
        if entry.sequence != expected:
            complaints.append(complain("chain.sequence", file=file, row=row, found=entry.sequence, expected=expected))
        if previous and entry.previous != previous:
            complaints.append(complain("chain.broken", file=file, row=row, **stated))
        if _hash_of(entry) != entry.hash:
            complaints.append(complain("chain.line_changed", file=file, row=row, **stated))
        previous, expected = entry.hash, entry.sequence + 1
        entries.append(entry)
    if head is not None and head not in ((entry.sequence, entry.hash) for entry in entries):
        complaints.append(complain("chain.head_missing", file=file, sequence=head[0], hash=head[1]))
    return ChainReading(tuple(entries), tuple(complaints))


def _read_line(line: str, file: str) -> ChainEntry | None:
    """Parse a line; None where it is no line of a log."""
    if not line.startswith("{"):
        return None
    try:
        document = parse_document(line, file)
        if document.complaints or check_schema(document.value, "chain.schema.json", file):
            return None
        entry = ChainEntry(**document.value)
        _hash_of(entry)
    except ValueError:  # numbers of thousands of digits, half a surrogate pair
        return None
    return entry


def _hash_of(entry: ChainEntry) -> str:
    """Return the hash that a line should carry."""
    return sha256_json({name: value for name, value in asdict(entry).items() if name != "hash"})
