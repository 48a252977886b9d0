"""From the bytes of a submission to typed rows: what was sent, nothing dropped, each absence with its reason."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import cached_property

from lxml import etree

from forms.answers import TEMPLATE
from forms.dataset.metadata import Envelope, metadata_row
from forms.dataset.variables import LARGEST_WHOLE, Cell, Missing, Row, Rows, Schema, Table, Variable
from forms.dates import read_date, read_date_time, read_time
from forms.definition import FormDefinition
from forms.instance import Instance

SHANGHAI = timezone(timedelta(hours=8))
"""Times that a device wrote without an offset are Beijing time."""
Taken = Callable[[str], Cell]
Sink = tuple[int, str, Taken]
"""Place in the row, name of the variable, and what takes its value out of the text."""


@dataclass(frozen=True)
class Found:
    """What one occurrence holds: answers by path, texts that the form has no place for, repeats inside of it."""

    leaves: dict[str, str]
    strange: dict[str, str]
    inner: list[tuple[str, etree._Element]]


@dataclass(frozen=True)
class _TablePlan:
    """How the rows of one table are read from submissions of one version."""

    table: Table
    absent: tuple[Cell, ...]
    sinks: Mapping[str, tuple[Sink, ...]]


class Reader:
    """Read submissions of one version of a form into the rows of a schema."""

    def __init__(self, schema: Schema, definition: FormDefinition) -> None:
        self._schema = schema
        self._definition = definition
        self._top = f"/{definition.root}"
        paths = {node.path for node in definition.repeats}
        plans = [_plan(table, definition) for table in schema.tables if not table.path or table.path in paths]
        self._plans = {plan.table.path: plan for plan in plans}
        self._known = {node.path for node in definition.nodes}

    @cached_property
    def _clock(self) -> tuple[str | None, str | None]:
        """Give the paths at which the form itself records its start and its end."""
        found = {node.preload[1]: node.path for node in self._definition.nodes if node.preload and not node.repeats}
        return found.get("start"), found.get("end")

    def rows(self, instance: Instance, envelope: Envelope) -> Rows:
        """Give the rows of every table; repeats count their rows from 1 through the whole interview."""
        tables: dict[str, list[Row]] = {table.name: [] for table in self._schema.tables}
        self._walk(instance.root, "", None, tables, envelope)
        return tables

    def _walk(
        self, element: etree._Element, path: str, parent: int | None, tables: dict[str, list[Row]], envelope: Envelope
    ) -> None:
        """Add the row of one occurrence, then those of the repeats inside of it."""
        plan = self._plans[path]
        leaves: dict[str, str] = {}
        strange: dict[str, str] = {}
        inner: list[tuple[str, etree._Element]] = []
        self._collect(element, path or self._top, Found(leaves, strange, inner))
        rows = tables[plan.table.name]
        number = len(rows) + 1
        if path:
            start: list[Cell] = [envelope.instance_id, number, parent]
        else:
            started, ended = (_moment(leaves.get(each or "")) for each in self._clock)
            start = metadata_row(envelope, started, ended, self._schema.stages)
        rows.append([*start, *_answers(plan, leaves, strange)])
        for below, occurrence in inner:
            self._walk(occurrence, below, number if path else None, tables, envelope)

    def _collect(self, element: etree._Element, path: str, found: Found) -> None:
        for child in element:
            below = f"{path}/{child.tag}"
            if below in self._plans:
                if child.get(TEMPLATE) is None:
                    found.inner.append((below, child))
            elif len(child):
                self._collect(child, below, found)
            else:
                text = (child.text or "").strip()
                if below in found.leaves or (text and not self._is_known(below)):
                    found.strange[_free_name(below, found.strange)] = text
                else:
                    found.leaves[below] = text

    def _is_known(self, path: str) -> bool:
        """Tell whether the form has the node; in its metadata block clients write what they like."""
        return path in self._known or path.startswith(f"{self._top}/meta/")


def _free_name(path: str, taken: Mapping[str, str]) -> str:
    number = 2
    while f"{path}[{number}]" in taken:
        number += 1
    return f"{path}[{number}]" if path in taken else path


def _plan(table: Table, definition: FormDefinition) -> _TablePlan:
    """Lay down where each answer goes; what this version does not have is missing for that reason."""
    asked = [variable for variable in table.variables if not variable.role]
    version = definition.version
    sinks: dict[str, list[Sink]] = {}
    for place, variable in enumerate(asked):
        if version in variable.versions:
            sinks.setdefault(variable.paths[version], []).append((place, variable.name, _taker(variable)))
    absent = [Missing.NOT_ASKED if version in each.versions else Missing.NOT_IN_VERSION for each in asked]
    return _TablePlan(table, tuple(absent), {path: tuple(each) for path, each in sinks.items()})


def _answers(plan: _TablePlan, leaves: Mapping[str, str], strange: Mapping[str, str]) -> list[Cell]:
    """Give the cells of the questions, then what could not be placed in any of them."""
    cells: list[Cell] = list(plan.absent)
    unfit = dict(strange)
    for path, sinks in plan.sinks.items():
        text = leaves.get(path)
        if text is None:
            continue
        for place, name, take in sinks:
            cell = take(text) if text else Missing.NOT_ANSWERED
            cells[place] = cell
            if cell is Missing.UNFIT:
                unfit[name] = text
    cells.append(json.dumps(unfit, ensure_ascii=False) if unfit else None)
    return cells


def _taker(variable: Variable) -> Taken:
    if variable.question_type == "geopoint" and variable.part:
        return _point_taker(("latitude", "longitude", "altitude", "accuracy").index(variable.part))
    if variable.part and variable.kind == "flag":
        return lambda text: int(variable.part in text.split())
    if variable.part and variable.kind == "integer":
        return lambda text: _place_in(text.split(), variable.part)
    if variable.kind == "choice":
        known = variable.code_of
        return lambda text: text if text in known else Missing.UNFIT
    return _TAKERS[variable.kind]


def _place_in(order: Sequence[str], value: str) -> Cell:
    return order.index(value) + 1 if value in order else Missing.NOT_ANSWERED


def _point_taker(place: int) -> Taken:
    def take(text: str) -> Cell:
        parts = text.split()
        if not 2 <= len(parts) <= 4:
            return Missing.UNFIT
        return _decimal(parts[place]) if place < len(parts) else Missing.NOT_ANSWERED

    return take


def _integer(text: str) -> Cell:
    try:
        value = int(text) if text.isascii() and "_" not in text else None
    except ValueError:
        value = None
    if value is None:
        # A computed whole number may come as 3.0.
        number = _decimal(text)
        if not isinstance(number, float) or not number.is_integer():
            return Missing.UNFIT
        value = int(number)
    return value if abs(value) <= LARGEST_WHOLE else Missing.UNFIT


def _decimal(text: str) -> Cell:
    try:
        value = float(text) if text.isascii() and "_" not in text else math.nan
    except ValueError:
        return Missing.UNFIT
    return value if math.isfinite(value) else Missing.UNFIT


def _date(text: str) -> Cell:
    found: date | None = read_date(text)
    return Missing.UNFIT if found is None else found


def _time(text: str) -> Cell:
    found = read_time(text)
    return Missing.UNFIT if found is None else time(found.hour, found.minute, found.second, found.microsecond)


def _datetime(text: str) -> Cell:
    found = _moment(text)
    return Missing.UNFIT if found is None else found


def _moment(text: str | None) -> datetime | None:
    """Read a time as UTC."""
    found = read_date_time(text) if text else None
    if found is None:
        return None
    try:
        return (found if found.tzinfo else found.replace(tzinfo=SHANGHAI)).astimezone(UTC)
    except OverflowError:
        return None


_TAKERS: Mapping[str, Taken] = {
    "integer": _integer,
    "decimal": _decimal,
    "date": _date,
    "time": _time,
    "datetime": _datetime,
    "text": lambda text: text,
}
