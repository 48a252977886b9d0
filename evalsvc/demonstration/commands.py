"""`evalsvc demo`: one evaluation, end to end, in one command."""

import shutil
import signal
from pathlib import Path

import click
from rich.console import Console

from evalsvc.demonstration.folder import Folder, prepared
from evalsvc.demonstration.run import run
from evalsvc.demonstration.scenario import SCALES
from evalsvc.demonstration.show import Show
from evalsvc.demonstration.summary import print_summary
from evalsvc.terminal import FAILED

NARROWEST = 100
"""Columns of a table where the terminal does not say how wide it is."""


@click.command("demo")
@click.option(
    "--dir",
    "directory",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="结果文件夹，完成后才替换旧的 / where the result stands; an old one is replaced at the end",
)
@click.option(
    "--scale",
    type=click.Choice(tuple(SCALES)),
    default="full",
    show_default=True,
    help="small 只用几个村，供测试 / a few villages, for tests",
)
def demo(directory: Path, scale: str) -> None:
    """演示：用模拟数据把一次评估从头到尾走一遍 / one evaluation, end to end, with simulated data."""
    # A polite end from outside takes the same way as Ctrl-C: the server is stopped, half a folder is removed.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    console = _console()
    try:
        with prepared(directory) as folder:
            _say_how_it_starts(console, folder)
            outcome = run(folder.work, SCALES[scale], Show(console))
    except KeyboardInterrupt:
        console.print("已中断，没有留下半成品；再次运行将从头开始。 / interrupted, nothing half done is left.")
        raise
    print_summary(console, outcome, directory)
    if not outcome.checked.ok:
        click.get_current_context().exit(FAILED)


def _console() -> Console:
    width = None if shutil.get_terminal_size((0, 0)).columns else NARROWEST
    return Console(width=width)


def _say_how_it_starts(console: Console, folder: Folder) -> None:
    console.print("[bold]全部为模拟数据[/bold]：住户、访谈和结论均由程序生成，不涉及任何真实住户。", highlight=False)
    if folder.started_anew:
        console.print("上次运行没有完成，其残留已清除，现在从头开始。 / the last run was interrupted; starting anew.")
    if folder.replaces:
        console.print("已有一次完成的结果，本次完成后才会替换它。 / the finished result stays until this one is done.")
