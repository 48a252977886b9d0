"""Commands for those who work without the server: `evalsvc frame check` and `evalsvc frame import`."""

import json
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from evalsvc.errors import InvalidError
from evalsvc.frames.expected import expected_certainties
from evalsvc.frames.keys import key_of_file
from evalsvc.frames.reading import MAPPING_FILE, check_files, offered_mapping
from evalsvc.frames.telling import certainty_lines, note_lines, profile_as_json, profile_lines
from evalsvc.frames.values import CheckedFrame
from evalsvc.given_paths import existing, force_option, new, refuse_existing
from evalsvc.terminal import language
from evalsvc.text_files import read_text
from evalsvc.words import sentence
from sampling.frame import open_frame
from sampling.frame_profile import frame_profile
from sampling.frame_text import FRAME_FILE

mapping_option = click.option("--mapping", "mapping_path", type=existing, help="列名对应表 / mapping.yaml")


key_option = click.option(
    "--identity-key", "key_path", type=existing, help="身份证号散列的密钥文件 / key file of identity hashes"
)
files_argument = click.argument("files", metavar="FILE...", type=existing, nargs=-1, required=True)


@click.group("frame")
def commands() -> None:
    """抽样框：核对、导入 / frames: check a list, import it."""


@commands.command("check")
@files_argument
@mapping_option
@key_option
@click.option("--json", "as_json", is_flag=True, help="机器可读输出 / print JSON")
def check(files: Sequence[Path], mapping_path: Path | None, key_path: Path | None, *, as_json: bool) -> None:
    """核对名单，一次列出全部问题 / check lists and name every problem at once."""
    with tempfile.TemporaryDirectory() as folder:
        checked = _checked(files, mapping_path, key_path, Path(folder) / FRAME_FILE)
    if as_json:
        click.echo(json.dumps(_report(checked), ensure_ascii=False, indent=1))
        return
    _tell(checked)


@commands.command("import")
@files_argument
@mapping_option
@key_option
@click.option("--out", type=new, required=True, help="frame.parquet")
@force_option
def import_lists(
    files: Sequence[Path], mapping_path: Path | None, key_path: Path | None, out: Path, *, force: bool
) -> None:
    """核对并写成抽样框文件 / check lists and write them as a frame."""
    refuse_existing(out, force=force)
    _tell(_checked(files, mapping_path, key_path, out))
    click.echo(sentence("frame.written", {"file": str(out)}, language()))


@commands.command("profile")
@click.argument("file", metavar="FRAME.parquet", type=existing)
@click.option(
    "--design", "design_path", type=existing, help="design.yaml：必定抽中的单位 / units that it is sure to take"
)
@click.option("--json", "as_json", is_flag=True, help="机器可读输出 / print JSON")
def profile(file: Path, design_path: Path | None, *, as_json: bool) -> None:
    """各级单位数、缺项、大小分布、最大的单位 / counts, gaps, how sizes are spread, the largest units."""
    frame = open_frame(file)
    stages: Sequence[Mapping[str, Any]] = ()
    if design_path is not None:
        stages = expected_certainties(read_text(design_path), frame, design_path.name)
    found = frame_profile(frame)
    if as_json:
        told = {"ok": True, "notes": frame.notes.as_json(), "profile": profile_as_json(found)}
        told |= {} if design_path is None else {"certainties": stages}
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
        return
    notes = note_lines(frame.notes, language())
    for line in (*profile_lines(found, language()), *notes, *certainty_lines(stages, language())):
        click.echo(line)


def _checked(files: Sequence[Path], mapping_path: Path | None, key_path: Path | None, out: Path) -> CheckedFrame:
    """Check the files; where columns are missing, print the mapping that would join them."""
    text = "" if mapping_path is None else read_text(mapping_path)
    name = MAPPING_FILE if mapping_path is None else mapping_path.name
    key = None if key_path is None else key_of_file(key_path)
    try:
        return check_files(files, text, out, mapping_name=name, key=key)
    except InvalidError as error:
        offered = offered_mapping(text, error.complaints)
        if offered is not None:
            click.echo(sentence("frame.mapping_offered", {}, language()) + "\n" + offered, err=True)
        raise


def _report(checked: CheckedFrame) -> Mapping[str, Any]:
    return {
        "ok": True,
        "file": checked.source_name,
        "frame_sha256": checked.frame_sha256,
        "encoding": checked.encoding,
        "counts": dict(checked.profile.counts),
        "totals": {name: str(value) for name, value in checked.profile.totals.items()},
        "unused_columns": list(checked.unused_columns),
        "notes": checked.frame.notes.as_json(),
        "profile": profile_as_json(checked.profile),
        "complaints": [],
    }


def _tell(checked: CheckedFrame) -> None:
    for level in checked.frame.levels:
        details = {"level": level.name, "units": checked.profile.counts[level.name]}
        click.echo(sentence("frame.level_counted", details, language()))
    for line in note_lines(checked.frame.notes, language()):
        click.echo(line)
    if checked.unused_columns:
        click.echo(sentence("frame.columns_unused", {"columns": list(checked.unused_columns)}, language()))
    details = {"file": checked.source_name, "frame_sha256": checked.frame_sha256}
    click.echo(sentence("frame.fine", details, language()))
