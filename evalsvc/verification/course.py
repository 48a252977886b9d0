"""The course of events: who was interviewed, when, and when it was judged and issued."""

from collections.abc import Mapping, Sequence

from evalsvc import files
from evalsvc.fieldwork.counting import first_version
from evalsvc.results.records import CaseRow, InterviewRow, JudgementRow
from evalsvc.verification.times import is_time
from sampling.errors import Complaint, complain
from sampling.manifest import Manifest


def interview_course(rows: Sequence[InterviewRow], manifest: Manifest, issued_at: str) -> list[Complaint]:
    """Name every interview of a household that was not drawn, or received before the draw or after the issue."""
    drawn = {unit.id for unit in manifest.stages[-1].units}
    complaints = []
    for number, row in enumerate(rows, start=2):
        if row.unit_id not in drawn:
            where = {"instance": row.instance_id, "unit": row.unit_id}
            complaints.append(complain("verification.interview_undrawn", file=files.INTERVIEWS, row=number, **where))
        order = {"drawn_at": manifest.drawn_at, "received_at": row.received_at, "issued_at": issued_at}
        complaints += _in_order(files.INTERVIEWS, number, "received_at", order)
    return complaints


def judgement_course(
    rows: Sequence[JudgementRow], cases: Sequence[CaseRow], interviews: Sequence[InterviewRow], issued_at: str
) -> list[Complaint]:
    """Name every judgement before its interview or after the issue, without reason, or of a judge without a name."""
    known = {row.instance_id: row for row in interviews}
    # A case begins with the first version of its interview and may be judged before a correction comes.
    received = {name: first_version(row, known).received_at for name, row in known.items()}
    instance = {case.case_id: case.instance_id for case in cases}
    complaints = []
    for number, row in enumerate(rows, start=2):
        if not row.reason.strip():
            complaints.append(_of("verification.no_reason", row, number))
        if not row.judge or row.judge != row.judge.strip():
            complaints.append(_of("verification.judge_name", row, number))
        before = received.get(instance.get(row.case_id, ""), "")
        order = {"received_at": before, "judged_at": row.judged_at, "issued_at": issued_at}
        complaints += _in_order(files.JUDGEMENTS, number, "judged_at", order)
    return complaints


def head_course(head: Mapping[str, str], evaluation: str, manifest: Manifest) -> list[Complaint]:
    """Say where the edition speaks of another evaluation than the draw, or of no time."""
    complaints = []
    if evaluation != manifest.evaluation:
        details = {"column": "evaluation.code", "expected": manifest.evaluation, "found": evaluation}
        complaints.append(_value(details))
    if not is_time(head["issued_at"]):
        complaints.append(
            complain("verification.bad_time", file=files.EDITION, place="issued_at", at=head["issued_at"][:50])
        )
    return complaints


def _value(details: Mapping[str, str]) -> Complaint:
    return Complaint("verification.value_differs", files.EDITION, details={"file": files.EDITION, **details})


def _in_order(file: str, number: int, column: str, order: Mapping[str, str]) -> list[Complaint]:
    """Compare one time of a table with the one before and the one after it; those that are no times are told once."""
    own = order[column]
    if not is_time(own):
        place = f"{number}/{column}"
        return [complain("verification.bad_time", file=file, row=number, column=column, place=place, at=own[:50])]
    (before, earlier), (after, later) = (item for item in order.items() if item[0] != column)
    pairs = [(column, own, before, earlier), (after, later, column, own)]
    return [
        complain(
            "verification.back_in_time",
            file=file,
            row=number,
            what=f"{number}/{what}",
            at=at,
            before=known,
            earlier=known_at,
        )
        for what, at, known, known_at in pairs
        if is_time(at) and is_time(known_at) and at < known_at
    ]


def _of(code: str, row: JudgementRow, number: int) -> Complaint:
    return complain(code, file=files.JUDGEMENTS, row=number, case=row.case_id, judge=row.judge[:100])
