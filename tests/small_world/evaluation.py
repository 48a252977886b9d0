"""The small evaluation, made by the pure functions alone: 12 drawn villages, some 130 households."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from evalsvc.results.records import CaseRow, FieldworkRow, InterviewRow, JudgementRow
from forms.columns import flatten
from forms.definition import parse_definition
from forms.instance import parse_instance
from forms.workbook import convert
from sampling.commitment import Commitment, commit, hash_secret
from sampling.design import Design, load_design
from sampling.draw import run_draw
from sampling.frame import Frame
from sampling.manifest import Manifest
from tests.small_world.register import make_frame
from tests.small_world.texts import DESIGN, FORM, PACK, SECRET
from tests.small_world.visits import cases_of, visits


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
    folder: Path,
    beside: str = "",
    stamp: Callable[[str], str] | None = None,
    design: str = DESIGN,
    secret: str = SECRET,
) -> World:
    """Draw, visit and judge; ``beside`` is what the design says besides, ``stamp`` gives a commitment's time stamp."""
    frame, path = make_frame(folder)
    text = design + beside
    read = load_design(text, "design.yaml")
    assert read.design is not None, read.complaints
    committed = commit(read.design, frame, hash_secret(secret), committed_at="2026-03-01T08:00:00Z")
    if stamp is not None:
        committed = replace(committed, time_stamp=stamp(committed.commitment))
    manifest = run_draw(
        read.design, frame, committed, secret, None, drawn_at="2026-03-02T08:00:00Z", code_version="test"
    )
    form = convert(FORM.encode(), "small.md")
    assert form.xform is not None, form.complaints
    fieldwork, interviews, rows = visits(manifest)
    cases, judgements = cases_of(fieldwork, interviews)
    return World(
        folder, frame, path, read.design, committed, manifest, form.xform, interviews, tuple(rows),
        tuple(fieldwork), tuple(cases), tuple(judgements), design_text=text,
    )  # fmt: skip


def answers_of(world: World) -> dict[str, dict[str, str | None]]:
    """Read the answers out of the interviews."""
    definition = parse_definition(world.xform)
    return {instance: flatten(definition, parse_instance(xml)) for instance, xml in world.interviews.items()}
