"""Read the plan and the tables that a command line names."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from evalsvc.errors import InvalidError
from evalsvc.results.plan_words import readable
from evalsvc.terminal import language
from evalsvc.text_files import read_text
from sampling.document_rows import LAST_STEP, document_rows
from sampling.drawn_sample import DrawnSample, drawn_sample
from sampling.errors import Complaint, Fault, placed
from sampling.estimate import DataRefusedError, Plan, Table, load_plan, read_table
from sampling.estimate.plan import plan_values
from sampling.estimate.reading.manifest import ManifestSource, manifest_source, with_design
from sampling.manifest import Manifest


@dataclass(frozen=True)
class PlannedData:
    """Hold a plan, the path of its data, their table, joined to the draw by a manifest, and the files beside it."""

    plan: Plan
    data: Path
    table: Table
    files: Mapping[str, Table]


def read_planned(path: Path, given: Path | None) -> PlannedData:
    """Read a plan with its data; a design that names a manifest is made from it, by the ids of the drawn units."""
    values = plan_values(read_text(path)) or {}
    found = manifest_source(values)
    if found.complaints:
        raise _refused(path, values, found.complaints)
    if found.source is None:
        plan = read_plan(path)
        data = data_path(plan.data, path, given)
        return PlannedData(plan, data, _table(data), read_files(plan, path.parent))
    stated = values.get("data")
    data = data_path(stated if isinstance(stated, str) else None, path, given)
    sample = _joined(found.source, path.parent, _table(data))
    plan = _plan(path, with_design(values, sample.design))
    return PlannedData(plan, data, sample.table, read_files(plan, path.parent, joint="design.joint"))


def read_files(plan: Plan, folder: Path, joint: str | None = None) -> dict[str, Table]:
    """Read the tables that a design names, which lie beside the plan; `joint` is where a manifest's design has it."""
    files = {}
    for place, name in plan.design.named_files:
        if not (folder / name).exists():
            stated = joint if joint is not None and place.endswith(".joint") else place
            raise InvalidError("results.no_plan_file", file=name, place=stated)
        files[name] = _table(folder / name)
    return files


def _table(data: Path) -> Table:
    with refusing(data):
        return read_table(data)


def _joined(source: ManifestSource, folder: Path, table: Table) -> DrawnSample:
    manifest = Manifest.from_json(_text(folder / source.manifest), source.manifest)
    first_phase = None if source.first_phase is None else _text(folder / source.first_phase)
    return drawn_sample(manifest, table, unit=source.unit, joint=source.joint, first_phase=first_phase)


def _text(path: Path) -> str:
    if not path.exists():
        raise InvalidError("results.no_manifest", file=path.name)
    return read_text(path)


def read_plan(path: Path) -> Plan:
    """Read a plan; every complaint against it is told at once."""
    return _plan(path, read_text(path))


def _plan(path: Path, source: str | Mapping[str, Any]) -> Plan:
    reading = load_plan(source)
    if reading.plan is None:
        values = plan_values(source) if isinstance(source, str) else source
        raise _refused(path, values or {}, reading.complaints)
    return reading.plan


def _refused(path: Path, values: Mapping[str, Any], faults: Sequence[Fault]) -> InvalidError:
    lines = document_rows(read_text(path))
    complaints = [
        replace(each, row=_line(each, lines), details=readable(each.details, values, language()))
        for each in placed(path.name, faults)
    ]
    return InvalidError("results.plan_refused", complaints, file=path.name, count=len(complaints))


def _line(complaint: Complaint, lines: Mapping[str, int]) -> int | None:
    """Give the line at which a text is no YAML, else that of the key; of a key that lacks that of its owner."""
    line = complaint.details.get("line")
    if isinstance(line, int):
        return line
    place = str(complaint.details.get("place", ""))
    while place and place not in lines:
        place = LAST_STEP.sub("", place) if LAST_STEP.search(place) else ""
    return lines.get(place)


def data_path(stated: str | None, plan_path: Path, given: Path | None) -> Path:
    """Return the data file: the one given, else the one that the plan states, which counts from the plan's folder."""
    if given is not None:
        return given
    if stated is None:
        raise InvalidError("results.no_data", file=plan_path.name)
    return plan_path.parent / stated


@contextmanager
def refusing(data: Path) -> Iterator[None]:
    """Tell of data that do not fit, with the file's name."""
    try:
        yield
    except DataRefusedError as error:
        complaints = [
            replace(each, details=readable(each.details, {}, language()))
            for each in placed(data.name, error.complaints)
        ]
        raise InvalidError("results.data_refused", complaints, file=data.name, count=len(complaints)) from None
