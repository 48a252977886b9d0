"""Options that give the manifests of the draws that a draw follows."""

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click

from evalsvc.given_paths import existing
from evalsvc.text_files import read_text
from sampling.other_draws import OtherDraws


def other_draws_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command `--earlier` and `--first-phase` as one argument `others`."""

    @click.option("--earlier", type=existing, help="所沿用抽签号的那次抽取的清单 / manifest that prn_from names")
    @click.option("--first-phase", type=existing, help="第一相的抽取清单 / manifest of the first phase")
    @wraps(command)
    def reading(*, earlier: Path | None, first_phase: Path | None, **given: Any) -> None:
        texts = [None if path is None else read_text(path) for path in (earlier, first_phase)]
        command(**given, others=OtherDraws(*texts))

    return reading
