"""Keep what every run gave, one line each, so that a simulation can stop and go on."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from sampling.errors import Complaint, complain

VERSION = 1


@dataclass(frozen=True)
class Found:
    """Hold what one run found of one quantity; figures are None where they do not exist, and ``reason`` says why."""

    estimate: float | None = None
    se: float | None = None
    low: float | None = None
    high: float | None = None
    verdict: str | None = None
    reason: str | None = None


@dataclass(frozen=True)
class RunRecord:
    """Hold one run: its number, how fieldwork went, and what was found of every quantity, in their order."""

    number: int
    main: int
    reserves_opened: int
    responded: int
    ineligible: int
    found: tuple[Found, ...]


@dataclass(frozen=True)
class StateReading:
    """Hold the runs that a state file keeps, or the complaints that forbid its use."""

    records: tuple[RunRecord, ...]
    complaints: tuple[Complaint, ...]


def state_header(key: str, seed: str) -> str:
    """Write the first line of a state file: what the runs that follow belong to."""
    return json.dumps({"evalsvc_simulation": VERSION, "key": key, "seed": seed}, ensure_ascii=False) + "\n"


def record_line(record: RunRecord) -> str:
    """Write the line of one run; numbers read back to the same doubles."""
    found = [[each.estimate, each.se, each.low, each.high, each.verdict, each.reason] for each in record.found]
    value = [record.number, record.main, record.reserves_opened, record.responded, record.ineligible, found]
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")) + "\n"


def read_state(text: str, key: str, seed: str, quantities: int, file: str) -> StateReading:
    """Read a state file; a last line that was cut off while it was written is left out.

    Returns
    -------
    StateReading
        ``simulate.state_unreadable``: no state file, or a line in its middle is no run; ``simulate.state_differs``: it
        belongs to another design, frame, rates or seed.
    """
    lines = text.split("\n")
    try:
        header = json.loads(lines[0])
        known = isinstance(header, dict) and header.get("evalsvc_simulation") == VERSION
    except ValueError:
        header, known = None, False
    if not known or header is None:
        return StateReading((), (complain("simulate.state_unreadable", file=file, row=1),))
    if (header.get("key"), header.get("seed")) != (key, seed):
        return StateReading((), (complain("simulate.state_differs", file=file),))
    records: list[RunRecord] = []
    for row, line in enumerate(lines[1:-1], start=2):  # what follows the last line feed was not written to its end
        record = _record(line, quantities)
        if record is None or record.number != len(records):
            return StateReading((), (complain("simulate.state_unreadable", file=file, row=row),))
        records.append(record)
    return StateReading(tuple(records), ())


def _record(line: str, quantities: int) -> RunRecord | None:
    """Read the line of one run; None where it is none."""
    try:
        number, main, opened, responded, ineligible, found = json.loads(line)
        counts = (int(number), int(main), int(opened), int(responded), int(ineligible))
        record = RunRecord(*counts, tuple(Found(*each) for each in found))
    except (ValueError, TypeError):
        return None
    return record if len(record.found) == quantities else None


def complete_text(key: str, seed: str, records: Sequence[RunRecord]) -> str:
    """Write a whole state file."""
    return state_header(key, seed) + "".join(record_line(record) for record in records)
