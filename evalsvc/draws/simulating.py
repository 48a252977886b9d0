"""Carry a simulation out: keep every run as soon as it is done, go on where an earlier one stopped."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from evalsvc.durable import sync_directory
from evalsvc.errors import InvalidError
from evalsvc.text_files import read_text
from sampling.simulate import RunRecord, Simulator, complete_text, read_state, record_line

Progress = Callable[[int], None]
"""Told how many runs are done."""


@dataclass(frozen=True)
class Carried:
    """Hold the runs that are done, how many of them were kept from before, and whether somebody stopped the others."""

    records: tuple[RunRecord, ...]
    kept: int
    interrupted: bool


def carry_out(simulator: Simulator, runs: int, key: str, state: Path | None, progress: Progress) -> Carried:
    """Run until so many are done or Ctrl-C stops it; what is done stays in the state file and in the answer.

    Raises
    ------
    InvalidError
        ``simulate.state_unusable``: the state file is none, or that of another simulation.
    """
    records = _kept(simulator, key, state)
    kept = min(len(records), runs)
    if len(records) >= runs:
        return Carried(tuple(records[:runs]), kept, interrupted=False)
    if state is not None:
        _begin(state, complete_text(key, simulator.seed, records))
    interrupted = False
    try:
        for number in range(len(records), runs):
            record = simulator.run(number)
            if state is not None:
                _add(state, record_line(record))
            records.append(record)
            progress(len(records))
    except KeyboardInterrupt:
        interrupted = True
    return Carried(tuple(records), kept, interrupted)


def _kept(simulator: Simulator, key: str, state: Path | None) -> list[RunRecord]:
    if state is None or not state.exists():
        return []
    reading = read_state(read_text(state), key, simulator.seed, len(simulator.quantities), state.name)
    if reading.complaints:
        raise InvalidError("simulate.state_unusable", reading.complaints, file=state.name)
    return list(reading.records)


def _begin(state: Path, text: str) -> None:
    """Put the file in order, without a line that was cut off; the old one stays until the new one is whole."""
    draft = state.with_name(f".{state.name}.{os.getpid()}")
    draft.write_text(text, encoding="utf-8")
    draft.replace(state)
    sync_directory(state.parent)


def _add(state: Path, line: str) -> None:
    """Add the line of one run; if the machine stops while it is written, the run is done again."""
    with state.open("a", encoding="utf-8") as file:
        file.write(line)
