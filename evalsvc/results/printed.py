"""Results on a terminal: a table for each statement, in the reader's language, with its remarks as notes below."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from evalsvc.results.notes import POINT_RULE, remark_codes
from evalsvc.results.numerals import degrees, figure, p_value
from evalsvc.words import sentence
from sampling.estimate import EstimateRow, Plan, Results, Statement

VERDICTS = {"达标": "passes", "不达标": "fails", "不能判定": "undecided"}
"""The name of each verdict's word."""
UNBROKEN = re.compile(r"[“（]*(?:[!-~]+(?: %)?|[^!-~“（ ])[，。；：、”）]*[ ]*|[“（ ]+")
"""What no line is broken in: a word of Latin letters or one Chinese sign, with the punctuation that belongs to it."""
NONE = "—"
GAP = 2
"""Blanks between two columns."""
NARROWEST_LABEL = 8
"""No column of labels is folded below this width."""


@dataclass(frozen=True)
class Column:
    """Hold a column of one statement's table: its head and its cells, as they are printed."""

    head: str
    cells: tuple[str, ...]
    width: int
    is_label: bool = False


def print_results(results: Results, plan: Plan, console: Console, language: str) -> None:
    """Print the rows statement by statement, then what their notes stand for."""
    numbers: dict[str, int] = {}
    families = {family.id: family for family in results.families if family.verdicts > 1}
    for statement in plan.statements:
        rows = [row for row in results.rows if row.id == statement.id]
        for row in rows:
            for code in remark_codes(row, without=POINT_RULE):
                numbers.setdefault(code, len(numbers) + 1)
        _print_statement(statement, rows, numbers, console, language)
        if family := families.get(statement.id):
            console.print(Text(sentence("results.verdicts_counted", family.as_json(), language)))
            console.print()
    _print_notes(numbers, console, language)


def _print_statement(
    statement: Statement, rows: Sequence[EstimateRow], numbers: Mapping[str, int], console: Console, language: str
) -> None:
    subjects = list(dict.fromkeys(row.variable for row in rows))
    labels = _labels(rows, language)
    # What every row would repeat is said once, in the heading, unless a formula stands there.
    told = subjects[0] if len(subjects) == 1 and len(labels) > 1 and statement.formula is None else None
    if told is not None:
        labels = labels[1:]
    about = _about(statement, told, language)
    if any(row.low is not None or row.high is not None for row in rows):
        about += _separator(language) + _interval(statement, language)
    console.print(Text(statement.id, style="bold"))
    for line in wrapped(about, console.width):
        console.print(Text(line))
    parts = _parts(labels, _figures(rows, language), _notes(rows, numbers, language), console.width)
    for place, part in enumerate(parts):
        if place:
            console.print(Text(sentence("results.heading.continued", {"id": statement.id}, language), style="bold"))
        console.print(_table(part))
        console.print()


def _about(statement: Statement, subject: str | None, language: str) -> str:
    """Say what a statement estimates, of whom, and held against which threshold."""
    kind = sentence(f"results.statistic.{statement.statistic}", {}, language)
    which = statement.test or (statement.family if statement.statistic == "glm" else None)
    stated = statement.expression or statement.formula
    parts = [
        " ".join(part for part in (kind, which and f"({which})", subject or (stated.text if stated else None)) if part)
    ]
    if statement.where is not None:
        parts.append(sentence("results.heading.where", {"condition": statement.where.text}, language))
    if threshold := statement.threshold:
        details = {"value": f"{threshold.value:.10g}", "alpha": f"{threshold.alpha:g}"}
        code = f"results.heading.threshold_{threshold.side}"
        parts.append(sentence(code, details, language))
    return _separator(language).join(parts)


def _interval(statement: Statement, language: str) -> str:
    interval = statement.interval
    side = "" if interval.side == "two" else f"_{interval.side}"
    details = {"level": f"{100 * interval.level:g}", "method": interval.method}
    code = f"results.heading.interval{side}"
    return sentence(code, details, language)


def _separator(language: str) -> str:
    return "; " if language == "en" else "；"


def _labels(rows: Sequence[EstimateRow], language: str) -> list[Column]:
    """Give the columns that say what a row is about: variable, level, each column of the domain, p."""
    domains = dict.fromkeys(name for row in rows for name in row.domain)
    named: list[tuple[str, list[str | None]]] = [
        (_head("variable", language), [row.variable for row in rows]),
        (_head("level", language), [row.level for row in rows]),
        *((name, [row.domain.get(name) for row in rows]) for name in domains),
        (_head("p", language), [None if row.p is None else f"{row.p:g}" for row in rows]),
    ]
    return [_column(head, cells, is_label=True) for head, cells in named if any(cell is not None for cell in cells)]


def _figures(rows: Sequence[EstimateRow], language: str) -> list[Column]:
    """Give the columns of figures that have any, the weightier ones first."""
    written: dict[str, list[str | None]] = {
        "estimate": [_written(row.estimate, figure) for row in rows],
        "se": [_written(row.se, figure) for row in rows],
        "low": [_written(row.low, figure) for row in rows],
        "high": [_written(row.high, figure) for row in rows],
        "statistic": [_written(row.statistic, figure) for row in rows],
        "p_value": [_written(row.p_value, p_value) for row in rows],
        "bound": [_written(row.bound, figure) for row in rows],
        "verdict": [_verdict(row, language) for row in rows],
        "point_rule": [_point_rule(row, language) for row in rows],
        "df_numerator": [_written(row.df_numerator, degrees) for row in rows],
        "df": [_written(row.df, degrees) for row in rows],
        "n": [_written(row.n, figure) for row in rows],
        "n_effective": [_written(row.n_effective, figure) for row in rows],
        "deff": [_written(row.deff, figure) for row in rows],
        "cv": [_written(row.cv, figure) for row in rows],
    }
    # That there is no estimate is said, too, but not of tests, which have none.
    wanted = "statistic" if any(written["statistic"]) else "estimate"
    shown = {name: cells for name, cells in written.items() if any(cells) or name == wanted}
    return [_column(_head(name, language), cells) for name, cells in shown.items()]


def _notes(rows: Sequence[EstimateRow], numbers: Mapping[str, int], language: str) -> list[Column]:
    """Give the column with the numbers of the rows' notes, if they have any."""
    told = [sorted(numbers[code] for code in remark_codes(row, without=POINT_RULE)) for row in rows]
    cells = [" ".join(map(str, each)) for each in told]
    return [_column(_head("notes", language), cells, missing="")] if any(cells) else []


def _parts(
    labels: Sequence[Column], figures: Sequence[Column], notes: Sequence[Column], width: int
) -> Iterator[list[Column]]:
    """Split the columns into tables that fit the width, each with the labels; the first holds the notes."""
    labels = _folded(labels, width)
    taken = sum(label.width + GAP for label in labels)
    last = [*notes]
    used = taken + sum(column.width + GAP for column in last)
    part: list[Column] = []
    for column in figures:
        if part and used + column.width > width:
            yield [*labels, *part, *last]
            part, last, used = [], [], taken
        part.append(column)
        used += column.width + GAP
    yield [*labels, *part, *last]


def _folded(labels: Sequence[Column], width: int) -> list[Column]:
    """Narrow long labels until half of the width is left to the figures; they are folded, not cut."""
    if sum(label.width + GAP for label in labels) <= width // 2:
        return list(labels)
    room = max(NARROWEST_LABEL, width // 2 // len(labels) - GAP)
    return [replace(label, width=min(label.width, room)) for label in labels]


def _table(columns: Sequence[Column]) -> Table:
    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 0, 0, GAP - 1), header_style="bold")
    for column in columns:
        table.add_column(
            Text(column.head),
            justify="left" if column.is_label else "right",
            overflow="fold",
            min_width=column.width,
            max_width=column.width,
        )
    for cells in zip(*(column.cells for column in columns), strict=True):
        # Labels of a survey may hold square brackets, which are no markup.
        table.add_row(*map(Text, cells))
    return table


def _print_notes(numbers: Mapping[str, int], console: Console, language: str) -> None:
    if not numbers:
        return
    console.print(Text(sentence("results.notes_heading", {}, language), style="bold"))
    room = len(str(len(numbers)))
    for code, number in numbers.items():
        first, *others = wrapped(sentence(code, {}, language), console.width - room - 1)
        console.print(Text(f"{number:>{room}} {first}"))
        for line in others:
            console.print(Text(f"{'':{room}} {line}"))


def wrapped(text: str, width: int) -> list[str]:
    """Break a text into lines of at most a width: Chinese between any two signs, none begins with a closing one."""
    lines = [""]
    for part in UNBROKEN.findall(text):
        if cell_len(lines[-1] + part.rstrip()) > width and lines[-1]:
            lines.append("")
        lines[-1] += part
    return [line.strip() for line in lines]


def _column(head: str, cells: Sequence[str | None], *, is_label: bool = False, missing: str = NONE) -> Column:
    texts = tuple(cell or missing for cell in cells)
    # A head of figures is folded at its blanks, a label's head only where the label itself is.
    words = [head] if is_label else head.split()
    return Column(head, texts, max(map(cell_len, (*words, *texts))), is_label)


def _head(name: str, language: str) -> str:
    return sentence(f"results.head.{name}", {}, language)


def _written(value: float | None, write: Callable[[float], str]) -> str | None:
    return None if value is None else write(value)


def _verdict(row: EstimateRow, language: str) -> str | None:
    return row.verdict and sentence(f"results.verdict.{VERDICTS[row.verdict]}", {}, language)


def _point_rule(row: EstimateRow, language: str) -> str | None:
    """Give the official rule's verdict, which compares the estimate itself."""
    told = [flag for flag in row.flags if flag in POINT_RULE]
    return sentence(f"results.point_rule.{told[0]}", {}, language) if told else None
