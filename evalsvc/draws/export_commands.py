"""What is made of a manifest and its frame without the server: lists for the teams, an R script."""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import click

from evalsvc.draws.r_design import r_design
from evalsvc.draws.r_script import SAMPLE, SCRIPT, sample_csv, script_text
from evalsvc.draws.team_file import read_teams, refuse_unknown
from evalsvc.draws.units import attributes_of
from evalsvc.draws.visits import RESERVE, TABLES, Listed, Opened, visiting_lists
from evalsvc.durable import write_new
from evalsvc.errors import ConflictError, InvalidError
from evalsvc.given_paths import existing, folder_option
from evalsvc.terminal import language
from evalsvc.text_files import read_text
from evalsvc.words import sentence, term
from sampling.design import design_in
from sampling.drawn_groups import refuse_other_frame
from sampling.engine import DuckDBEngine
from sampling.frame import Frame, open_frame
from sampling.listing import not_listed
from sampling.manifest import Manifest

manifest_argument = click.argument("manifest_path", metavar="MANIFEST", type=existing)
frame_option = click.option("--frame", "frame_path", type=existing, required=True, help="frame.parquet")


@click.command("assignments")
@manifest_argument
@frame_option
@folder_option
@click.option(
    "--teams", "teams_path", type=existing, help="unit_id,team：哪个县、村或户归哪一组 / who visits what (CSV)"
)
@click.option("--title", default="", help="名单的标题，缺省为方案的标题 / title, else the design's")
@click.option("--no-pdf", is_flag=True, help="不排 PDF / no PDF")
def assignments(
    *, manifest_path: Path, frame_path: Path, folder: Path, teams_path: Path | None, title: str, no_pdf: bool
) -> None:
    """给各组的入户名单：XLSX、CSV、可打印的 HTML 和 PDF，不含备选户 / lists for the teams, without reserves."""
    manifest, frame = _draw_with_frame(manifest_path, frame_path)
    opened = _opened(manifest, frame, teams_path)
    listed = visiting_lists(manifest, frame.levels, opened, title=title or str(manifest.design.get("title", "")))
    awaited = not_listed(manifest)
    if not listed.lists:
        raise InvalidError("draw.nobody_to_visit", [] if awaited is None else [awaited], file=manifest_path.name)
    _write(folder, dict(_files(listed, pdf=not no_pdf)))
    without = [village.code for each in listed.lists if not each.team for village in each.villages]
    if teams_path is not None and without:
        level = term(
            "draw.level", listed.levels[-2].name if listed.levels[1:] else manifest.stages[-1].name, language()
        )
        told = {"file": teams_path.name, "count": len(without), "level": level, "units": without}
        click.echo(sentence("draw.units_without_team", told, language()))
    if awaited is not None:
        click.echo(sentence(awaited.code, awaited.details, language()))
    households = sum(each.households for each in listed.lists)
    villages = sum(len(each.villages) for each in listed.lists)
    details = {"teams": len(listed.lists), "villages": villages, "households": households, "out": str(folder)}
    click.echo(sentence("draw.assignments_written", details, language()))


@click.command("r-script")
@manifest_argument
@frame_option
@folder_option
@click.option(
    "--fieldwork", "fieldwork_path", type=existing, help="fieldwork.csv：启用了哪些备选户 / which reserves opened"
)
def r_script(*, manifest_path: Path, frame_path: Path, folder: Path, fieldwork_path: Path | None) -> None:
    """在 R 的 survey 包里重建抽样设计：sample.csv 和 design.R / rebuild the design in R's package survey."""
    manifest, frame = _draw_with_frame(manifest_path, frame_path)
    opened = frozenset[str]() if fieldwork_path is None else _opened_reserves(fieldwork_path)
    design = r_design(manifest, opened)
    with DuckDBEngine(frame) as engine:
        attributes = attributes_of(engine, frame, manifest.stages[-1])
    made = {
        SAMPLE: sample_csv(design, manifest, frame.levels, attributes),
        SCRIPT: script_text(design, manifest, frame.levels).encode("utf-8"),
    }
    _write(folder, made)
    for note in design.notes:
        click.echo(sentence(note.code, note.details, language()))


def _write(folder: Path, made: Mapping[str, bytes]) -> None:
    """Write files that name the households of a draw, for their owner alone, into a folder made if need be.

    Raises
    ------
    ConflictError
        ``draw.file_stands`` with the first of them that is there already; nothing is written.
    """
    for name in made:
        if (folder / name).exists():
            raise ConflictError("draw.file_stands", file=str(folder / name))
    folder.mkdir(exist_ok=True)
    for name, content in made.items():
        write_new(folder / name, content, private=True)
        click.echo(str(folder / name))


def _draw_with_frame(manifest_path: Path, frame_path: Path) -> tuple[Manifest, Frame]:
    """Read a manifest and the frame it was drawn from; another edition would give its units other values.

    Raises
    ------
    SamplingError
        ``draw.frame_not_of_draw``, ``draw.stages_differ``
    """
    manifest = Manifest.from_json(read_text(manifest_path), manifest_path.name)
    frame = open_frame(frame_path)
    refuse_other_frame(manifest, design_in(manifest.design), frame)
    return manifest, frame


def _opened_reserves(path: Path) -> frozenset[str]:
    """Read which households stand beside another one.

    Raises
    ------
    InvalidError
        ``draw.fieldwork_columns``
    """
    reader = csv.DictReader(io.StringIO(read_text(path).removeprefix("\ufeff"), newline=""))
    wanted = ("unit_id", "opened", "replaces")
    if not set(wanted) <= set(reader.fieldnames or ()):
        raise InvalidError("draw.fieldwork_columns", file=path.name, columns=", ".join(wanted))
    return frozenset(row["unit_id"] for row in reader if row["opened"] == "1" and row["replaces"])


def _opened(manifest: Manifest, frame: Frame, teams_path: Path | None) -> dict[str, Opened]:
    """Return the units of the last stage but its reserves, each with its team."""
    stage = manifest.stages[-1]
    with DuckDBEngine(frame) as engine:
        attributes = attributes_of(engine, frame, stage)
    teams = {} if teams_path is None else read_teams(teams_path)
    ids = [level.id for level in frame.levels]
    places = {unit.id: [str(attributes[unit.id].get(name) or "") for name in ids] for unit in stage.units}
    if teams_path is not None:
        refuse_unknown(teams, frozenset(place for each in places.values() for place in each), teams_path)
    return {
        unit.id: Opened(_team(teams, places[unit.id]), attributes=attributes[unit.id])
        for unit in stage.units
        if unit.sample_type != RESERVE
    }


def _team(teams: Mapping[str, str], places: list[str]) -> str:
    """Return the team of the innermost unit that has one."""
    return next((teams[place] for place in reversed(places) if place in teams), "")


def _files(listed: Listed, *, pdf: bool) -> Iterator[tuple[str, bytes]]:
    """Yield the files of each team: tables, the page to print, its PDF."""
    from reports.visits import visits_page  # noqa: PLC0415 (what lays out loads for a second)

    for number, each in enumerate(listed.lists, start=1):
        alone = Listed((each,), listed.levels)
        name = _file_name(each.team, number, len(listed.lists))
        yield from ((f"{name}.{ending}", write(alone, language())) for ending, write in TABLES.items())
        yield f"{name}.html", visits_page([each]).encode("utf-8")
        if pdf:
            from reports.visits_pdf import visits_pdf  # noqa: PLC0415 (as above)

            yield f"{name}.pdf", visits_pdf([each])


def _file_name(team: str, number: int, of: int) -> str:
    """Name a team's files so that every system takes the name, and no two teams have one."""
    plain = re.sub(r"[^\w-]+", "-", team).strip("-")[:40]
    return "assignments" if of == 1 else f"assignments-{number:02d}" + (f"-{plain}" if plain else "")
