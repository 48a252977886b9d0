"""Estimate from files: `evalsvc estimate plan.yaml --out results.json`."""

from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress as Bar

from evalsvc.errors import InvalidError
from evalsvc.results.export import ENDINGS, write_results
from evalsvc.terminal import language
from evalsvc.words import sentence
from sampling.errors import Complaint
from sampling.estimate import DataRefusedError, Plan, Results, load_plan, read_table, run_plan

existing = click.Path(exists=True, dir_okay=False, path_type=Path)
new = click.Path(dir_okay=False, path_type=Path)

REMARKS = ("given_first_stage_unit", "certainty_clusters", "all_or_none", "design_effect_taken_as_1")
"""Flags of a row that its columns do not say already."""


@click.command("estimate")
@click.argument("plan_path", metavar="PLAN", type=existing)
@click.option("--data", "data_path", type=existing, help="数据文件，代替方案里的 data / instead of the plan's data")
@click.option(
    "--out", "out_paths", type=new, multiple=True, help="结果文件 .json .csv .xlsx .md，可多次给出 / repeatable"
)
def estimate(plan_path: Path, data_path: Path | None, out_paths: tuple[Path, ...]) -> None:
    """按分析方案估计 / estimate by an analysis plan.

    不给 --out 时把表格印在终端上。Without --out the table is printed.
    """
    unknown = [path.name for path in out_paths if path.suffix not in ENDINGS]
    if unknown:
        raise click.UsageError(f"{', '.join(unknown)}: {', '.join(ENDINGS)}")
    plan = _plan(plan_path)
    results = _estimated(plan, _data(plan, plan_path, data_path))
    for path in out_paths:
        path.write_bytes(write_results(results, path.suffix))
    if not out_paths:
        click.echo(write_results(results, ".md").decode("utf-8"), nl=False)
    for row in results.rows:
        details = {"id": row.id, "domain": ", ".join(row.domain.values())}
        remarks = [f"estimate.flag.{flag}" for flag in row.flags if flag in REMARKS]
        for code in [*remarks, *([str(row.reason)] if row.reason else [])]:
            click.echo(f"{row.id} {details['domain']}: {sentence(code, details, language())}", err=True)


def _plan(path: Path) -> Plan:
    try:
        reading = load_plan(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        raise InvalidError("results.encoding", file=path.name, row=1) from None
    if reading.plan is None:
        complaints = [
            Complaint(each.code, path.name, details={"file": path.name, **each.details}) for each in reading.complaints
        ]
        raise InvalidError("results.plan_refused", complaints, file=path.name, count=len(complaints))
    return reading.plan


def _data(plan: Plan, plan_path: Path, given: Path | None) -> Path:
    """Return the data file: the one given, else the plan's, which counts from the plan's folder."""
    if given is not None:
        return given
    if plan.data is None:
        raise InvalidError("results.no_data", file=plan_path.name)
    return plan_path.parent / plan.data


def _estimated(plan: Plan, data: Path) -> Results:
    console = Console(stderr=True)
    try:
        with Bar(console=console, transient=True, disable=not console.is_terminal) as bar:
            task = bar.add_task("estimate", total=len(plan.statements))
            return run_plan(plan, read_table(data), lambda done, total: bar.update(task, completed=done, total=total))
    except DataRefusedError as error:
        complaints = [
            Complaint(each.code, data.name, details={"file": data.name, **each.details}) for each in error.complaints
        ]
        raise InvalidError("results.data_refused", complaints, file=data.name, count=len(complaints)) from None
