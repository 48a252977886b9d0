"""The public log of commitments as lines and as a file (`commitments.jsonl`); pure: no database, no clock."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields

from sampling.errors import Complaint, complain
from sampling.hashing import sha256_json

FIRST_PREVIOUS = "0" * 64
COMMITMENT, MANIFEST = "draw.commitment", "draw.manifest"


@dataclass(frozen=True)
class LogLine:
    """One line of the log; `hash` covers all the other fields, `previous` the line before."""

    sequence: int
    kind: str
    subject: str
    sha256: str
    at: str
    previous: str
    hash: str


def next_line(last: LogLine | None, kind: str, subject: str, sha256: str, at: str) -> LogLine:
    """Make the line that follows the last one."""
    content: dict[str, object] = {
        "sequence": 1 if last is None else last.sequence + 1,
        "kind": kind,
        "subject": subject,
        "sha256": sha256,
        "at": at,
        "previous": FIRST_PREVIOUS if last is None else last.hash,
    }
    return LogLine(**content, hash=sha256_json(content))  # type: ignore[arg-type]  # the fields stand right above


def hash_of(line: LogLine) -> str:
    """Return the hash that a line should carry."""
    return sha256_json({name: value for name, value in asdict(line).items() if name != "hash"})


def write_lines(lines: Iterable[LogLine]) -> str:
    """Write the file: one JSON object a line, in the order of the sequence."""
    return "".join(json.dumps(asdict(line), ensure_ascii=False) + "\n" for line in lines)


def read_lines(text: str, file: str) -> tuple[list[LogLine], list[Complaint]]:
    """Read the file; every line that cannot be read is named."""
    lines: list[LogLine] = []
    complaints: list[Complaint] = []
    for row, written in enumerate(text.splitlines(), start=1):
        line = _line(written)
        if line is None:
            complaints.append(complain("draw.log_line_unreadable", file=file, row=row))
        else:
            lines.append(line)
    return lines, complaints


def check_chain(lines: Sequence[LogLine], file: str) -> list[Complaint]:
    """Name every line that was edited, removed or moved."""
    complaints: list[Complaint] = []
    previous = FIRST_PREVIOUS
    for row, line in enumerate(lines, start=1):
        if line.sequence != row:
            complaints.append(complain("draw.log_sequence", file=file, row=row, sequence=line.sequence))
        if line.previous != previous:
            complaints.append(complain("draw.log_chain", file=file, row=row, subject=line.subject))
        if line.hash != hash_of(line):
            complaints.append(complain("draw.log_line_changed", file=file, row=row, subject=line.subject))
        previous = line.hash
    return complaints


def subject_of(evaluation: str, number: int) -> str:
    """Name a draw in the log."""
    return f"{evaluation}/{number}"


def _line(text: str) -> LogLine | None:
    try:
        value = json.loads(text)
    except ValueError:
        return None
    if not isinstance(value, dict) or set(value) != {field.name for field in fields(LogLine)}:
        return None
    texts = {name: each for name, each in value.items() if name != "sequence"}
    whole = isinstance(value["sequence"], int) and not isinstance(value["sequence"], bool)
    return LogLine(**value) if whole and all(isinstance(each, str) for each in texts.values()) else None
