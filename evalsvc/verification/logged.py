"""What the public log says was fixed before the first interview, and what had been received when."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evalsvc import files
from evalsvc.draws import log
from evalsvc.evaluations.rule_pack import read_pack
from evalsvc.planning.fixed import FixedEvaluation, FixedForm, FixedPack, GivenOut, fixed_plan
from evalsvc.results.records import InterviewRow
from evalsvc.verification.bundled_forms import named_files
from evalsvc.verification.compare import Difference, differences
from evalsvc.verification.corrections import rejection_complaints, rejection_notes
from evalsvc.verification.outcome import Step, step_of
from evalsvc.verification.received import check_received
from sampling.chain import ChainEntry
from sampling.errors import Complaint, complain
from sampling.manifest import Manifest

Lines = Sequence[ChainEntry]
LONGEST_SHOWN = 200


@dataclass(frozen=True)
class Logged:
    """What is compared with the log: the bundle's files, what the signed file states, and what was read of them."""

    content: Mapping[str, bytes]
    facts: Mapping[str, Any]
    manifest: Manifest
    rows: Sequence[InterviewRow]
    forms: Mapping[str, FixedForm]
    """The form versions of the bundle by the name of their file."""

    @property
    def subject(self) -> str:
        """Return how the log names the draw."""
        return log.subject_of(self.manifest.evaluation, self.manifest.draw)

    def first_received(self, form: FixedForm | None = None) -> str:
        """Return when the first interview was received, or the first of a form version; empty where there is none."""
        named = None if form is None else (form.form_id, form.version)
        times = (row.received_at for row in self.rows if named in (None, (row.form_id, row.version)))
        return min(times, default="")


def logged_step(lines: Lines, logged: Logged) -> Step:
    """Compare plan, rule pack, forms and interviews with the lines of the log about this draw."""
    own = [line for line in lines if line.subject == logged.subject]
    plans = [line for line in own if line.kind == log.PLAN]
    received = [line for line in own if line.kind == log.INTERVIEWS]
    rejections = [line for line in own if line.kind == log.REJECTIONS]
    changes, notes = _changes(plans, own, logged)
    checked = check_received(received, logged.rows)
    complaints = [
        *_plan_lines(plans, own, logged),
        *changes,
        *_stated(plans, logged),
        *_form_complaints(lines, logged),
        *checked.complaints,
        *rejection_complaints(rejections, logged.rows),
    ]
    count = len(plans) + len(received) + len(rejections)
    told = [*notes, *checked.notes, *rejection_notes(rejections, received)]
    return step_of("logged", complaints, told, lines=count, forms=len(logged.forms))


def _plan_lines(plans: Lines, own: Lines, logged: Logged) -> Iterator[Complaint]:
    """Name a plan that was never entered, or before the draw, or after the first interview; and a file of others."""
    if not plans:
        yield complain("verification.plan_unlogged", file=files.LOG, subject=logged.subject)
        return
    first, drawn = plans[0], [line.sequence for line in own if line.kind == log.MANIFEST]
    received = _first_received(own, logged)
    if drawn and first.sequence < drawn[0]:
        yield complain("verification.plan_before_draw", file=files.LOG, row=first.sequence, at=first.at)
    if received and first.at > received:
        yield complain("verification.plan_late", file=files.LOG, row=first.sequence, at=first.at, received=received)
    written = _objects(logged)
    if [hashlib.sha256(each).hexdigest() for each in written] != [line.sha256 for line in plans]:
        yield complain(
            "verification.plan_file", file=files.FIXED, log=files.LOG, lines=len(written), entered=len(plans)
        )


def _first_received(own: Lines, logged: Logged) -> str:
    """Return when the first interview was there: as the list says, or the first line that covers any."""
    times = [logged.first_received(), *(line.at for line in own if line.kind == log.INTERVIEWS)]
    return min((each for each in times if each), default="")


def _changes(plans: Lines, own: Lines, logged: Logged) -> tuple[list[Complaint], list[Complaint]]:
    """Name every later plan: after the first interview it is a complaint, before it a note."""
    complaints, notes = [], []
    values, received = [_value(each) for each in _objects(logged)], _first_received(own, logged)
    for place, line in enumerate(plans[1:], start=1):
        changed = [each.place for each in differences(values[place - 1], values[place])] if place < len(values) else []
        details: dict[str, Any] = {"at": line.at, "received": received, "changed": ", ".join(changed)[:LONGEST_SHOWN]}
        if received and line.at > received:
            complaints.append(complain("verification.plan_changed", file=files.LOG, row=line.sequence, **details))
        else:
            notes.append(complain("verification.plan_replaced", file=files.LOG, row=line.sequence, **details))
    return complaints, notes


def _stated(plans: Lines, logged: Logged) -> Iterator[Complaint]:
    """Compare what was entered last with what the report was made by, part by part."""
    written = _objects(logged)
    if not plans or not written:
        return
    stated = _value(written[-1])
    right = _right(logged, stated)
    for each in differences(right, stated):
        yield _differs(each)


def _right(logged: Logged, stated: object) -> Mapping[str, Any]:
    """Put the object together from the bundle; of the form versions that are there those that were stated, if any."""
    evaluation, content = logged.facts["evaluation"], logged.content
    return fixed_plan(
        FixedEvaluation(**evaluation, institute=logged.facts["edition"]["institute"]),
        logged.manifest.draw,
        _pack(content[files.PACK]),
        _sha256(content[files.PLAN]),
        list(_forms(logged, stated)),
    )


def _forms(logged: Logged, stated: object) -> Iterator[GivenOut]:
    """Return the forms that were stated as far as the bundle has them, each household class with one form only."""
    there = {(each.form_id, each.version): each for each in logged.forms.values()}
    first = next(iter(logged.forms.values()), FixedForm("", "", ""))
    told = stated.get("forms") if isinstance(stated, dict) else None
    given: set[str] = set()
    for each in told if isinstance(told, list) and told else [None]:
        named = each if isinstance(each, dict) else {}
        classes = named.get("classes")
        known = [name for name in classes if isinstance(name, str)] if isinstance(classes, list) else []
        yield GivenOut(
            there.get((str(named.get("form_id")), str(named.get("version"))), first), tuple(sorted(set(known) - given))
        )
        given.update(known)


def _pack(data: bytes) -> FixedPack:
    """Name the rule pack of the bundle; one that cannot be read is told elsewhere."""
    pack, _ = read_pack(data, files.PACK)
    return FixedPack("", "", _sha256(data)) if pack is None else FixedPack(pack.name, pack.edition, _sha256(data))


def _objects(logged: Logged) -> list[bytes]:
    return [line for line in logged.content[files.FIXED].split(b"\n") if line]


def _value(data: bytes) -> object:
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None


def _differs(each: Difference) -> Complaint:
    expected, found = (str(value)[:LONGEST_SHOWN] for value in (each.expected, each.found))
    return complain("verification.plan_differs", file=files.FIXED, column=each.place, expected=expected, found=found)


def _form_complaints(lines: Iterable[ChainEntry], logged: Logged) -> Iterator[Complaint]:
    """Name every form version that was not entered, with its files, before the first interview filled with it."""
    entered: dict[tuple[str, str], ChainEntry] = {}
    for line in lines:
        if line.kind == log.FORM:
            entered.setdefault((line.subject, line.sha256), line)
    files_of_forms, _told_elsewhere = named_files(logged.content)
    for name, form in logged.forms.items():
        digest = log.hash_of_form(form.sha256, files_of_forms.get(name, {}))
        details: dict[str, Any] = {"form_id": form.form_id, "version": form.version}
        subject = log.subject_of_form(logged.manifest.evaluation, form.form_id, form.version)
        found, received = entered.get((subject, digest)), logged.first_received(form)
        if found is None:
            yield complain("verification.form_unlogged", file=name, log=files.LOG, **details)
        elif received and found.at > received:
            yield complain("verification.form_late", file=name, at=found.at, received=received, **details)


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
