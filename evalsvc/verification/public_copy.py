"""The log inside a bundle against copies of the public log that the institute did not hand over with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evalsvc import files
from evalsvc.draws import log
from evalsvc.verification.outcome import Step, step_of
from evalsvc.verification.public_log import read_log
from sampling.chain import ChainEntry, ChainReading
from sampling.errors import Complaint, complain

Lines = Sequence[ChainEntry]


@dataclass(frozen=True)
class Issued:
    """What the public log has to say of a report, and what it says of its draw."""

    hashes: frozenset[str]
    """Of the file, and of what it was before it was stamped anew."""
    evaluation: str
    draw: int
    number: int
    issued_at: str

    @property
    def subject(self) -> str:
        """Return how the log names the report."""
        return log.subject_of_edition(self.evaluation, self.number)

    @property
    def draw_subject(self) -> str:
        """Return how the log names the draw."""
        return log.subject_of(self.evaluation, self.draw)


def compare_copies(copies: Mapping[str, bytes], own: Lines | None, issued: Issued) -> Step:
    """Compare each copy, by its file's name, with the bundle's log line by line, and look for the report in them.

    One copy has to hold the report. Others may be older: a copy kept during fieldwork shows that nothing before it was
    written anew.
    """
    if not copies:
        return step_of("log", (), () if own is None else [complain("verification.log_not_compared", file=files.LOG)])
    readings = {name: read_log(data, name) for name, data in copies.items()}
    complaints = [each for reading in readings.values() for each in reading.complaints]
    complaints += empty_copies(readings)
    agreeing: dict[str, Lines] = {}
    for name, reading in readings.items():
        differing = _first_difference(name, reading.entries, own or (), files.LOG)
        complaints += differing
        if not differing and not reading.complaints and reading.entries:
            agreeing[name] = reading.entries
    complaints += contradictions(agreeing)
    notes: list[Complaint] = []
    holding = [name for name, lines in agreeing.items() if _edition_line(lines, issued) is not None]
    for name, lines in agreeing.items():
        if name in holding:
            complaints += _left_out(name, lines, len(own or ()), issued)
            complaints += _revoked(name, lines, issued)
            notes += _since(name, lines, issued)
        elif holding:
            notes.append(complain("verification.log_older", file=name, lines=len(lines), at=_end(lines)))
        else:
            complaints.append(_without_report(name, lines, own or (), issued))
    return step_of("log", complaints, notes, copies=len(copies))


def empty_copies(readings: Mapping[str, ChainReading]) -> list[Complaint]:
    """Name copies without lines: they agree with everything."""
    empty = (name for name, reading in readings.items() if not reading.entries and not reading.complaints)
    return [complain("verification.log_empty", file=name) for name in empty]


def contradictions(copies: Mapping[str, Lines]) -> list[Complaint]:
    """Name the first line in which a copy differs from the longest one: a log only grows."""
    longest = max(copies, key=lambda name: len(copies[name]), default="")
    return [each for name, lines in copies.items() for each in _first_difference(name, lines, copies[longest], longest)]


def _first_difference(name: str, lines: Lines, others: Lines, log_name: str) -> list[Complaint]:
    """Name the first line that is not the same in both; all that follow hang on it."""
    for theirs, ours in zip(lines, others, strict=False):
        if theirs != ours:
            details = {"log": log_name, "expected": _named(ours), "found": _named(theirs)}
            return [complain("verification.log_differs", file=name, row=theirs.sequence, **details)]
    return []


def _named(line: ChainEntry) -> str:
    return f"{line.kind} {line.subject} {line.at}"[:200]


def _edition_line(lines: Lines, issued: Issued) -> ChainEntry | None:
    named = (line for line in lines if (line.kind, line.subject) == (log.EDITION, issued.subject))
    return next((line for line in named if line.sha256 in issued.hashes), None)


def _without_report(name: str, lines: Lines, own: Lines, issued: Issued) -> Complaint:
    """Say why a copy does not vouch for the report: it is shorter, names another PDF, or none."""
    details: dict[str, Any] = {"subject": issued.subject, "lines": len(lines), "at": _end(lines)}
    if len(lines) < len(own):
        return complain("verification.log_cut", file=name, log=files.LOG, own=len(own), **details)
    others = [line for line in lines if (line.kind, line.subject) == (log.EDITION, issued.subject)]
    if others:
        return complain(
            "verification.log_other_pdf", file=name, row=others[0].sequence, found=others[0].sha256, **details
        )
    return complain("verification.log_without_edition", file=name, **details)


def _left_out(name: str, lines: Lines, own: int, issued: Issued) -> list[Complaint]:
    """Name what was entered about the draw before the report, and is missing from the bundle's log."""
    edition = _edition_line(lines, issued)
    if edition is None:
        return []
    complaints = [
        complain("verification.log_left_out", file=name, row=line.sequence, kind=line.kind, at=line.at, log=files.LOG)
        for line in lines[own : edition.sequence - 1]
        if own and line.subject == issued.draw_subject
    ]
    if edition.at < issued.issued_at:
        details: dict[str, Any] = {"subject": issued.subject, "at": edition.at, "stated": issued.issued_at}
        complaints.append(complain("verification.log_early", file=name, row=edition.sequence, **details))
    return complaints


def _revoked(name: str, lines: Lines, issued: Issued) -> list[Complaint]:
    """Tell that the institute has taken the report back."""
    return [
        complain("verification.revoked", file=name, row=line.sequence, at=line.at, sha256=line.sha256)
        for line in lines
        if (line.kind, line.subject) == (log.REVOCATION, issued.subject)
    ]


def _since(name: str, lines: Lines, issued: Issued) -> list[Complaint]:
    """Tell what was entered about the draw, and which reports were issued, after this one."""
    edition = _edition_line(lines, issued)
    beginning = log.subject_of_edition(issued.evaluation, 0)[:-1]
    return [
        complain(
            "verification.log_since", file=name, row=line.sequence, kind=line.kind, subject=line.subject, at=line.at
        )
        for line in lines[edition.sequence if edition else 0 :]
        if line.subject == issued.draw_subject or (line.kind == log.EDITION and line.subject.startswith(beginning))
    ]


def _end(lines: Lines) -> str:
    return lines[-1].at if lines else "-"
