"""Make, bind and draw from lists after their villages were drawn: `evalsvc draw list-form`, `lists`, `continue`."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path

import click

from evalsvc.draws import log, telling
from evalsvc.draws.draw_files import (
    append_line,
    now,
    refuse_broken,
    refuse_entered,
    refuse_fork,
    refuse_taken,
    write_text,
)
from evalsvc.draws.engine_options import engine_options
from evalsvc.draws.later.forms import CSV, XLSX, list_form
from evalsvc.draws.units import attributes_of
from evalsvc.durable import write_new
from evalsvc.errors import InvalidError
from evalsvc.given_paths import existing, new
from evalsvc.terminal import language
from evalsvc.text_files import read_text
from evalsvc.words import sentence
from sampling.documents import check_schema, parse_document
from sampling.engine import DuckDBEngine, OpenEngine
from sampling.errors import complain
from sampling.frame import Frame, open_frame
from sampling.hashing import sha256_text
from sampling.listing import bind_lists, continue_draw, not_listed, unlisted_units
from sampling.manifest import FrameEntry, Manifest
from sampling.mapping import load_mapping

PROTOCOL = "evalsvc-lists-1"
manifest_option = click.option("--manifest", "manifest_path", type=existing, required=True, help="draw-manifest.json")
frame_option = click.option(
    "--frame", "frame_path", type=existing, required=True, help="加进了名单的 frame.parquet / the frame with the lists"
)
log_option = click.option("--log", "log_path", type=new, help="公开登记表 / commitments.jsonl, continued or begun")


@click.command("list-form")
@click.argument("manifest_path", metavar="MANIFEST", type=existing)
@click.option(
    "--frame", "frame_path", type=existing, required=True, help="承诺时的 frame.parquet / the committed frame"
)
@click.option("--mapping", "mapping_path", type=existing, required=True, help="列名对应表 / mapping.yaml")
@click.option("--out", type=new, required=True, help="空表 .csv 或 .xlsx / the empty form, .csv or .xlsx")
def form(*, manifest_path: Path, frame_path: Path, mapping_path: Path, out: Path) -> None:
    """列出还没有名单的抽中单位，写出空表 / name the drawn units without a list, write a form for their lists.

    空表每个单位一行，列名与名册相同；一户一行填好，与村名册一起用 frame import 导入，再用 draw lists 承诺。
    """
    ending = out.suffix.lower().removeprefix(".")
    if ending not in (CSV, XLSX):
        raise click.BadParameter(".csv / .xlsx", param_hint="--out")
    refuse_taken(out)
    manifest = Manifest.from_json(read_text(manifest_path), manifest_path.name)
    frame = open_frame(frame_path)
    awaited = unlisted_units(manifest)
    if not awaited:
        raise InvalidError("draw.no_list_to_make", (), file=manifest_path.name)
    mapping = read_text(mapping_path)
    if complaints := load_mapping(mapping, mapping_path.name).complaints:
        raise InvalidError("frame.refused", complaints, file=mapping_path.name, count=len(complaints))
    content = list_form(frame, mapping, awaited, ending)
    click.echo("\n".join(_units_in_words(manifest, frame, awaited)))
    write_new(out, content)
    click.echo(sentence("draw.list_form_written", {"count": len(awaited), "out": str(out)}, language()))


def _units_in_words(manifest: Manifest, frame: Frame, awaited: Sequence[str]) -> list[str]:
    """Write each unit with what the frame says of it and of the units above, a line each."""
    name = frame.levels[-2].name
    stage = next(each for each in manifest.stages if each.name == name)
    with DuckDBEngine(frame) as engine:
        known = attributes_of(engine, frame, stage)
    return [" ".join(str(value) for value in known[unit].values() if value is not None) for unit in awaited]


@click.command("lists")
@manifest_option
@frame_option
@click.option("--out", type=new, default=Path("lists.json"), show_default=True)
@log_option
@engine_options
def lists(*, manifest_path: Path, frame_path: Path, out: Path, log_path: Path | None, engine: OpenEngine) -> None:
    """承诺后来列的名单：每个抽中的单位一份，抽取之前 / bind lists made later, one for each drawn unit.

    可以不联网，在现场做：承诺的时间就是名单定下来的时间 / works without a network, in the field.
    """
    refuse_taken(out)
    refuse_broken(log_path)
    text = read_text(manifest_path)
    manifest = Manifest.from_json(text, manifest_path.name)
    bound = bind_lists(manifest, open_frame(frame_path), at=now(), engine=engine)
    subjects = [log.subject_of_list(manifest.evaluation, manifest.draw, str(entry.parent)) for entry in bound]
    refuse_entered(log_path, log.LIST, subjects)
    value = {"protocol": PROTOCOL, "manifest": sha256_text(text), "lists": [asdict(entry) for entry in bound]}
    write_text(out, json.dumps(value, ensure_ascii=False, indent=1) + "\n")
    for entry, subject in zip(bound, subjects, strict=True):
        append_line(log_path, log.LIST, subject, entry.sha256)
        click.echo(sentence("draw.list_bound", {"parent": entry.parent, "sha256": entry.sha256}, language()))
    click.echo(sentence("draw.lists_bound", {"count": len(bound), "out": str(out)}, language()))


@click.command("continue")
@manifest_option
@frame_option
@click.option("--lists", "lists_path", type=existing, required=True, help="lists.json")
@click.option("--out", type=new, required=True, help="接续的抽取清单 / the manifest that goes on")
@log_option
@engine_options
def carry_on(
    *, manifest_path: Path, frame_path: Path, lists_path: Path, out: Path, log_path: Path | None, engine: OpenEngine
) -> None:
    """从承诺过的名单抽取，接续抽取清单，以前抽中的不变 / draw from bound lists; what was drawn stays."""
    refuse_taken(out)
    refuse_broken(log_path)
    text = read_text(manifest_path)
    manifest = Manifest.from_json(text, manifest_path.name)
    subject = log.subject_of(manifest.evaluation, manifest.draw)
    refuse_fork(log_path, subject, sha256_text(text))
    entries = _entries(lists_path, sha256_text(text))
    made = continue_draw(
        manifest, open_frame(frame_path), entries, drawn_at=now(), code_version=version("evalsvc"), engine=engine
    )
    written = made.to_json()
    write_text(out, written, private=True)
    append_line(log_path, log.CONTINUATION, subject, sha256_text(written))
    click.echo(telling.stage_drawn(made.stages[-1], language()))
    click.echo(sentence("draw.written", {"out": str(out)}, language()))
    awaited = not_listed(made)
    if awaited is not None:
        click.echo(sentence(awaited.code, awaited.details, language()))


def _entries(path: Path, manifest_sha256: str) -> Sequence[FrameEntry]:
    """Read bound lists; they belong to one manifest."""
    document = parse_document(read_text(path), path.name)
    complaints = list(document.complaints) or check_schema(document.value, "lists.schema.json", path.name)
    if not complaints and document.value["manifest"] != manifest_sha256:
        complaints = [complain("draw.lists_of_another", file=path.name)]
    if complaints:
        raise InvalidError("draw.lists_unreadable", complaints, file=path.name, count=len(complaints))
    return [FrameEntry(**entry) for entry in document.value["lists"]]
