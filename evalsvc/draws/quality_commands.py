"""Say how well a balanced or spread draw does what it was chosen for: `evalsvc draw quality`."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

import click

from evalsvc.given_paths import existing
from evalsvc.terminal import language
from evalsvc.text_files import read_text
from evalsvc.words import sentence, term
from sampling.draw_quality import PLAIN_DRAWS, ColumnBalance, GroupQuality, draw_quality
from sampling.frame import open_frame
from sampling.manifest import Manifest

MOST_TOLD = 20
"""Groups told on a terminal, those furthest off first; --json gives them all."""


@click.command("quality")
@click.argument("manifest_path", metavar="MANIFEST", type=existing)
@click.option("--frame", "frame_path", type=existing, required=True, help="frame.parquet")
@click.option("--json", "as_json", is_flag=True, help="机器可读输出 / print JSON")
def quality(manifest_path: Path, frame_path: Path, *, as_json: bool) -> None:
    """平衡抽取与真值差多少，散布是否均匀 / how near a balanced draw is to its totals, how even a spread one."""
    manifest = Manifest.from_json(read_text(manifest_path), manifest_path.name)
    found = draw_quality(manifest, open_frame(frame_path))
    if as_json:
        value = {"plain_draws": PLAIN_DRAWS, "groups": [asdict(group) for group in found]}
        click.echo(json.dumps(value, ensure_ascii=False, indent=1))
        return
    for line in in_words(found, language()):
        click.echo(line)


def in_words(found: Sequence[GroupQuality], language: str) -> Iterator[str]:
    """Tell each group, worst first, and what the figures mean."""
    worst = sorted(found, key=_worth)
    for group in worst[:MOST_TOLD]:
        yield _group(group, language)
        yield from ("  " + _column(each, language) for each in group.columns)
    if len(worst) > MOST_TOLD:
        yield sentence("draw.quality_more", {"count": len(worst) - MOST_TOLD}, language)
    if any(group.columns for group in found):
        yield sentence("draw.quality_balanced", {"draws": PLAIN_DRAWS}, language)
    if any(group.spread for group in found):
        yield sentence("draw.quality_spread", {"draws": PLAIN_DRAWS}, language)


def _worth(group: GroupQuality) -> float:
    """Order groups by how far off they are, as a negative number."""
    off = [abs(each.difference) for each in group.columns if each.difference is not None]
    return -max(off, default=group.spread.balance if group.spread else 0.0)


def _group(group: GroupQuality, language: str) -> str:
    details: dict[str, object] = {
        "stage": term("draw.level", group.stage, language),
        "group": _name(group, language),
        "units": group.units,
        "population": group.population,
    }
    if group.spread is None:
        return sentence("draw.quality_group", details, language)
    details |= {"balance": f"{group.spread.balance:.3f}", "plain": f"{group.spread.plain:.3f}"}
    return sentence("draw.quality_group_spread", details, language)


def _name(group: GroupQuality, language: str) -> str:
    stratum = group.stratum or sentence("draw.explain.undivided", {}, language)
    if group.parent is None:
        return stratum
    return sentence("draw.stratum_in", {"stratum": stratum, "parent": group.parent}, language)


def _column(each: ColumnBalance, language: str) -> str:
    details = {
        "column": each.column,
        "estimated": f"{each.estimated:,.6g}",
        "true": f"{each.true:,.6g}",
        "difference": _percent(each.difference, "+"),
        "plain": _percent(each.plain),
    }
    return sentence("draw.quality_column", details, language)


def _percent(value: float | None, sign: str = "") -> str:
    return "—" if value is None else f"{100 * value:{sign}.2f}%"
