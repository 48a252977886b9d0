"""Commands for those who work without the server: `evalsvc frame check` and `evalsvc frame import`."""

import json
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from evalsvc.errors import InvalidError
from evalsvc.frames.reading import MAPPING_FILE, check_files, offered_mapping
from evalsvc.frames.values import CheckedFrame
from evalsvc.given_paths import existing, force_option, new, refuse_existing
from evalsvc.terminal import language
from evalsvc.text_files import read_text
from evalsvc.words import sentence
from sampling.frame_text import FRAME_FILE

mapping_option = click.option("--mapping", "mapping_path", type=existing, help="列名对应表 / mapping.yaml")


files_argument = click.argument("files", metavar="FILE...", type=existing, nargs=-1, required=True)


@click.group("frame")
def commands() -> None:
    """抽样框：核对、导入 / frames: check a list, import it."""


@commands.command("check")
@files_argument
@mapping_option
@click.option("--json", "as_json", is_flag=True, help="机器可读输出 / print JSON")
def check(files: Sequence[Path], mapping_path: Path | None, as_json: bool) -> None:
    """核对名单，一次列出全部问题 / check lists and name every problem at once."""
    with tempfile.TemporaryDirectory() as folder:
        checked = _checked(files, mapping_path, Path(folder) / FRAME_FILE)
    if as_json:
        click.echo(json.dumps(_report(checked), ensure_ascii=False, indent=1))
        return
    _tell(checked)


@commands.command("import")
@files_argument
@mapping_option
@click.option("--out", type=new, required=True, help="frame.parquet")
@force_option
def import_lists(files: Sequence[Path], mapping_path: Path | None, out: Path, *, force: bool) -> None:
    """核对并写成抽样框文件 / check lists and write them as a frame."""
    refuse_existing(out, force=force)
    _tell(_checked(files, mapping_path, out))
    click.echo(sentence("frame.written", {"file": str(out)}, language()))


def _checked(files: Sequence[Path], mapping_path: Path | None, out: Path) -> CheckedFrame:
    """Check the files; where columns are missing, print the mapping that would join them."""
    text = "" if mapping_path is None else read_text(mapping_path)
    try:
        return check_files(files, text, out, mapping_name=MAPPING_FILE if mapping_path is None else mapping_path.name)
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
        "complaints": [],
    }


def _tell(checked: CheckedFrame) -> None:
    for level in checked.frame.levels:
        details = {"level": level.name, "units": checked.profile.counts[level.name]}
        click.echo(sentence("frame.level_counted", details, language()))
    if checked.unused_columns:
        click.echo(sentence("frame.columns_unused", {"columns": list(checked.unused_columns)}, language()))
    details = {"file": checked.source_name, "frame_sha256": checked.frame_sha256}
    click.echo(sentence("frame.fine", details, language()))
