"""The edge of the command line: how an error becomes words on a terminal and an exit code.

Exit codes: 0 fine, 1 the data or the check failed, 2 wrong use, 70 a mistake of this program, 130 interrupted.
"""

import json
import os
import re
import sys
import traceback
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

from evalsvc.config import ConfigurationError
from evalsvc.errors import Complaint, coded, complaints_of
from evalsvc.words import sentence
from evalsvc.wrong_use import show_wrong_use

if TYPE_CHECKING:
    from rich.table import Table

FAILED, WRONG_USE, OUR_MISTAKE, INTERRUPTED = 1, 2, 70, 130
MOST_COMPLAINTS, MOST_ALIKE = 200, 20
"""Complaints printed on a terminal, in all and of one code; --json gives them all."""
PLACES = {"file": ("文件", "file"), "sheet": ("工作表", "sheet"), "row": ("行", "row"), "column": ("列", "column")}
"""Where a complaint stands, with the heads of the printed table; sheets only where complaints name them."""
GRADES = {"head": ("级别", "level"), "error": ("错误", "error"), "hint": ("提示", "hint")}
WIDEST_COLUMN = 24


HEADINGS = {"Options": "选项 / Options", "Commands": "命令 / Commands"}
STANDING = {
    "Show this message and exit.": "显示本说明 / show this message and exit",
    "Show the version and exit.": "显示版本 / show the version and exit",
}
"""Words of the library that every help has."""


class HelpFormatter(click.HelpFormatter):
    """Write the library's own words of a help in Chinese first, where the terminal is not English."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """Write the line that shows how a command is called."""
        super().write_usage(prog, args, "用法 / Usage: " if prefix is None and language() == "zh" else prefix)

    def write_heading(self, heading: str) -> None:
        """Write the heading of a section."""
        super().write_heading(HEADINGS.get(heading, heading) if language() == "zh" else heading)

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Write options or commands with what they do."""
        told = rows if language() == "en" else [(name, STANDING.get(words, words)) for name, words in rows]
        super().write_dl(told, col_max, col_spacing)


# The library has one place for it, whatever class a command is of.
click.Context.formatter_class = HelpFormatter


@dataclass(frozen=True)
class Listed:
    """A command that is not loaded yet: its module and attribute, and the line of the help that it has."""

    place: str
    words: str


class Shelf(click.Group):
    """A group that loads a command when it is called: whoever asks for help need not wait for any."""

    def __init__(self, *given: Any, listed: Mapping[str, Listed] | None = None, **options: Any) -> None:
        super().__init__(*given, **options)
        self.listed = listed or {}

    def list_commands(self, ctx: click.Context) -> list[str]:
        """List the commands in the order in which an evaluation needs them, not by letter."""
        return [*self.commands, *self.listed]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load the module of a command."""
        if cmd_name not in self.listed:
            return super().get_command(ctx, cmd_name)
        module, _, name = self.listed[cmd_name].place.partition(":")
        command: click.Command = getattr(import_module(module), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands in the words that stand beside them: nothing is loaded for it."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, each.words) for name, each in self.listed.items()])


class Edge(Shelf):
    """The outermost group: the one place where an exception gets a code."""

    def main(self, args: Sequence[str] | None = None, *given: Any, **options: Any) -> Any:
        """Run a command and end the process with its exit code."""
        arguments = list(sys.argv[1:] if args is None else args)
        options["standalone_mode"] = False
        try:
            sys.exit(super().main(arguments, *given, **options) or 0)
        except (KeyboardInterrupt, click.Abort):
            click.echo("已中断 / interrupted", err=True)
            sys.exit(INTERRUPTED)
        except click.ClickException as error:
            show_wrong_use(error, language())
            sys.exit(WRONG_USE)
        except BrokenPipeError:
            # The reader of our output went away (`| head`); nothing is wrong, and nothing can be written any more.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(FAILED)
        except Exception as error:
            sys.exit(report(error, as_json="--json" in arguments))


def language() -> str:
    """Return the language of this terminal: Chinese unless the system's locale is English of some country."""
    locale = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "en" if locale.startswith("en_") else "zh"


def report(error: Exception, *, as_json: bool) -> int:
    """Tell what went wrong and return the exit code."""
    known = coded(error)
    if known is None and isinstance(error, OSError):
        click.echo(f"{error.strerror or error}: {error.filename or ''}", err=True)
        return FAILED
    if known is None:
        traceback.print_exception(error)
        click.echo(sentence("terminal.unexpected", language=language()), err=True)
        return OUR_MISTAKE
    if as_json:
        click.echo(json.dumps(as_data(error), ensure_ascii=False, indent=1, default=str))
    else:
        click.echo(sentence(known.code, known.details, language()), err=True)
        print_complaints(complaints_of(error))
    return WRONG_USE if isinstance(error, ConfigurationError) else FAILED


def as_data(error: Exception) -> Mapping[str, object]:
    """Return a known error as a machine reads it."""
    known = coded(error)
    if known is None:
        raise TypeError(f"not an error with a code: {error!r}")
    message = sentence(known.code, known.details, language())
    complaints = listed(complaints_of(error))
    return {
        "ok": False,
        "code": known.code,
        "message": message,
        "details": dict(known.details),
        "complaints": complaints,
    }


def listed(complaints: Iterable[Complaint]) -> list[Mapping[str, object]]:
    """Return complaints as a machine reads them."""
    return [
        {"code": each.code, "message": sentence(each.code, each.details, language()), "details": dict(each.details)}
        for each in complaints
    ]


def print_complaints(complaints: Iterable[Complaint], *, of_one_file: bool = False) -> None:
    """Print complaints as a table on the error stream: file, sheet, row, column, what is wrong and what to do.

    Of one file its name is not repeated in every line. Where there are errors and hints each line says which it is.
    """
    found = list(complaints)
    if not found:
        return
    from rich.console import Console  # noqa: PLC0415 (a tenth of a second, and most commands print no table)

    places = [name for name in PLACES if not (name == "file" and of_one_file)]
    places = [name for name in places if name != "sheet" or any(_place(each, name) for each in found)]
    seen: Counter[str] = Counter()
    shown: list[Complaint] = []
    for each in found:
        seen[each.code] += 1
        if seen[each.code] <= MOST_ALIKE and len(shown) < MOST_COMPLAINTS:
            shown.append(each)
    Console(stderr=True).print(_table(shown, places))
    if len(found) > len(shown):
        click.echo(sentence("terminal.more_complaints", {"count": len(found) - len(shown)}, language()), err=True)


def _table(shown: Sequence[Complaint], places: Sequence[str]) -> "Table":
    from rich.markup import escape  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    graded = any(_is_hint(each) for each in shown)
    table = Table(show_lines=False, header_style="bold")
    if graded:
        table.add_column(_head(GRADES["head"]), no_wrap=True)
    for name in places:
        # Headers can be long; the sentence needs the width more.
        table.add_column(_head(PLACES[name]), overflow="fold", max_width=WIDEST_COLUMN if name == "column" else None)
    table.add_column(_head(("问题和办法", "problem and remedy")), overflow="fold")
    for each in shown:
        grade = GRADES["hint" if _is_hint(each) else "error"]
        # Expressions of forms are full of square brackets, which are no markup.
        cells = map(escape, (*(_place(each, name) for name in places), _without_place(each)))
        table.add_row(*((_head(grade),) if graded else ()), *cells)
    return table


def _is_hint(complaint: Complaint) -> bool:
    return getattr(complaint, "severity", "error") == "warning"


def _head(words: tuple[str, str]) -> str:
    return words[language() == "en"]


def _without_place(complaint: Complaint) -> str:
    """Write what is wrong; file and row have columns of their own and are not said again in front."""
    told = sentence(complaint.code, complaint.details, language())
    file, row = re.escape(_place(complaint, "file")), re.escape(_place(complaint, "row"))
    return re.sub(rf"^{file}( 第 {row} 行[：，的]?|：|, (line|row) {row}: |: )", "", told) if file else told


def _place(complaint: Complaint, name: str) -> str:
    value = getattr(complaint, name, None) or complaint.details.get(name)
    if value is None and name == "column":
        value = getattr(complaint, "path", None)
    return "" if value is None else str(value)
