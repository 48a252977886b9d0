"""Estimate from files: `evalsvc estimate plan.yaml --out results.json`."""

import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import click
from rich.console import Console

from evalsvc.durable import write_whole
from evalsvc.given_paths import existing, force_option, new, refuse_existing
from evalsvc.results.activity import telling
from evalsvc.results.data_remarks import data_remarks
from evalsvc.results.design_words import design_words
from evalsvc.results.export import ENDINGS, write_results
from evalsvc.results.notes import POINT_RULE, remark_codes
from evalsvc.results.plan_files import PlannedData, read_planned, refusing
from evalsvc.results.printed import print_results
from evalsvc.terminal import language
from evalsvc.words import sentence
from sampling.estimate import (
    EstimateRow,
    Plan,
    Results,
    Table,
    plan_sample,
    run_plan,
    summarize,
    unanswered,
    unplaced,
)

MOST_NAMES = 8
"""Rows or domains that one remark names."""


@click.command("estimate")
@click.argument("plan_path", metavar="PLAN", type=existing)
@click.option("--data", "given", type=existing, help="数据文件，代替方案里的 data / instead of the plan's data")
@click.option(
    "--out", "out_paths", type=new, multiple=True, help="结果文件 .json .csv .xlsx .md，可多次给出 / repeatable"
)
@click.option("--design", "only_design", is_flag=True, help="只核对并描述设计，不估计 / describe the design only")
@click.option("--json", "as_json", is_flag=True, help="与 --design 同用，印出 JSON / with --design, print JSON")
@force_option
def estimate(
    plan_path: Path,
    given: Path | None,
    out_paths: tuple[Path, ...],
    *,
    only_design: bool,
    as_json: bool,
    force: bool,
) -> None:
    """按分析方案估计 / estimate by an analysis plan.

    不给 --out 时把表格印在终端上，接管道时为 Markdown。Without --out tables are printed; Markdown in a pipe.
    """
    unknown = [path.name for path in out_paths if path.suffix not in ENDINGS]
    if unknown:
        names, endings = "、".join(unknown), "、".join(ENDINGS)
        raise click.UsageError(
            f"不能写成 {names}，文件名的结尾须是 {endings} 之一 / "
            f"{', '.join(unknown)}: a file's name has to end in one of {', '.join(ENDINGS)}"
        )
    if as_json and not only_design:
        raise click.UsageError("--json 只与 --design 同用，结果用 --out results.json / --json goes with --design")
    if only_design and out_paths:
        raise click.UsageError("--design 不估计，不与 --out 同用 / --design estimates nothing, so there is no --out")
    refuse_existing(*out_paths, force=force)
    planned = read_planned(plan_path, given)
    if only_design:
        _describe(planned, as_json=as_json)
        return
    plan, table = planned.plan, planned.table
    with telling() as tell:
        with refusing(planned.data):
            results = run_plan(plan, table, tell, planned.files)
        for number, path in enumerate(out_paths):
            tell("files", number, len(out_paths))
            write_whole(path, write_results(results, path.suffix))
    noted = _told(results, plan, out_paths)
    missed = (*_without_rows(plan, table), *_without_domain(plan, table))
    for remark in (*(() if noted else _remarks(results)), *_families(results), *missed, *data_remarks(plan, table)):
        click.echo(remark, err=True)


def _describe(planned: PlannedData, *, as_json: bool) -> None:
    """Compile the design, check the statements' columns, and show what was compiled."""
    with telling() as tell, refusing(planned.data):
        summary = summarize(plan_sample(planned.plan, planned.table, tell, planned.files))
    if as_json:
        click.echo(json.dumps(summary.as_json(), ensure_ascii=False, indent=2))
        return
    for line in design_words(summary, planned.plan.design.lonely_psu, language()):
        click.echo(line)


def _told(results: Results, plan: Plan, written: Sequence[Path]) -> bool:
    """Name the files that were written, or show the rows; return whether their remarks stand below them already."""
    if written:
        click.echo(sentence("results.written", {"files": [str(path) for path in written]}, language()), err=True)
        return False
    if sys.stdout.isatty():
        print_results(results, plan, Console(), language())
        return True
    click.echo(write_results(results, ".md").decode("utf-8"), nl=False)
    return False


def _remarks(results: Results) -> Iterator[str]:
    """Say in words what flags and reasons stand for, each once with the rows that it is about."""
    about: dict[str, list[str]] = {}
    subjects = {(row.id, row.variable, row.level) for row in results.rows}
    several = Counter(identifier for identifier, _, _ in subjects)
    for row in results.rows:
        for code in remark_codes(row, without=POINT_RULE):
            about.setdefault(code, []).append(_name(row, among_several=several[row.id] > 1))
    for code, names in about.items():
        details = {"rows": _listed(names), "remark": sentence(code, {}, language())}
        yield sentence("results.remark", details, language())


def _families(results: Results) -> Iterator[str]:
    """Say of statements with several verdicts how many may be wrong by chance."""
    for family in results.families:
        if family.verdicts > 1:
            code = "results.verdicts_together" if family.expected_wrong is None else "results.verdicts_each"
            expected = None if family.expected_wrong is None else f"{family.expected_wrong:g}"
            details = {"id": family.id, "count": family.verdicts, "alpha": f"{family.alpha:g}", "expected": expected}
            yield sentence(code, details, language())


def _without_rows(plan: Plan, table: Table) -> Iterator[str]:
    for lost in unanswered(plan, table):
        domains = _listed([",".join(domain.values()) for domain in lost.domains])
        yield sentence("results.without_row", {"id": lost.id, "domains": domains}, language())


def _without_domain(plan: Plan, table: Table) -> Iterator[str]:
    for lost in unplaced(plan, table):
        details = {"id": lost.id, "count": lost.rows, "columns": ", ".join(lost.columns)}
        yield sentence("results.rows_without_domain", details, language())


def _name(row: EstimateRow, *, among_several: bool) -> str:
    """Name a row as its columns do: id, where a statement has several subjects variable and level, domain, p."""
    subject = row.variable if row.level is None else f"{row.variable}={row.level}"
    share = None if row.p is None else f"p={row.p:g}"
    parts = (row.id, subject if among_several else None, ",".join(row.domain.values()), share)
    return " ".join(part for part in parts if part)


def _listed(names: Sequence[str]) -> str:
    more = len(names) - MOST_NAMES
    return "; ".join(names[:MOST_NAMES]) + (f"; … (+{more})" if more > 0 else "")
