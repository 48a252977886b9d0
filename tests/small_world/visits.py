"""What enumerators and judges of the small evaluation do; a household's id decides all of it."""

import hashlib
import random
from collections import defaultdict
from dataclasses import replace

from evalsvc.results.records import CaseRow, FieldworkRow, InterviewRow, JudgementRow
from sampling.manifest import Manifest, ManifestUnit
from tests.small_world.register import household_of
from tests.small_world.texts import CORRECTED, RECEIVED

REASONS = {"non_contact": "no_answer_twice", "refused": "refused"}
"""Outcomes that open a reserve, and the reason given."""
VERDICTS = {"confirmed": ("confirm", "confirm"), "excluded": ("exclude", "exclude"), "open": ("confirm", "exclude")}
"""What both judges say of a case in each state."""


def visits(manifest: Manifest) -> tuple[list[FieldworkRow], dict[str, bytes], list[InterviewRow]]:
    """Visit the main sample; a household that was not met or refused opens the next reserve of its group."""
    groups = defaultdict(list)
    for unit in manifest.stages[-1].units:
        groups[unit.parent, unit.stratum].append(unit)
    fieldwork: list[FieldworkRow] = []
    interviews: dict[str, bytes] = {}
    rows: list[InterviewRow] = []
    for units in groups.values():
        reserves = [unit for unit in units if unit.sample_type == "reserve"]
        waiting = [(unit, "", "") for unit in units if unit.sample_type != "reserve"]
        while waiting:
            unit, replaces, reason = waiting.pop(0)
            outcome = outcome_of(unit.id)
            versions = versions_of(unit.id, outcome)
            interviews |= {row.instance_id: xml for row, xml in versions}
            rows += [row for row, _ in versions]
            fieldwork.append(_row(unit, True, replaces, reason, outcome, versions[-1][0].instance_id))
            if outcome in REASONS and reserves:
                waiting.append((reserves.pop(0), unit.id, REASONS[outcome]))
        fieldwork += [_row(unit, False) for unit in reserves]
    # A stable order: a correction stands behind the version that it replaces.
    rows = [replace(row, sequence=place) for place, row in enumerate(sorted(rows, key=in_order), start=1)]
    return sorted(fieldwork, key=lambda row: row.unit_id), interviews, rows


def _row(
    unit: ManifestUnit, opened: bool, replaces: str = "", reason: str = "", outcome: str = "", instance: str = ""
) -> FieldworkRow:
    parent, kind = unit.parent or "", unit.sample_type
    return FieldworkRow(unit.id, parent, unit.stratum, kind, opened, replaces, reason, outcome, instance)


def in_order(row: InterviewRow) -> tuple[str, str]:
    """Return by what interviews are put in order when a line of the log takes them in."""
    return row.received_at, row.instance_id


def outcome_of(unit: str) -> str:
    """Return how the visit ends."""
    outcomes = ["completed", "non_contact", "refused", "ineligible_vacant"]
    return random.Random(f"outcome {unit}").choices(outcomes, [85, 6, 4, 5])[0]


def versions_of(unit: str, outcome: str) -> list[tuple[InterviewRow, bytes]]:
    """Return what was sent of a household, the version that counts last: a few are corrected, a few sent again."""
    fate = random.Random(f"fate {unit}").choices(["plain", "corrected", "rejected"], [94, 3, 3])[0]
    last, xml = interview_of(unit, outcome)
    if fate == "plain":
        return [(_listed(unit, last, xml, outcome, RECEIVED), xml)]
    first, before = interview_of(unit, outcome, "first ")
    if fate == "rejected":
        row = _listed(unit, first, before, outcome, RECEIVED)
        return [(replace(row, rejected="unreadable"), before), (_listed(unit, last, xml, outcome, CORRECTED), xml)]
    xml = xml.replace(b"</instanceID>", f"</instanceID><deprecatedID>{first}</deprecatedID>".encode())
    row = replace(_listed(unit, last, xml, outcome, CORRECTED), replaces=first)
    return [(_listed(unit, first, before, outcome, RECEIVED), before), (row, xml)]


def _listed(unit: str, instance: str, xml: bytes, outcome: str, received: str) -> InterviewRow:
    return InterviewRow(instance, unit, "small", "1", hashlib.sha256(xml).hexdigest(), received, outcome, 0, 0)


def interview_of(unit: str, outcome: str, version: str = "") -> tuple[str, bytes]:
    """Return the instance's id and the form as sent."""
    chance = random.Random(f"{version}answers {unit}")
    digest = hashlib.sha256(f"{version}{unit}".encode()).hexdigest()
    instance = f"uuid:{digest[:8]}-{digest[8:12]}-4{digest[13:16]}-8{digest[17:20]}-{digest[20:32]}"
    answers = {"unit_id": unit, "disposition": outcome}
    if outcome == "completed":
        suspicion = "none"
        if chance.random() < 0.12:
            _, registered, _ = household_of(unit)
            suspicion = "wrong_exit" if registered else "missed"
        answers |= {
            "registered_persons": str(chance.randint(1, 6)),
            "satisfaction_team": "satisfied" if chance.random() < 0.9 else "dissatisfied",
            "satisfaction_helper": "satisfied" if chance.random() < 0.9 else "dissatisfied",
            "recognition_overall": "yes" if chance.random() < 0.93 else "no",
            "suspicion_kind": suspicion,
            "suspicion_standard": "" if suspicion == "none" else "income",
        }
    cells = "".join(f"<{name}>{value}</{name}>" for name, value in answers.items())
    meta = f"<meta><instanceID>{instance}</instanceID></meta>"
    return instance, f'<data id="small" version="1">{cells}{meta}</data>'.encode()


def cases_of(fieldwork: list[FieldworkRow], interviews: dict[str, bytes]) -> tuple[list[CaseRow], list[JudgementRow]]:
    """Judge every suspicion; confirmed, excluded and open ones take turns."""
    cases: list[CaseRow] = []
    judgements: list[JudgementRow] = []
    for row in fieldwork:
        text = interviews.get(row.instance_id, b"").decode()
        kind = next((kind for kind in ("wrong_exit", "missed") if f"<suspicion_kind>{kind}<" in text), None)
        if kind is None or row.disposition != "completed":
            continue
        number = len(cases)
        persons = int(text.split("<registered_persons>")[1].split("<")[0])
        state = ("confirmed", "excluded", "open")[number % 3] if number else "confirmed"
        identifier = f"case-{number:03d}"
        cases.append(CaseRow(identifier, row.instance_id, row.unit_id, kind, persons, "income", state))
        judgements += [
            JudgementRow(identifier, judge, verdict, "核实材料后判断", "", f"2026-03-1{place}T09:00:00Z")
            for place, (judge, verdict) in enumerate(zip(("judge-a", "judge-b"), VERDICTS[state], strict=True))
        ]
    return cases, judgements
