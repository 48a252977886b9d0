"""`evalsvc design simulate`: repeat a draw with assumed rates, and tell what such a survey can decide."""

import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path

import click
from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from evalsvc.draws.simulating import Carried, carry_out
from evalsvc.errors import InvalidError
from evalsvc.frames.design_reading import read_design
from evalsvc.given_paths import existing, new
from evalsvc.terminal import INTERRUPTED, language
from evalsvc.text_files import read_text
from evalsvc.words import sentence
from sampling.frame import open_frame
from sampling.simulate import DomainReport, Report, Share, Simulator, Spread, load_pattern, summarise

PRECISION = (
    "indicator",
    "domain",
    "true",
    "mean",
    "bias",
    "true_se",
    "estimated_se",
    "half_width",
)
INTERVALS = ("indicator", "domain", "coverage", "effective")
TOTALS = ("indicator", "domain", "true", "mean", "bias", "true_se", "estimated_se", "coverage")
"""Columns of the printed tables, which fit a terminal of 80 columns: errors and kinds stand below what they are of."""
VERDICTS = {"达标": "meets", "不能判定": "undecided", "不达标": "misses"}
"""The word of each verdict."""


@click.command("simulate")
@click.argument("design_path", metavar="DESIGN", type=existing)
@click.option("--frame", "frame_path", type=existing, required=True, help="frame.parquet")
@click.option(
    "--rates", "rates_path", type=existing, required=True, help="假定的真实率 / rates.yaml, assumed true rates"
)
@click.option(
    "--runs", type=click.IntRange(2, 1_000_000), default=500, show_default=True, help="重复次数 / repetitions"
)
@click.option("--seed", default="1", show_default=True, help="任意文字，同样的种子得同样的结果 / any text")
@click.option("--state", type=new, help="逐次保存，中断后接着算 / keeps every run; goes on where it stopped")
@click.option("--json", "as_json", is_flag=True, help="机器可读输出 / print JSON")
def simulate(
    *,
    design_path: Path,
    frame_path: Path,
    rates_path: Path,
    runs: int,
    seed: str,
    state: Path | None,
    as_json: bool,
) -> None:
    """模拟：反复抽取，看精度、覆盖率和各种结论的机会 / repeat the draw: precision, coverage, verdicts.

    Ctrl-C 停下时，已完成的各次照样汇总 / after Ctrl-C what is done is summed up.
    """
    frame = open_frame(frame_path)
    design = read_design(read_text(design_path), design_path.name, frame)
    reading = load_pattern(read_text(rates_path), design, rates_path.name)
    if reading.pattern is None:
        raise InvalidError("simulate.rates_faulty", reading.complaints, file=rates_path.name)
    with Simulator(design, frame, reading.pattern, seed, file=rates_path.name) as simulator:
        key = simulator.key(version("evalsvc"))
        carried = _with_progress(simulator, runs, key, state)
        numbers = range(len(reading.pattern.indicators))
        likeness = {reading.pattern.indicators[i].id: simulator.population.likeness(i) for i in numbers}
        report = summarise(reading.pattern, simulator.quantities, carried.records, likeness)
    if as_json:
        about = {"ok": True, "asked": runs, "kept": carried.kept, "interrupted": carried.interrupted, "seed": seed}
        value = {**about, "key": key, "title": reading.pattern.title, **asdict(report)}
        click.echo(json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False))
    else:
        _print(report)
    if carried.interrupted:
        click.echo(sentence("simulate.stopped", {"done": report.runs, "runs": runs}, language()), err=True)
        sys.exit(INTERRUPTED)


def _with_progress(simulator: Simulator, runs: int, key: str, state: Path | None) -> Carried:
    """Carry the runs out with a bar on the error stream."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty(), transient=True) as bar:
        task = bar.add_task(_word("running"), total=runs)
        return carry_out(simulator, runs, key, state, lambda done: bar.update(task, completed=done))


def _print(report: Report) -> None:
    """Print how the runs went, then precision, verdicts and totals of every domain."""
    details = {
        name: _number(getattr(report, name).value) for name in ("main", "reserves_opened", "responded", "ineligible")
    }
    click.echo(sentence("simulate.workload", {"runs": report.runs, **details}, language()))
    for indicator, likeness in report.likeness.items():
        if likeness is not None:
            click.echo(sentence("simulate.likeness", {"indicator": indicator, "icc": f"{likeness:.3f}"}, language()))
    console = Console()
    rates = [each for each in report.domains if each.quantity.kind == "rate"]
    console.print(_table("precision", PRECISION, (_precision_cells(each) for each in rates)))
    console.print(_table("intervals", INTERVALS, map(_interval_cells, rates)))
    judged = [each for each in rates if each.verdicts]
    if judged:
        names = [_word(VERDICTS[verdict]) for verdict in judged[0].verdicts]
        console.print(
            _table("verdicts", ("indicator", "domain", "true", "truth"), map(_verdict_cells, judged), extra=names)
        )
    totals = [each for each in report.domains if each.quantity.kind != "rate"]
    if totals:
        console.print(_table("totals", TOTALS, map(_total_cells, totals)))
    _print_reasons(report.domains)
    click.echo(sentence("simulate.legend", {}, language()))


def _table(title: str, heads: Sequence[str], rows: Iterable[Sequence[str]], extra: Sequence[str] = ()) -> Table:
    table = Table(title=_word(f"table.{title}"), title_justify="left", header_style="bold", box=SIMPLE_HEAD)
    for place, head in enumerate([*map(_word, heads), *extra]):
        named = place < 2
        table.add_column(
            head, justify="left" if named else "right", overflow="fold", min_width=cell_len(head) if named else None
        )
    for row in rows:
        table.add_row(*row)
    return table


def _precision_cells(each: DomainReport) -> list[str]:
    figures = (each.mean, each.bias, each.true_se, each.estimated_se, each.half_width)
    about = [each.quantity.indicator, _domain(each), _percent(each.quantity.true)]
    return [*about, *map(_spread, figures)]


def _interval_cells(each: DomainReport) -> list[str]:
    return [each.quantity.indicator, _domain(each), _share(each.coverage), _number(each.effective)]


def _verdict_cells(each: DomainReport) -> list[str]:
    about = [each.quantity.indicator, _domain(each), _percent(each.quantity.true), _word(each.truth or "")]
    return [*about, *map(_share, each.verdicts.values())]


def _total_cells(each: DomainReport) -> list[str]:
    figures = (each.mean, each.bias, each.true_se, each.estimated_se)
    named = f"{each.quantity.indicator}\n{_word(each.quantity.kind)}"
    about = [named, _domain(each), _number(each.quantity.true)]
    return [*about, *(_plain_spread(figure) for figure in figures), _share(each.coverage)]


def _print_reasons(domains: Sequence[DomainReport]) -> None:
    """Say of every domain how many runs gave no figures or no interval, and why."""
    for each in domains:
        for reason, count in each.reasons.items():
            details = {"indicator": each.quantity.indicator, "domain": _domain(each), "count": count}
            told = {**details, "kind": _word(each.quantity.kind), "reason": sentence(reason, {}, language())}
            click.echo(sentence("simulate.without_figures", told, language()))


def _domain(each: DomainReport) -> str:
    return "/".join(each.quantity.domain.values()) or _word("everywhere")


def _word(name: str) -> str:
    return sentence(f"draw.simulate.{name}", {}, language())


def _percent(value: float | None) -> str:
    return "—" if value is None else f"{100 * value:.2f} %"


def _number(value: float | None) -> str:
    return "—" if value is None else f"{value:,.0f}"


def _spread(figure: Spread) -> str:
    """Write a rate with its Monte-Carlo error."""
    if figure.value is None or figure.error is None:
        return _percent(figure.value)
    return f"{100 * figure.value:.2f} %\n±{100 * figure.error:.2f}"


def _plain_spread(figure: Spread) -> str:
    """Write a total with its Monte-Carlo error."""
    if figure.value is None or figure.error is None:
        return _number(figure.value)
    return f"{figure.value:,.1f}\n±{figure.error:,.1f}"


def _share(share: Share) -> str:
    """Write a share of runs with its Monte-Carlo limits."""
    if share.value is None or share.low is None or share.high is None:
        return "—"
    return f"{100 * share.value:.1f} %\n{100 * share.low:.1f}–{100 * share.high:.1f}"
