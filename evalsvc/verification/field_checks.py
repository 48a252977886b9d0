"""Interviews read again from the bytes as sent; outcomes, reserves and cases made again from them."""

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from evalsvc import files
from evalsvc.cases.decision import decide
from evalsvc.evaluations.rule_pack import Pack, persons_of, suspicion_of
from evalsvc.fieldwork.counting import counting_visits
from evalsvc.frames.judged import listed_persons
from evalsvc.instruments.contract import COMPLETED, DISPOSITIONS, OUTCOME, UNIT
from evalsvc.interviews.log.rejections import rejected_among
from evalsvc.planning.fixed import FixedForm
from evalsvc.planning.making import Attributes
from evalsvc.results.answers import Answers
from evalsvc.results.records import CaseRow, FieldworkRow, InterviewRow, JudgementRow
from evalsvc.verification.bundled_forms import read_forms
from evalsvc.verification.corrections import correction_complaints
from evalsvc.verification.outcome import Step, step_of
from evalsvc.verification.reserves import reserve_complaints
from forms.check import check_by
from forms.columns import flatten
from forms.compiled import CompiledForm
from forms.definition import FormDefinition
from forms.errors import InstanceError
from forms.instance import Instance, parse_instance
from sampling.errors import Complaint, complain
from sampling.manifest import Manifest

Content = Mapping[str, bytes]


@dataclass(frozen=True)
class Reread:
    """The answers of every interview that could be read, by instance id, and the step."""

    step: Step
    answers: Mapping[str, Answers]
    forms: Mapping[str, FixedForm]
    """The form versions of the bundle by the name of their file."""


def interviews_step(content: Content, rows: Sequence[InterviewRow], inputs: Mapping[str, str]) -> Reread:
    """Compare bytes with hashes, read every answer again and repeat the checks of its form version."""
    bundled = read_forms(content, inputs)
    complaints, forms = list(bundled.complaints), bundled.by_version()
    answers: dict[str, Answers] = {}
    for number, row in enumerate(rows, start=2):
        found, problems = _interview(content, row, number, forms)
        complaints += problems
        if row.instance_id in answers:
            complaints.append(_at(number, row, "verification.interview_twice"))
        if found is not None:
            answers[row.instance_id] = found
    complaints += correction_complaints(rows)
    listed = {files.interview_name(row.instance_id) for row in rows}
    complaints += [
        complain("verification.interview_unlisted", file=name)
        for name in sorted(content)
        if name.startswith(files.INTERVIEW_FOLDER) and name not in listed
    ]
    step = step_of("interviews", complaints, interviews=len(rows), forms=len(forms))
    return Reread(step, answers, {name: _fixed(content[name], each.definition) for name, each in bundled.forms.items()})


def _fixed(data: bytes, definition: FormDefinition) -> FixedForm:
    return FixedForm(definition.form_id, definition.version, hashlib.sha256(data).hexdigest())


def _interview(
    content: Content, row: InterviewRow, number: int, forms: Mapping[tuple[str, str], CompiledForm]
) -> tuple[Answers | None, list[Complaint]]:
    name = files.interview_name(row.instance_id)
    data = content.get(name)
    if data is None:
        return None, [complain("verification.file_missing", file=name)]
    complaints = []
    if hashlib.sha256(data).hexdigest() != row.sha256:
        complaints.append(complain("verification.interview_changed", file=name, row=number, unit=row.unit_id))
    form = forms.get((row.form_id, row.version))
    if form is None:
        return None, [*complaints, _at(number, row, "verification.form_missing")]
    try:
        instance = parse_instance(data)
    except InstanceError as error:
        return None, [*complaints, *(Complaint(each.code, name, details={"file": name}) for each in error.complaints)]
    answers = flatten(form.definition, instance)
    return answers, complaints + list(_row_differences(row, number, form, instance, answers))


def _row_differences(
    row: InterviewRow, number: int, form: CompiledForm, instance: Instance, answers: Answers
) -> Iterator[Complaint]:
    outcome = answers.get(OUTCOME) or ""
    right = {
        "instance_id": instance.instance_id,
        "unit_id": answers.get(UNIT) or "",
        "disposition": outcome if outcome in DISPOSITIONS else "",
        "complaints": len(check_by(form, instance)),
        "replaces": instance.deprecated_id or "",
    }
    for column, expected in right.items():
        if getattr(row, column) != expected:
            yield complain(
                "verification.cell_differs",
                file=files.INTERVIEWS,
                row=number,
                column=column,
                unit=row.unit_id,
                expected=str(expected),
                found=str(getattr(row, column)),
            )


def _at(number: int, row: InterviewRow, code: str) -> Complaint:
    return complain(code, file=files.INTERVIEWS, row=number, instance=row.instance_id, unit=row.unit_id)


def fieldwork_step(rows: Sequence[FieldworkRow], interviews: Sequence[InterviewRow], manifest: Manifest) -> Step:
    """Make every household's outcome again from its interviews, and check that reserves were opened in order."""
    counting = counting_visits(interviews)
    complaints = []
    for number, row in enumerate(rows, start=2):
        visit = counting.get(row.unit_id)
        right = ("", "") if visit is None else (visit.disposition, visit.instance_id)
        for column, expected in zip(("disposition", "instance_id"), right, strict=True):
            if getattr(row, column) != expected:
                details = {"unit": row.unit_id, "expected": expected, "found": getattr(row, column)}
                complaints.append(
                    complain("verification.cell_differs", file=files.FIELDWORK, row=number, column=column, **details)
                )
    complaints += reserve_complaints(rows, interviews, manifest.stages[-1].units)
    corrections = sum(bool(row.replaces) for row in interviews)
    return step_of(
        "fieldwork",
        complaints,
        households=len(rows),
        second_interviews=len(interviews) - corrections - len({row.unit_id for row in interviews}),
        corrections=corrections,
        rejected=len(rejected_among(interviews)),
    )


@dataclass(frozen=True)
class CaseFiles:
    """The tables of cases and judgements, with what they are made from."""

    cases: Sequence[CaseRow]
    judgements: Sequence[JudgementRow]
    fieldwork: Sequence[FieldworkRow]
    answers: Mapping[str, Answers]
    attributes: Attributes
    pack: Pack


def cases_step(tables: CaseFiles) -> Step:
    """Make the cases again from the interviews, and decide them again from the judgements."""
    expected = {instance: case for instance, case in _suspected(tables)}
    verdicts, complaints = _verdicts(tables)
    for number, case in enumerate(tables.cases, start=2):
        right = expected.pop(case.instance_id, None)
        if right is None:
            complaints.append(
                complain(
                    "verification.case_unfounded", file=files.CASES, row=number, case=case.case_id, unit=case.unit_id
                )
            )
            continue
        right["state"] = decide([verdict for _, verdict in verdicts.get(case.case_id, [])])
        for column, value in right.items():
            if getattr(case, column) != value:
                details = {"unit": case.unit_id, "expected": str(value), "found": str(getattr(case, column))}
                complaints.append(
                    complain("verification.cell_differs", file=files.CASES, row=number, column=column, **details)
                )
    complaints += [
        complain("verification.case_missing", file=files.CASES, unit=str(right["unit_id"]))
        for right in expected.values()
    ]
    return step_of("cases", complaints, cases=len(tables.cases), judgements=len(tables.judgements))


def _suspected(tables: CaseFiles) -> Iterator[tuple[str, dict[str, str | int]]]:
    for row in tables.fieldwork:
        answers = tables.answers.get(row.instance_id)
        if row.disposition != COMPLETED or answers is None or row.unit_id not in tables.attributes:
            continue
        kind = suspicion_of(answers, tables.pack)
        if kind is not None:
            listed = listed_persons(tables.attributes[row.unit_id]) or 0
            yield (
                row.instance_id,
                {
                    "unit_id": row.unit_id,
                    "kind": kind,
                    "persons": persons_of(answers, tables.pack) or listed,
                    "standard": answers.get(tables.pack.questions.standard) or "",
                },
            )


def _verdicts(tables: CaseFiles) -> tuple[dict[str, list[tuple[str, str]]], list[Complaint]]:
    """Gather judge and verdict by case; a judge who stands twice, or judges nothing, is named."""
    known = {case.case_id for case in tables.cases}
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    complaints = []
    for number, row in enumerate(tables.judgements, start=2):
        if row.case_id not in known:
            complaints.append(
                complain("verification.judgement_unfounded", file=files.JUDGEMENTS, row=number, case=row.case_id)
            )
        judge = " ".join(row.judge.split()).casefold()
        if judge in [known for known, _ in found[row.case_id]]:
            complaints.append(complain("verification.judge_twice", file=files.JUDGEMENTS, row=number, case=row.case_id))
            continue
        found[row.case_id].append((judge, row.verdict))
    return found, complaints
