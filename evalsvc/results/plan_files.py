"""Read the plan and the tables that a command line names."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from evalsvc.errors import InvalidError
from evalsvc.text_files import read_text
from sampling.errors import placed
from sampling.estimate import DataRefusedError, Plan, load_plan


def read_plan(path: Path) -> Plan:
    """Read a plan; every complaint against it is told at once."""
    reading = load_plan(read_text(path))
    if reading.plan is None:
        complaints = placed(path.name, reading.complaints)
        raise InvalidError("results.plan_refused", complaints, file=path.name, count=len(complaints))
    return reading.plan


def data_path(plan: Plan, plan_path: Path, given: Path | None) -> Path:
    """Return the data file: the one given, else the plan's, which counts from the plan's folder."""
    if given is not None:
        return given
    if plan.data is None:
        raise InvalidError("results.no_data", file=plan_path.name)
    return plan_path.parent / plan.data


@contextmanager
def refusing(data: Path) -> Iterator[None]:
    """Tell of data that do not fit, with the file's name."""
    try:
        yield
    except DataRefusedError as error:
        complaints = placed(data.name, error.complaints)
        raise InvalidError("results.data_refused", complaints, file=data.name, count=len(complaints)) from None
