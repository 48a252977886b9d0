"""A small evaluation made by the pure functions alone: 2 counties, 12 drawn villages, some 130 households."""

import csv
import hashlib
import io
import random
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from evalsvc import files
from evalsvc.draws import log
from evalsvc.editions.bundle import readme, sha256, write_bundle
from evalsvc.editions.facts import About, Head, compose
from evalsvc.editions.material import material_of, read_sources, rows_in
from evalsvc.editions.printing import build_report, edition_bytes, sign_report
from evalsvc.evaluations.rule_pack import read_pack
from evalsvc.interviews.running import links
from evalsvc.planning.fixed import FixedEvaluation, FixedForm, FixedPack, fixed_bytes, fixed_plan
from evalsvc.planning.frame_facts import household_attributes
from evalsvc.planning.making import plan_of_draw
from evalsvc.results.assembly import Sources
from evalsvc.results.compute import compute_results
from evalsvc.results.records import CaseRow, FieldworkRow, InterviewRow, JudgementRow, write_records
from forms.columns import flatten
from forms.definition import parse_definition
from forms.instance import parse_instance
from forms.workbook import convert
from reports.keys import make_demo_key, read_signer
from sampling.chain import ChainEntry, chain_entry, write_chain
from sampling.commitment import Commitment, commit, hash_secret
from sampling.design import Design, load_design
from sampling.draw import run_draw
from sampling.frame import Frame, load_mapping, open_frame, read_frame, write_frame
from sampling.manifest import Manifest

SECRET = "5e" * 32
EVALUATION = "kleine-probe"
INSTITUTE = "示例评估研究院"
ABOUT = About(EVALUATION, "两县退出评估", "示例委托单位", True)
RECEIVED = "2026-03-10T02:00:00Z"
MAPPING = """
levels:
  - {name: county, id: county_code, columns: {county: text, remaining_poor_persons: integer}}
  - {name: village, id: village_code, columns: {town: text, village: text, village_kind: text, committee: text}}
  - {name: household, id: household_id, columns: {household_class: text, registered: text, persons: integer}}
"""
LEVELS = MAPPING.replace("\n", "\n  ").rstrip()
DESIGN = f"""
version: 1
evaluation: {EVALUATION}
draw: 1
title: 两县退出评估抽样方案（模拟数据）
frame: {LEVELS}
exclude: [{{level: village, column: committee, values: [居委会], reason: 居委会不在评估范围}}]
public: {{source: null, round: null, form: null}}
stages:
  - name: village
    strata: [county_code, village_kind]
    method: pps_systematic
    size: {{count: household}}
    joint_method: hartley-rao
    take: {{each: 3}}
  - name: household
    strata: [household_class]
    method: equal
    take: {{each: 4, by: [{{when: {{household_class: 监测户}}, take: 2}}]}}
    reserves: 2
    when_short: take_all
"""
FORM = """
| settings |
| | form_title | form_id | version | default_language |
| | 小问卷 | small | 1 | 中文 (zh) |
| survey |
| | type | name | label::中文 (zh) | required | constraint | constraint_message::中文 (zh) |
| | text | unit_id | 户编号 | yes | | |
| | select_one disposition | disposition | 到访结果 | yes | | |
| | integer | registered_persons | 家庭人口 | | . >= 1 and . <= 20 | 家庭人口应为 1 至 20 |
| | select_one satisfied | satisfaction_team | 对驻村工作队是否满意 | | | |
| | select_one satisfied | satisfaction_helper | 对帮扶责任人是否满意 | | | |
| | select_one yes_no | recognition_overall | 是否认可 | | | |
| | select_one suspicion | suspicion_kind | 疑点 | | | |
| | text | suspicion_standard | 未达到的标准 | | | |
| choices |
| | list_name | name | label::中文 (zh) |
| | disposition | completed | 完成 |
| | disposition | non_contact | 未访到 |
| | disposition | refused | 拒访 |
| | disposition | ineligible_vacant | 空挂户 |
| | satisfied | satisfied | 满意 |
| | satisfied | dissatisfied | 不满意 |
| | yes_no | yes | 认可 |
| | yes_no | no | 不认可 |
| | suspicion | none | 没有 |
| | suspicion | wrong_exit | 疑似错退 |
| | suspicion | missed | 疑似漏评 |
"""
PACK = """
version: 1
name: 测试假定
edition: "1"
region: 测试
year: 2026
programme: 退出评估
note: 仅供测试
level: 0.95
alpha: 0.05
decimals: 2
interval: korn-graubard
planned_deff: {person: 2.0, household: 1.5}
readings: {identification_accuracy: all_surveyed}
thresholds:
  wrong_exit_rate: {value: 0.02, pass: below}
  missed_rate: {value: 0.02, pass: below}
  composite: {value: 0.02, pass: below}
  recognition: {value: 0.90, pass: at_least}
questions:
  persons: registered_persons
  satisfaction: [satisfaction_team, satisfaction_helper]
  recognition: recognition_overall
  suspicion: suspicion_kind
  standard: suspicion_standard
satisfied: [satisfied]
recognised: ["yes"]
suspicions: {wrong_exit: wrong_exit, missed: missed}
asked: [脱贫户, 监测户]
""".encode()


@dataclass(frozen=True)
class World:
    """Everything of one evaluation, as files and values."""

    folder: Path
    frame: Frame
    frame_path: Path
    design: Design
    commitment: Commitment
    manifest: Manifest
    xform: bytes
    interviews: dict[str, bytes]
    interview_rows: tuple[InterviewRow, ...]
    fieldwork: tuple[FieldworkRow, ...]
    cases: tuple[CaseRow, ...]
    judgements: tuple[JudgementRow, ...]
    pack: bytes = PACK
    design_text: str = DESIGN


def make_world(
    folder: Path, beside: str = "", stamp: Callable[[str], str] | None = None, design: str = DESIGN
) -> World:
    """Draw, visit and judge; ``beside`` is what the design says besides, ``stamp`` gives a commitment's time stamp."""
    frame, path = make_frame(folder)
    text = design + beside
    read = load_design(text, "design.yaml")
    assert read.design is not None, read.complaints
    committed = commit(read.design, frame, hash_secret(SECRET), committed_at="2026-03-01T08:00:00Z")
    if stamp is not None:
        committed = replace(committed, time_stamp=stamp(committed.commitment))
    manifest = run_draw(
        read.design, frame, committed, SECRET, None, drawn_at="2026-03-02T08:00:00Z", code_version="test"
    )
    form = convert(FORM.encode(), "small.md")
    assert form.xform is not None, form.complaints
    fieldwork, interviews, rows = _visits(manifest)
    cases, judgements = _cases(fieldwork, interviews)
    return World(
        folder, frame, path, read.design, committed, manifest, form.xform, interviews, tuple(rows),
        tuple(fieldwork), tuple(cases), tuple(judgements), design_text=text,
    )  # fmt: skip


def make_frame(folder: Path) -> tuple[Frame, Path]:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    county = ["county_code", "county", "remaining_poor_persons"]
    village = ["village_code", "town", "village", "village_kind", "committee"]
    writer.writerow([*county, *village, "household_id", "household_class", "registered", "persons"])
    for county, name, remaining in (("350125", "甲县", 60), ("350424", "乙县", 90)):
        for number in range(16):
            village = f"{county}{number:06d}"
            kind = "脱贫村" if number % 2 else "其他村"
            head = [county, name, remaining, village, "某镇", f"第{number}村", kind, "村委会"]
            for household in range(30 + number):
                unit = f"{village}-{household:03d}"
                chance = random.Random(unit)
                which = chance.choices(["脱贫户", "监测户", "一般农户"], [8, 3, 12])[0]
                registered = which == "脱贫户" or (which == "监测户" and chance.random() < 0.5)
                writer.writerow([*head, unit, which, "是" if registered else "否", chance.randint(1, 6)])
        writer.writerow(
            [county, name, remaining, f"{county}900000", "某镇", "某居委会", "其他村", "居委会", "", "", "", ""]
        )
    source = folder / "register.csv"
    source.write_text(buffer.getvalue(), encoding="utf-8")
    mapping = load_mapping(MAPPING)
    assert mapping.mapping is not None
    reading = read_frame(source, mapping.mapping)
    assert reading.frame is not None, reading.complaints
    path = folder / "frame.parquet"
    write_frame(reading.frame, path)
    return open_frame(path), path


def _visits(manifest: Manifest) -> tuple[list[FieldworkRow], dict[str, bytes], list[InterviewRow]]:
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
        opened = set()
        while waiting:
            unit, replaces, reason = waiting.pop(0)
            opened.add(unit.id)
            outcome = outcome_of(unit.id)
            instance, xml = interview_of(unit.id, unit.stratum, outcome)
            interviews[instance] = xml
            fieldwork.append(
                FieldworkRow(
                    unit.id,
                    unit.parent or "",
                    unit.stratum,
                    unit.sample_type,
                    True,
                    replaces,
                    reason,
                    outcome,
                    instance,
                )
            )
            rows.append(
                InterviewRow(instance, unit.id, "small", "1", hashlib.sha256(xml).hexdigest(), RECEIVED, outcome, 0, 0)
            )
            if outcome in ("non_contact", "refused") and reserves:
                waiting.append((reserves.pop(0), unit.id, "no_answer_twice" if outcome == "non_contact" else "refused"))
        fieldwork += [
            FieldworkRow(unit.id, unit.parent or "", unit.stratum, "reserve", False, "", "", "", "")
            for unit in units
            if unit.id not in opened
        ]
    rows = [replace(row, sequence=place) for place, row in enumerate(sorted(rows, key=in_order), start=1)]
    return sorted(fieldwork, key=lambda row: row.unit_id), interviews, rows


def in_order(row: InterviewRow) -> tuple[str, str]:
    """Return by what interviews are put in order when a line of the log takes them in."""
    return row.received_at, row.instance_id


def outcome_of(unit: str) -> str:
    outcomes = ["completed", "non_contact", "refused", "ineligible_vacant"]
    return random.Random(f"outcome {unit}").choices(outcomes, [85, 6, 4, 5])[0]


def is_registered(unit: str, stratum: str) -> bool:
    """Repeat the register's choice for a household."""
    chance = random.Random(unit)
    which = chance.choices(["脱贫户", "监测户", "一般农户"], [8, 3, 12])[0]
    assert which == stratum
    return which == "脱贫户" or (which == "监测户" and chance.random() < 0.5)


def interview_of(unit: str, stratum: str, outcome: str) -> tuple[str, bytes]:
    chance = random.Random(f"answers {unit}")
    digest = hashlib.sha256(unit.encode()).hexdigest()
    instance = f"uuid:{digest[:8]}-{digest[8:12]}-4{digest[13:16]}-8{digest[17:20]}-{digest[20:32]}"
    answers = {"unit_id": unit, "disposition": outcome}
    if outcome == "completed":
        suspicion = "none"
        if chance.random() < 0.12:
            suspicion = "wrong_exit" if is_registered(unit, stratum) else "missed"
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


def _cases(fieldwork: list[FieldworkRow], interviews: dict[str, bytes]) -> tuple[list[CaseRow], list[JudgementRow]]:
    cases, judgements = [], []
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
        verdicts = {
            "confirmed": ("confirm", "confirm"),
            "excluded": ("exclude", "exclude"),
            "open": ("confirm", "exclude"),
        }
        judgements += [
            JudgementRow(identifier, judge, verdict, "核实材料后判断", "", f"2026-03-1{place}T09:00:00Z")
            for place, (judge, verdict) in enumerate(zip(("judge-a", "judge-b"), verdicts[state], strict=True))
        ]
    return cases, judgements


def answers_of(world: World) -> dict[str, dict[str, str | None]]:
    """Read the answers out of the interviews."""
    definition = parse_definition(world.xform)
    return {instance: flatten(definition, parse_instance(xml)) for instance, xml in world.interviews.items()}


def sources_of(world: World) -> Sources:
    """Return the sources as an outsider reads them."""
    read = read_sources(tables_of(world), world.frame, answers_of(world))
    assert read.sources is not None, read.complaints
    return read.sources


def fixed_of(world: World) -> dict[str, Any]:
    """Return what the fieldwork was carried out by, as the service would have entered it in the log."""
    pack, _ = read_pack(world.pack)
    assert pack is not None
    households = {unit.id for unit in world.manifest.stages[-1].units}
    plan = plan_of_draw(pack, world.manifest, household_attributes(world.frame, households), world.frame).text
    assert plan is not None
    return dict(
        fixed_plan(
            FixedEvaluation(EVALUATION, ABOUT.name, ABOUT.client, INSTITUTE, ABOUT.simulated),
            1,
            FixedPack(pack.name, pack.edition, sha256(world.pack)),
            sha256(plan.encode()),
            FixedForm("small", "1", sha256(world.xform)),
        )
    )


def log_of(world: World) -> bytes:
    """Write the public log: commitment, manifest, form, plan, then half of the interviews, then all of them."""
    return chained(entries_of(world))


def entries_of(world: World) -> list[tuple[str, str, str, str]]:
    """Return kind, subject, hash and time of every line."""
    subject = log.subject_of(EVALUATION, 1)
    manifest = sha256(world.manifest.to_json().encode())
    entries = [
        (log.COMMITMENT, subject, world.commitment.commitment, "2026-03-01T08:00:00Z"),
        (log.MANIFEST, subject, manifest, "2026-03-02T08:00:00Z"),
        (log.FORM, log.subject_of_form(EVALUATION, "small", "1"), sha256(world.xform), "2026-03-03T08:00:00Z"),
        (log.PLAN, subject, sha256(fixed_bytes(fixed_of(world))), "2026-03-04T08:00:00Z"),
    ]
    running = list(links(world.interview_rows))
    for link, at in ((running[len(running) // 2], RECEIVED), (running[-1], "2026-03-11T02:00:00Z")):
        entries.append((log.INTERVIEWS, subject, link.hash, at))
    return entries


def chained(entries: Sequence[tuple[str, str, str, str]]) -> bytes:
    """Write a log of such lines: kind, subject, hash, time."""
    lines: list[ChainEntry] = []
    for kind, about, digest, at in entries:
        last = lines[-1] if lines else None
        lines.append(chain_entry(last, kind=kind, subject=about, sha256=digest, at=at))
    return write_chain(lines).encode()


def tables_of(world: World) -> dict[str, bytes]:
    """Return every file that results are made from, but the interviews."""
    return {
        files.FRAME: world.frame_path.read_bytes(),
        files.DESIGN: world.design_text.encode(),
        files.COMMITMENT: world.commitment.to_json().encode(),
        files.LOG: log_of(world),
        files.MANIFEST: world.manifest.to_json().encode(),
        files.FIXED: fixed_bytes(fixed_of(world)) + b"\n",
        files.INTERVIEWS: write_records(InterviewRow, world.interview_rows),
        files.FIELDWORK: write_records(FieldworkRow, world.fieldwork),
        files.CASES: write_records(CaseRow, world.cases),
        files.JUDGEMENTS: write_records(JudgementRow, world.judgements),
        files.PACK: world.pack,
        "instrument.xml": world.xform,
    }


@dataclass(frozen=True)
class Issued:
    """A signed report and the files of its bundle."""

    pdf: bytes
    unsigned: bytes
    content: dict[str, bytes]

    @property
    def bundle(self) -> bytes:
        """Return the bundle as it was issued."""
        return write_bundle(self.content.items())

    def changed(self, name: str, old: bytes, new: bytes) -> bytes:
        """Return the bundle with the first occurrence of some bytes in one file replaced."""
        assert old in self.content[name], (name, old)
        return write_bundle({**self.content, name: self.content[name].replace(old, new, 1)}.items())


@cache
def signer():
    """Return a demo key."""
    at = datetime(2026, 3, 20, tzinfo=UTC)
    return read_signer(make_demo_key(INSTITUTE, b"secret", at), b"secret")


def issue(world: World) -> Issued:
    """Compute, compose, print, sign."""
    tables = tables_of(world)
    sources = sources_of(world)
    computation = compute_results(sources, world.frame)
    assert computation.computed is not None, computation.complaints
    computed = computation.computed
    head = Head(1, "总报告", "2026-03-20T02:30:00Z", INSTITUTE, "张示例")
    about = ABOUT
    tables |= {
        files.PLAN: computed.plan_text.encode(),
        files.ANSWERS: computed.answers.to_csv(),
        files.RESULTS: computed.results.to_json().encode(),
        files.README: readme({"edition": vars(head), "evaluation": vars(about)}),
    }
    inputs = {name: sha256(data) for name, data in sorted(tables.items())}
    rows = rows_in(tables[files.RESULTS])
    edition = edition_bytes(compose(head, about, material_of(sources, world.frame, rows, inputs, "0.1.0")))
    unsigned = build_report(edition)
    pdf = sign_report(unsigned, signer(), head.institute)
    interviews = {files.interview_name(instance): xml for instance, xml in world.interviews.items()}
    return Issued(pdf, unsigned, {**tables, **interviews, files.EDITION: edition})
