"""Chain the public log of commitments by hash, so that a line edited, removed or moved shows."""

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


def chain_entry(previous: ChainEntry | None, *, kind: str, subject: str, sha256: str, at: str) -> ChainEntry:
    """Make the line that follows ``previous``; None begins a log at sequence 1.

    Parameters
    ----------
    kind, subject : str
        What is entered, and for which evaluation and draw.
    sha256 : str
        Hash of the thing entered.
    at : str
        UTC time.
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


def verify_chain(
    lines: Iterable[str], *, file: str = "commitments.jsonl", head: tuple[int, str] | None = None
) -> list[Complaint]:
    """List every line of a log that was edited, removed or moved.

    Parameters
    ----------
    lines : iterable of str
        The lines in the order of the file.
    file : str, optional
        Name for the complaints.
    head : tuple of int and str, optional
        Sequence and hash of a line seen before: without it, lines cut off the end cannot be missed.
    """
    complaints: list[Complaint] = []
    previous, expected = FIRST_PREVIOUS, 1
    hashes: dict[int, str] = {}
    for row, line in enumerate(lines, start=1):
        value, problems = _read_line(line, file, row)
        complaints.extend(problems)
        if value is None:
            previous, expected = "", expected + 1
            continue
        sequence, subject = value["sequence"], value["subject"]
        if sequence != expected:
            complaints.append(complain("chain.sequence", file=file, row=row, found=sequence, expected=expected))
        if previous and value["previous"] != previous:
            complaints.append(complain("chain.broken", file=file, row=row, sequence=sequence, subject=subject))
        if sha256_json({name: value[name] for name in value if name != "hash"}) != value["hash"]:
            complaints.append(complain("chain.line_changed", file=file, row=row, sequence=sequence, subject=subject))
        previous, expected = value["hash"], sequence + 1
        hashes[sequence] = value["hash"]
    if head is not None and hashes.get(head[0]) != head[1]:
        complaints.append(complain("chain.head_missing", file=file, sequence=head[0], hash=head[1]))
    return complaints


def _read_line(line: str, file: str, row: int) -> tuple[dict[str, Any] | None, list[Complaint]]:
    """Parse a line; the complaints name its row in the log."""
    document = parse_document(line, file)
    if document.complaints or check_schema(document.value, "chain.schema.json", file):
        return None, [complain("chain.unreadable_line", file=file, row=row)]
    return document.value, []
