"""`evalsvc design size`: the planner's questions on a terminal, as tables or as JSON."""

import json
from collections.abc import Callable, Mapping
from typing import Any, Literal

import click
from click.core import ParameterSource

from evalsvc.draws import sizing
from evalsvc.draws.sizing import Answer, Costs, Rule, Value, Villages, Worth
from evalsvc.terminal import language
from evalsvc.words import sentence
from sampling.size import ComparisonTest, beta_rates

OPEN_UNIT = click.FloatRange(0, 1, min_open=True, max_open=True)
POSITIVE = click.FloatRange(0, min_open=True)
COUNTS = click.IntRange(1)
SHARES = frozenset(
    {
        "threshold", "level", "rate", "half_width", "standard_error", "demonstrated", "undecided", "failed",
        "point_estimate", "wrong_at_threshold", "point_at_threshold", "point_above_threshold", "power", "difference",
        "nearest_below", "nearest_above", "wrong_among_passed",
    }
)  # fmt: skip
"""Figures that people read as percentages."""
SIDES: Mapping[str, Literal[1, 2]] = {"1": 1, "2": 2}


def _options(*given: Callable[..., Any]) -> Callable[..., Any]:
    def add(function: Callable[..., Any]) -> Callable[..., Any]:
        for option in reversed(given):
            function = option(function)
        return function

    return add


deff = click.option("--deff", type=POSITIVE, default=1.0, show_default=True, help="设计效应 / design effect")
df = click.option("--df", type=POSITIVE, help="自由度：村数减层数 / degrees of freedom: villages less strata")
level = click.option("--level", type=OPEN_UNIT, default=0.95, show_default=True, help="置信水平 / level")
power = click.option("--power", type=OPEN_UNIT, default=0.8, show_default=True, help="把握度 / chance wanted")
threshold = click.option("--threshold", type=OPEN_UNIT, required=True, help="门槛，0.02 = 2 % / threshold")
side = click.option(
    "--side", type=click.Choice(["below", "at-least"]), default="below", show_default=True,
    help="须低于门槛，或不低于门槛 / must stay below it, or reach it",
)  # fmt: skip
method = click.option(
    "--method", type=click.Choice(["exact", "wilson"]), default="exact", show_default=True, help="界限 / bound"
)
interviews = click.option("--interviews", type=COUNTS, required=True, help="计划访问数 / planned interviews")
as_json = click.option("--json", "as_json", is_flag=True, help="机器可读输出 / print JSON")
icc = click.option("--icc", type=click.FloatRange(0, 1), help="村内相关系数 / intra-class correlation in a village")


@click.group("size", invoke_without_command=True)
@click.option("--threshold", type=OPEN_UNIT, help="0.02 = 2 %")
@click.option("--true-rate", type=click.FloatRange(0, 1, max_open=True), help="计划的真实率 / planned true rate")
@click.option("--rate", type=OPEN_UNIT, help="预计的率 / planned rate")
@click.option("--half-width", type=OPEN_UNIT, help="半宽 / half-width")
@click.option("--population", type=COUNTS, help="总体单位数 / units in the population")
@_options(power, deff, df, level, as_json)
@click.pass_context
def size(context: click.Context, /, *, as_json: bool, **given: Any) -> None:
    """算样本量和把握度 / size a sample, and tell what a sample can decide.

    什么都不写 / without options: 常用数字一览 / the usual figures at a glance

    证明类 / demonstrate: --threshold 0.02 --true-rate 0.005 [--power 0.8] [--deff 3]

    精度类 / precision: --rate 0.9 --half-width 0.03 [--deff 2] [--df 28] [--population 9000]

    其他问题用子命令 / for every other question there is a command, see below.
    """
    stated = {name for name in given if context.get_parameter_source(name) is ParameterSource.COMMANDLINE}
    if context.invoked_subcommand is not None:
        if stated or as_json:
            raise click.UsageError("选项写在子命令之后 / options stand after the command")
        return
    worth = Worth(given["deff"], given["df"], given["level"])
    _refuse_mixed(stated)
    if "threshold" in stated:
        _show(sizing.demonstration(Rule(given["threshold"]), worth, given["true_rate"], given["power"]), as_json)
    elif "rate" in stated:
        _show(sizing.precision(given["rate"], given["half_width"], None, worth, given["population"]), as_json)
    else:
        _show(sizing.overview(0.02, worth), as_json)


def _refuse_mixed(stated: set[str]) -> None:
    """Refuse two questions at once, half a question, and what the question does not look at."""
    if "threshold" in stated:
        unused = stated & {"population", "rate", "half_width"}
    elif {"rate", "half_width"} <= stated:
        unused = stated & {"true_rate", "power"}
    elif stated & {"rate", "half_width", "true_rate", "population", "power"}:
        raise click.UsageError(
            "--threshold 与“--rate 加 --half-width”二者取一 / give --threshold, or --rate with --half-width"
        )
    else:
        unused = set()
    names = "、".join(f"--{name.replace('_', '-')}" for name in sorted(unused))
    if names:
        raise click.UsageError(f"这样的计算不用 {names}，请去掉 / this calculation does not use {names}, leave it out")


@size.command("demonstrate")
@_options(threshold, side, method)
@click.option("--true-rate", type=click.FloatRange(0, 1), help="计划的真实率 / planned true rate")
@click.option("--per-village", type=COUNTS, help="每村户数 / households in a village")
@click.option("--strata", type=COUNTS, default=1, show_default=True, help="层数 / strata of villages")
@_options(icc, power, deff, df, level, as_json)
def demonstrate(*, as_json: bool, **given: Any) -> None:
    """证明达标要多少户、多少村 / interviews that demonstrate.

    --threshold 0.02 --true-rate 0.005 --per-village 20 --icc 0.03 --strata 2
    """
    villages = None
    if (given["per_village"] is None) != (given["icc"] is None):
        raise click.UsageError("--per-village 与 --icc 要同时写 / --per-village and --icc go together")
    if given["per_village"] is not None:
        if given["df"] is not None or given["deff"] != 1.0:
            raise click.UsageError(
                "有 --per-village 时，--deff 和 --df 由它算出，请去掉 / "
                "--deff and --df follow from --per-village, leave them out"
            )
        villages = Villages(given["per_village"], given["icc"], given["strata"])
    worth = Worth(given["deff"], given["df"], given["level"])
    _show(sizing.demonstration(_rule(given), worth, given["true_rate"], given["power"], villages), as_json)


@size.command("precision")
@click.option("--rate", type=OPEN_UNIT, required=True, help="预计的率 / planned rate")
@click.option("--half-width", type=OPEN_UNIT, help="半宽 / half-width")
@click.option("--interviews", type=COUNTS, help="或：已定的访问数 / or: interviews that are settled")
@click.option("--population", type=COUNTS, help="总体单位数 / units in the population")
@_options(deff, df, level, as_json)
def precision(*, as_json: bool, **given: Any) -> None:
    """由半宽求访问数，或反过来 / precision of a rate, both ways."""
    if (given["half_width"] is None) == (given["interviews"] is None):
        raise click.UsageError("--half-width 与 --interviews 二者取一 / give --half-width or --interviews")
    worth = Worth(given["deff"], given["df"], given["level"])
    answer = sizing.precision(given["rate"], given["half_width"], given["interviews"], worth, given["population"])
    _show(answer, as_json)


@size.command("curve")
@_options(interviews, threshold, side, method)
@click.option("--rate", "rates", type=click.FloatRange(0, 1), multiple=True, help="真实率，可多写 / true rates")
@_options(deff, df, level, as_json)
def curve(*, as_json: bool, **given: Any) -> None:
    """各种真实率下各种结论的机会 / chance of each verdict."""
    rule, worth = _rule(given), Worth(given["deff"], given["df"], given["level"])
    rates = list(given["rates"]) or sizing.usual_rates(rule)
    _show(sizing.operating(sizing.curve(rule, worth, given["interviews"], rates)), as_json)


@size.command("counties")
@click.option("--counties", type=COUNTS, required=True, help="县数 / counties judged")
@_options(interviews, threshold, side, method)
@click.option("--mean", type=OPEN_UNIT, help="各县真实率的平均 / mean of the counties' true rates")
@click.option("--deviation", type=OPEN_UNIT, help="各县真实率的标准差 / their standard deviation")
@click.option(
    "--share", "shares", metavar="RATE=SHARE", multiple=True, help="或：某真实率的县占几成 / or: shares by rate"
)
@_options(deff, df, level, as_json)
def counties(*, as_json: bool, **given: Any) -> None:
    """多县评估预计有几个错判 / wrong verdicts to be expected.

    --counties 60 --interviews 1000 --threshold 0.02 --deff 2 --mean 0.01 --deviation 0.008
    """
    continuous = given["mean"] is not None and given["deviation"] is not None
    if continuous == bool(given["shares"]) or (given["mean"] is None) != (given["deviation"] is None):
        raise click.UsageError("“--mean 加 --deviation”与 --share 二者取一 / give --mean with --deviation, or --share")
    shares = dict(_share(text) for text in given["shares"])
    if shares and not sum(shares.values()) > 0:
        raise click.UsageError("各份之和须大于 0 / the shares must add up to more than 0")
    rates = beta_rates(given["mean"], given["deviation"]) if continuous else tuple(shares)
    worth = Worth(given["deff"], given["df"], given["level"])
    weights = None if continuous else list(shares.values())
    curve = sizing.curve(_rule(given), worth, given["interviews"], rates)
    _show(sizing.counties(given["counties"], curve, weights), as_json)


def _share(text: str) -> tuple[float, float]:
    """Read `0.01=0.3`."""
    try:
        rate, share = (float(part) for part in text.split("="))
    except ValueError:
        raise click.UsageError(f"--share {text}: 写成 0.01=0.3 / --share {text}: write 0.01=0.3") from None
    if not (0 <= rate <= 1 and 0 <= share < float("inf")):
        raise click.UsageError(
            f"--share {text}: 率在 0 与 1 之间，份额不为负 / --share {text}: rate from 0 to 1, share 0 or more"
        )
    return rate, share


@size.command("compare")
@click.option("--rate", type=OPEN_UNIT, required=True, help="第一个率 / first rate")
@click.option("--other-rate", type=OPEN_UNIT, help="第二个率 / second rate")
@click.option(
    "--interviews", type=COUNTS, multiple=True, help="访问数，两次不同时写两遍 / interviews, twice if unequal"
)
@click.option("--overlap", type=click.FloatRange(0, 1), default=0.0, help="较小样本中两次都在的份额 / share in both")
@click.option("--correlation", type=click.FloatRange(-1, 1), default=0.0, help="重叠单位的相关 / their correlation")
@click.option("--sides", type=click.Choice(list(SIDES)), default="2", show_default=True, help="单侧或双侧 / sides")
@_options(power, deff, df, level, as_json)
def compare(*, as_json: bool, **given: Any) -> None:
    """比较两轮或两县 / compare two rounds or two counties.

    --rate 0.05 --other-rate 0.02            所需访问数 / interviews needed

    --rate 0.05 --other-rate 0.02 --interviews 400   把握度 / power

    --rate 0.05 --interviews 400             能分辨的率 / rates that can be told from it
    """
    numbers = given["interviews"]
    if len(numbers) > 2 or (given["other_rate"] is None and not numbers):
        raise click.UsageError(
            "写 --other-rate 或 --interviews，访问数至多两个 / give --other-rate or one or two sizes"
        )
    test = ComparisonTest(
        given["deff"], given["overlap"], given["correlation"], given["df"], given["level"], SIDES[given["sides"]]
    )
    sizes = None if not numbers else (numbers[0], numbers[-1])
    _show(sizing.comparison(given["rate"], given["other_rate"], sizes, test, given["power"]), as_json)


@size.command("clusters")
@click.option("--icc", type=click.FloatRange(0, 1), required=True, help="村内相关系数 / intra-class correlation")
@click.option("--per-village", "sizes", type=COUNTS, multiple=True, help="每村户数，可多写 / households in a village")
@click.option("--variation", type=click.FloatRange(0), default=0.0, help="各村户数的变异系数 / variation of the sizes")
@click.option(
    "--weights-variation", type=click.FloatRange(0), default=0.0, help="权数的变异系数 / variation of weights"
)
@click.option("--village-cost", type=POSITIVE, help="到一村的费用 / cost of a village")
@click.option("--household-cost", type=POSITIVE, help="访一户的费用 / cost of an interview")
@click.option("--budget", type=POSITIVE, help="总费用 / budget")
@as_json
def clusters(*, as_json: bool, **given: Any) -> None:
    """每村几户最合算 / households in a village: design effect, optimum."""
    stated = [given[name] for name in ("village_cost", "household_cost", "budget")]
    costs = None
    if any(each is not None for each in stated):
        if None in stated:
            raise click.UsageError(
                "--village-cost、--household-cost、--budget 要同时写 / "
                "--village-cost, --household-cost and --budget go together"
            )
        if given["variation"] or given["weights_variation"]:
            raise click.UsageError(
                "按费用求户数时不用变异系数，请去掉 / variation is not used with costs, leave it out"
            )
        costs = Costs(*stated)
    answer = sizing.clusters(given["icc"], given["sizes"], given["variation"], given["weights_variation"], costs)
    _show(answer, as_json)


def _rule(given: dict[str, Any]) -> Rule:
    return Rule(given["threshold"], "lower" if given["side"] == "at-least" else "upper", given["method"])


def _show(answer: Answer, as_json: bool) -> None:
    """Print an answer: the figures line by line, then the tables."""
    if as_json:
        click.echo(json.dumps(answer.as_json(), ensure_ascii=False, indent=1, allow_nan=False))
        return
    for name, value in answer.figures.items():
        click.echo(f"{_word(name)}: {_shown(name, value)}")
    from rich.console import Console  # noqa: PLC0415 (a tenth of a second)
    from rich.table import Table  # noqa: PLC0415

    console = Console()
    for name, rows in answer.tables.items():
        table = Table(title=_word(f"table.{name}"), title_justify="left", header_style="bold")
        for column in rows[0]:
            table.add_column(_word(column), justify="right", overflow="fold")
        for row in rows:
            table.add_row(*(_shown(column, value) for column, value in row.items()))
        console.print(table)


def _word(name: str) -> str:
    return sentence(f"draw.size.{name}", {}, language())


def _shown(name: str, value: Value) -> str:
    """Write a figure as people read it."""
    if value is None:
        return "—"
    if isinstance(value, str):
        return _word(value)
    if isinstance(value, bool):
        return _word("yes") if value else ""
    if name in SHARES:
        return f"{100 * value:.2f} %"
    return f"{value:,}" if isinstance(value, int) else f"{value:,.2f}".rstrip("0").rstrip(".")
