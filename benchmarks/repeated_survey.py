"""One survey of the demonstration's counties, from a draw's secret to its results, by the functions of the service.

Draw, answers, decisions, weights, plan and estimates are those of the demonstration; only HTTP, the form's XML and the
database between them are left out. The tests hold the outcome against that of the demonstration itself.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from evalsvc.cases.decision import decide
from evalsvc.demonstration.answers import answer
from evalsvc.demonstration.comparison import Compared, compare
from evalsvc.demonstration.designs import judged_design
from evalsvc.demonstration.export import REGISTER_NAME, mapping_text, write_register
from evalsvc.demonstration.fieldwork import MOST_ROUNDS
from evalsvc.demonstration.institute import PACK
from evalsvc.demonstration.judging import verdicts_of
from evalsvc.demonstration.register import Register, Truth, simulate
from evalsvc.demonstration.scenario import JUDGED, Scale
from evalsvc.demonstration.villages import choose_places, read_villages
from evalsvc.demonstration.visits import REASONS
from evalsvc.demonstration.world import COMPLETED, Home, World
from evalsvc.editions.facts import shown_facts
from evalsvc.evaluations.packs import pack_bytes
from evalsvc.evaluations.rule_pack import Pack, persons_of, read_pack, suspicion_of
from evalsvc.fieldwork.dispositions import REPLACEABLE
from evalsvc.planning.frame_facts import household_attributes
from evalsvc.results.answers import Answers
from evalsvc.results.assembly import Sources
from evalsvc.results.compute import compute_results
from evalsvc.results.records import CaseRow, FieldworkRow
from sampling.commitment import commit, hash_secret
from sampling.design import Design, load_design
from sampling.draw import run_draw
from sampling.frame import Frame, load_mapping, open_frame, read_frame, write_frame
from sampling.frame_hash import FrameHash, hash_frame
from sampling.manifest import Manifest, ManifestUnit

COMMITTED_AT, DRAWN_AT = "2026-03-01T08:00:00Z", "2026-03-02T08:00:00Z"
VISITED_AT = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Population:
    """The judged counties: their frame, the design, the pack, and the hidden state that interviews are made from."""

    register: Register
    truth: Truth
    world: World
    frame: Frame
    hashed: FrameHash
    design: Design
    pack: Pack


@dataclass(frozen=True)
class Survey:
    """One survey: what came of the visits, the facts of the report, and every figure beside the truth."""

    outcomes: Mapping[str, int]
    cases: Mapping[str, int]
    false_suspicions: int
    verdicts: Sequence[Mapping[str, Any]]
    compared: Sequence[Compared]
    results: str


def make_population(scale: Scale, folder: Path) -> Population:
    """Simulate the register as the demonstration does, and keep the counties that its design takes."""
    register, truth = within_judged(*simulate(choose_places(read_villages(), scale), scale))
    frame = _frame(register, folder)
    design = load_design(judged_design(scale)).design
    pack, complaints = read_pack(pack_bytes(PACK))
    if design is None or pack is None:
        raise ValueError(f"the demonstration's design or pack cannot be read: {complaints}")
    return Population(register, truth, World(register, truth), frame, hash_frame(frame), design, pack)


def within_judged(register: Register, truth: Truth) -> tuple[Register, Truth]:
    """Leave out every county that the design does not take: its households can neither be drawn nor counted."""
    codes = {one.county_code for one in JUDGED}
    village = np.array([place.county_code in codes for place in register.villages])
    household = village[register.village]
    kept = {name: getattr(register, name)[household] for name in ("number", "household_class", "registered", "persons")}
    inside = replace(
        register,
        villages=tuple(place for place, taken in zip(register.villages, village, strict=True) if taken),
        poor_village=register.poor_village[village],
        remaining_poor=register.remaining_poor[village],
        village=(np.cumsum(village) - 1)[register.village[household]],
        **kept,
    )
    return inside, replace(truth, **{name: flags[household] for name, flags in vars(truth).items()})


def _frame(register: Register, folder: Path) -> Frame:
    write_register(register, folder / REGISTER_NAME)
    mapping = load_mapping(mapping_text()).mapping
    reading = None if mapping is None else read_frame(folder / REGISTER_NAME, mapping)
    if reading is None or reading.frame is None:
        raise ValueError("the demonstration's register cannot be read")
    write_frame(reading.frame, folder / "frame.parquet")
    return open_frame(folder / "frame.parquet")


def draw(population: Population, secret: str) -> Manifest:
    """Commit, reveal and draw, without a public value, as the demonstration does."""
    design, frame = population.design, population.frame
    hashed = hash_secret(secret)
    commitment = commit(design, frame, hashed, committed_at=COMMITTED_AT, frame_hash=population.hashed)
    return run_draw(design, frame, commitment, secret, None, drawn_at=DRAWN_AT, code_version="")


def survey(population: Population, manifest: Manifest) -> Survey:
    """Visit, judge, estimate and compare with the truth.

    Raises
    ------
    ValueError
        When no results can be computed, with the complaints.
    """
    sources = make_sources(population, manifest)
    computation = compute_results(sources, population.frame)
    if computation.computed is None:
        raise ValueError(f"no results: {computation.complaints}")
    text = computation.computed.results.to_json()
    names = {one.county_code: one.county for one in JUDGED}
    rows = json.loads(text)["estimates"]
    return Survey(
        outcomes=Counter(row.disposition for row in sources.fieldwork if row.opened),
        cases=Counter(case.state for case in sources.cases),
        false_suspicions=sum(population.world.home(case.unit_id).suspicion != case.kind for case in sources.cases),
        verdicts=shown_facts(population.pack, names, computation.computed.layout.county, rows)["verdicts"],
        compared=compare(population.register, population.truth, text.encode("utf-8")),
        results=text,
    )


def make_sources(population: Population, manifest: Manifest) -> Sources:
    """Make what results are computed from: fieldwork, answers and cases."""
    world, pack = population.world, population.pack
    fieldwork = visit(manifest, world)
    completed = [row for row in fieldwork if row.disposition == COMPLETED]
    answers = {row.instance_id: flat_answers(world.home(row.unit_id), pack) for row in completed}
    households = [unit.id for unit in manifest.stages[-1].units]
    attributes = household_attributes(population.frame, households)
    cases = [case for row in completed for case in _case(row, world.home(row.unit_id), answers[row.instance_id], pack)]
    # Reports tell of corrections and rejections; no estimate rests on the list of what was sent.
    return Sources(manifest, attributes, fieldwork, answers, cases, pack, interviews=())


def visit(manifest: Manifest, world: World) -> list[FieldworkRow]:
    """Visit the main sample; beside each household that was not interviewed the next reserve of its group is opened."""
    units = {unit.id: unit for unit in manifest.stages[-1].units}
    reserves = _reserves(manifest)
    today: dict[str, FieldworkRow | None] = {unit.id: None for unit in units.values() if unit.sample_type != "reserve"}
    opened: dict[str, FieldworkRow] = {}
    for _ in range(MOST_ROUNDS):
        rows = [_visited(units[unit_id], beside, world.home(unit_id)) for unit_id, beside in today.items()]
        opened |= {row.unit_id: row for row in rows}
        today = {}
        for row in sorted(rows, key=lambda row: row.unit_id):
            waiting = reserves[row.parent, row.stratum]
            if row.disposition != COMPLETED and row.sample_type in REPLACEABLE and waiting:
                today[waiting.pop(0).id] = row
    return [opened.get(unit.id) or _closed(unit) for unit in units.values()]


def _reserves(manifest: Manifest) -> Mapping[tuple[str, str], list[ManifestUnit]]:
    found: dict[tuple[str, str], list[ManifestUnit]] = defaultdict(list)
    for unit in sorted(manifest.stages[-1].units, key=lambda unit: unit.order or 0):
        if unit.sample_type == "reserve":
            found[unit.parent or "", unit.stratum].append(unit)
    return found


def _visited(unit: ManifestUnit, beside: FieldworkRow | None, home: Home) -> FieldworkRow:
    replaces, reason = ("", "") if beside is None else (beside.unit_id, REASONS[beside.disposition][0])
    group = (unit.parent or "", unit.stratum, unit.sample_type)
    return FieldworkRow(unit.id, *group, True, replaces, reason, home.outcome, f"uuid:{unit.id}")


def _closed(unit: ManifestUnit) -> FieldworkRow:
    return FieldworkRow(unit.id, unit.parent or "", unit.stratum, unit.sample_type, False, "", "", "", "")


def flat_answers(home: Home, pack: Pack) -> Answers:
    """Return what an interview says to the questions that the pack names; the form has them outside of any repeat."""
    given = answer(home, VISITED_AT, "photo.png", "signature.png")
    asked = pack.questions
    names = (asked.persons, *asked.satisfaction, asked.recognition, asked.suspicion, asked.standard)
    return {name: str(given[name]) if name in given else None for name in names}


def _case(row: FieldworkRow, home: Home, answers: Answers, pack: Pack) -> Iterator[CaseRow]:
    kind = suspicion_of(answers, pack)
    if kind is not None:
        persons, standard = persons_of(answers, pack) or home.persons, answers.get(pack.questions.standard) or ""
        state = decide(verdicts_of(home, kind))
        yield CaseRow(row.unit_id, row.instance_id, row.unit_id, kind, persons, standard, state)
