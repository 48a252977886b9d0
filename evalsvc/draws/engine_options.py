"""Let a command be told which engine reads the frame."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import click

from sampling.engines import ENGINES, engine_named


def engine_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command `--engine` and `--master`; it receives `engine`, which opens the one chosen."""

    @click.option(
        "--engine",
        "engine_name",
        type=click.Choice(ENGINES),
        default=ENGINES[0],
        show_default=True,
        help="计算引擎，抽出的样本相同 / what reads the frame; the sample is the same",
    )
    @click.option(
        "--master", help="Spark 的地址，缺省为本机 / where Spark runs, else on this machine: spark://HOST:7077"
    )
    @wraps(command)
    def chosen(*, engine_name: Any, master: str | None, **given: Any) -> None:
        if master is not None and engine_name != "spark":
            raise click.UsageError("--master 只用于 --engine spark / --master goes with --engine spark")
        command(engine=engine_named(engine_name, master), **given)

    return chosen
