"""Write how likely each two main units of a draw were to be taken together: `evalsvc draw joint`."""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

import click

from evalsvc.draws.draw_files import refuse_taken
from evalsvc.durable import write_new
from evalsvc.given_paths import existing, new
from evalsvc.terminal import language
from evalsvc.text_files import read_text
from evalsvc.words import sentence, term
from sampling.drawn_groups import Wanted
from sampling.frame import open_frame
from sampling.joint_table import GroupJoint, joint_table
from sampling.manifest import Manifest
from sampling.methods.catalogue import METHODS, Method

HEADER = (
    "stage",
    "parent",
    "stratum",
    "unit_id",
    "other_id",
    "probability",
    "other_probability",
    "joint_probability",
    "joint_method",
)
ROWS_HELD = 10_000
"""Lines that are put together before they are written."""
Told = Counter[tuple[str, Method, str]]
"""Stage, method and joint method: how many pairs, how many groups."""


@click.command("joint")
@click.argument("manifest_path", metavar="MANIFEST", type=existing)
@click.option("--frame", "frame_path", type=existing, required=True, help="frame.parquet")
@click.option("--stage", help="只算这个阶段 / this stage alone")
@click.option("--parent", help="只算这个上级单位之内 / inside this unit of the stage above alone")
@click.option("--stratum", help="只算这一层 / this stratum alone")
@click.option("--out", type=new, default=Path("joint.csv"), show_default=True)
def joint(
    *, manifest_path: Path, frame_path: Path, stage: str | None, parent: str | None, stratum: str | None, out: Path
) -> None:
    """联合入样概率：同一组中每两个抽中的单位一起抽中的概率 / how likely each two drawn units were taken together."""
    refuse_taken(out)
    manifest = Manifest.from_json(read_text(manifest_path), manifest_path.name)
    pairs, groups = Told(), Told()
    found = _counted(joint_table(manifest, open_frame(frame_path), Wanted(stage, parent, stratum)), pairs, groups)
    write_new(out, _lines(found))
    for line in _in_words(manifest, pairs, groups):
        click.echo(line)
    details = {"out": str(out), "pairs": pairs.total(), "groups": groups.total()}
    click.echo(sentence("draw.joint_written", details, language()))


def _counted(found: Iterable[GroupJoint], pairs: Told, groups: Told) -> Iterator[GroupJoint]:
    """Count groups and their pairs as they go by."""
    for group in found:
        key = group.stage, group.method, group.joint_method
        groups[key] += 1
        pairs[key] += len(group.units) * (len(group.units) - 1) // 2
        yield group


def _lines(found: Iterable[GroupJoint]) -> Iterator[bytes]:
    """Write the table, a part at a time; numbers in the shortest form that reads back to the same."""
    yield _csv([HEADER])
    rows = _rows(found)
    while part := list(islice(rows, ROWS_HELD)):
        yield _csv(part)


def _rows(found: Iterable[GroupJoint]) -> Iterator[Sequence[object]]:
    for group in found:
        place, ids = (group.stage, group.parent or "", group.stratum), [unit.id for unit in group.units]
        own = group.joint.diagonal().tolist()
        for one, other, chance in group.pairs():
            yield *place, ids[one], ids[other], own[one], own[other], chance, group.joint_method


def _csv(rows: Iterable[Sequence[object]]) -> bytes:
    buffer = io.StringIO(newline="")
    csv.writer(buffer, lineterminator="\n").writerows(rows)
    return buffer.getvalue().encode("utf-8")


def _in_words(manifest: Manifest, pairs: Told, groups: Told) -> Iterator[str]:
    """Tell of each stage how many pairs there are, how they follow, and how near that is."""
    reserves = {stage.name for stage in manifest.stages if any(unit.sample_type == "reserve" for unit in stage.units)}
    for key, count in groups.items():
        stage, method, joint_method = key
        details = {
            "stage": term("draw.level", stage, language()),
            "groups": count,
            "pairs": pairs[key],
            "method": term("draw.method", method, language()),
            "joint_method": term("draw.joint_method", joint_method, language()),
        }
        yield sentence("draw.joint_stage", details, language())
        if not METHODS[method].joint_known:
            yield sentence("draw.joint_stand_in", details, language())
        by_ticket = METHODS[method].numbers == "tickets"
        if stage in reserves and method != "equal":
            yield sentence("draw.joint_reserves_nearly" if by_ticket else "draw.joint_reserves", details, language())
