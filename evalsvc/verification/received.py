"""The interviews of a bundle against the running hashes in the public log: what was there when a line was entered."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from evalsvc import files
from evalsvc.interviews.log.running import links
from evalsvc.results.records import InterviewRow
from evalsvc.verification.times import is_time
from sampling.chain import ChainEntry
from sampling.errors import Complaint, complain

LONGEST_WAIT = timedelta(days=2)
"""The service enters interviews within a day; one that waits longer than this is told."""
ON_ITS_WAY = timedelta(minutes=10)
"""So long before a line an interview may have been received that the line does not cover: it was being written down."""


@dataclass(frozen=True)
class Covered:
    """A line of the log, and how many interviews it covers."""

    line: ChainEntry | None
    count: int


@dataclass(frozen=True)
class ReceivedCheck:
    """What does not fit the lines of the log, and what a reader should know of them."""

    complaints: tuple[Complaint, ...]
    notes: tuple[Complaint, ...]


def check_received(lines: Sequence[ChainEntry], rows: Sequence[InterviewRow]) -> ReceivedCheck:
    """Name interviews that were changed, removed or put in after a line was entered, as closely as the lines allow.

    An interview that waited long for its line could be exchanged so long: that is told.
    """
    ordered = sorted(enumerate(rows, start=2), key=lambda each: each[1].sequence)
    counts = {link.hash: link.sequence for link in links(row for _, row in ordered)}
    complaints, covered = [*_sequence(ordered)], Covered(None, 0)
    notes: list[Complaint] = []
    for place, line in enumerate(lines):
        count = counts.get(line.sha256, 0)
        if count <= covered.count:
            return ReceivedCheck((*complaints, _broken(covered, line, len(lines) - place)), tuple(notes))
        new = ordered[covered.count : count]
        complaints += _times(new, covered.line, line)
        notes += _waited(new, line)
        covered = Covered(line, count)
    return ReceivedCheck((*complaints, *_uncovered(ordered, covered)), tuple(notes))


def _waited(rows: Sequence[tuple[int, InterviewRow]], line: ChainEntry) -> Iterator[Complaint]:
    times = [row.received_at for _, row in rows if is_time(row.received_at)]
    if not times or not is_time(line.at):
        return
    long_ago = _time(line.at) - LONGEST_WAIT
    count = sum(_time(each) < long_ago for each in times)
    if count:
        details: dict[str, Any] = {"count": count, "received": min(times), "line": line.sequence, "at": line.at}
        yield complain("verification.interviews_waited", file=files.LOG, **details)


def _sequence(ordered: Sequence[tuple[int, InterviewRow]]) -> Iterator[Complaint]:
    for expected, (number, row) in enumerate(ordered, start=1):
        if row.sequence != expected:
            details: dict[str, Any] = {"instance": row.instance_id, "expected": expected, "found": row.sequence}
            yield complain("verification.interview_sequence", file=files.INTERVIEWS, row=number, **details)
            return


def _broken(known: Covered, line: ChainEntry, lines: int) -> Complaint:
    """Say between which lines the interviews stop being those that were entered."""
    before: dict[str, Any] = {"before": 0, "before_at": "-"} if known.line is None else {
        "before": known.line.sequence,
        "before_at": known.line.at,
    }  # fmt: skip
    details: dict[str, Any] = {**before, "covered": known.count, "line": line.sequence, "at": line.at, "lines": lines}
    return complain("verification.interviews_differ", file=files.INTERVIEWS, log=files.LOG, **details)


def _times(
    rows: Sequence[tuple[int, InterviewRow]], before: ChainEntry | None, line: ChainEntry
) -> Iterator[Complaint]:
    """Name what the line covers although it came later, and what it covers first although it had come long before."""
    for number, row in rows:
        details: dict[str, Any] = {"instance": row.instance_id, "unit": row.unit_id, "received": row.received_at}
        if not is_time(row.received_at) or not is_time(line.at):
            continue
        if row.received_at > line.at:
            yield complain(
                "verification.interview_ahead",
                file=files.INTERVIEWS,
                row=number,
                line=line.sequence,
                at=line.at,
                **details,
            )
        if before is not None and is_time(before.at) and _time(row.received_at) + ON_ITS_WAY < _time(before.at):
            yield complain(
                "verification.interview_inserted",
                file=files.INTERVIEWS,
                row=number,
                line=before.sequence,
                at=before.at,
                **details,
            )


def _uncovered(ordered: Sequence[tuple[int, InterviewRow]], known: Covered) -> Iterator[Complaint]:
    left = ordered[known.count :]
    if left:
        number, row = left[0]
        at = "-" if known.line is None else known.line.at
        details: dict[str, Any] = {"count": len(left), "instance": row.instance_id, "at": at}
        yield complain("verification.interviews_unlogged", file=files.INTERVIEWS, row=number, log=files.LOG, **details)


def _time(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S%z")
