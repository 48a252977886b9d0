"""Corrections and rejections in a bundle's list of interviews: by the bytes that were sent, and by the public log."""

from collections.abc import Iterator, Sequence
from typing import Any

from evalsvc import files
from evalsvc.fieldwork.counting import first_version
from evalsvc.interviews.log.rejections import rejected_among, rejections_sha256
from evalsvc.interviews.review.moves import REASONS
from evalsvc.results.records import InterviewRow
from sampling.chain import ChainEntry
from sampling.errors import Complaint, complain

LONGEST_SHOWN = 50


def correction_complaints(rows: Sequence[InterviewRow]) -> Iterator[Complaint]:
    """Name corrections of a version that is not listed or came later, of another household or form, or corrected twice.

    Of two in one second the list does not tell which came first. That `replaces` is what the interview itself says is
    compared where its bytes are read.
    """
    known = {row.instance_id: row for row in rows}
    corrected: set[str] = set()
    for number, row in enumerate(rows, start=2):
        if not row.replaces:
            continue
        before = known.get(row.replaces)
        in_a_circle = first_version(row, known).replaces in known
        if before is None or before.received_at > row.received_at or in_a_circle:
            yield _at(number, row, "verification.corrects_unlisted")
        elif (before.unit_id, before.form_id) != (row.unit_id, row.form_id):
            yield _at(number, row, "verification.corrects_other")
        if row.replaces in corrected:
            yield _at(number, row, "verification.corrected_twice")
        corrected.add(row.replaces)
    for number, row in enumerate(rows, start=2):
        if row.rejected and row.instance_id in corrected:
            yield _at(number, row, "verification.rejected_version")
        if row.rejected and row.rejected not in REASONS:
            details = {"reason": row.rejected[:LONGEST_SHOWN], "known": ", ".join(REASONS)}
            yield complain("verification.rejected_code", file=files.INTERVIEWS, row=number, **details)


def rejection_complaints(lines: Sequence[ChainEntry], rows: Sequence[InterviewRow]) -> Iterator[Complaint]:
    """Compare the rejected interviews with the last line that the log has of them."""
    rejected = rejected_among(rows)
    if not lines:
        if rejected:
            yield complain("verification.rejections_unlogged", file=files.LOG, count=len(rejected))
        return
    last = lines[-1]
    if last.sha256 != rejections_sha256(rejected):
        details: dict[str, Any] = {"line": last.sequence, "at": last.at, "count": len(rejected)}
        yield complain("verification.rejections_differ", file=files.INTERVIEWS, log=files.LOG, **details)


def rejection_notes(lines: Sequence[ChainEntry], received: Sequence[ChainEntry]) -> Iterator[Complaint]:
    """Tell how often rejections were entered where it was more than once: each time figures may have changed."""
    if len(lines) > 1:
        last = max((line.sequence for line in received), default=0)
        after = sum(line.sequence > last for line in lines)
        details: dict[str, Any] = {"lines": len(lines), "first": lines[0].at, "last": lines[-1].at, "after": after}
        yield complain("verification.rejections_moved", file=files.LOG, **details)


def _at(number: int, row: InterviewRow, code: str) -> Complaint:
    details = {"instance": row.instance_id, "unit": row.unit_id, "replaces": row.replaces}
    return complain(code, file=files.INTERVIEWS, row=number, **details)
