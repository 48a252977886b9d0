"""Join a manifest to a table of answers: the design that an analysis plan needs follows from the draw alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa

from sampling.design import Design
from sampling.drawn_columns import Cells, StageColumns
from sampling.drawn_rows import FIRST_ROW, UNIT, DrawnRows, some_of
from sampling.errors import Complaint, SamplingError, complain
from sampling.estimable import without_interval
from sampling.estimate import Table
from sampling.hashing import sha256_text
from sampling.manifest import Manifest
from sampling.planned_design import planned_design

FIRST, SECOND = "draw.", "draw2."
"""What the names of made columns begin with, so that none of a table's own is taken; the second phase has its own."""
WEIGHT = "weight"
TAKEN = f"{SECOND}taken"
"""Column that is 1 in the rows of a second phase."""


@dataclass(frozen=True)
class DrawnSample:
    """Hold the ``design`` of a plan and the table with the columns that it names.

    Drawn units of which the table says nothing and which belong to the sample have rows of weight 0 at its end.
    """

    design: Mapping[str, Any]
    table: Table


def drawn_sample(
    manifest: Manifest,
    table: Table,
    *,
    unit: str | None = None,
    joint: str | None = None,
    first_phase: str | None = None,
) -> DrawnSample:
    """Join a table of answers to the draw that its units came from, by the ids of the last stage's units.

    Parameters
    ----------
    manifest : Manifest
        The draw.
    table : Table
        One row for each main unit, whether it answered or not, and for each opened reserve; or several rows for a unit
        (its persons). Units chosen by judgement stand for no other and have no row.
    unit : str, optional
        The column of the ids; unless given that of the last level's id, else ``unit_id``.
    joint : str, optional
        What a plan calls the file of ``evalsvc draw joint``; stages of joint method ``exact`` need it.
    first_phase : str, optional
        The text of the first phase's manifest, where the draw is a second phase.

    Raises
    ------
    SamplingError
        ``draw.answers_refused`` with every complaint: units that were not drawn or have no row, opened reserves whose
        weight nobody knows, columns that say something else than the draw, designs without an interval.
    """
    sample = DrawnRows(manifest, table, unit, FIRST)
    complaints = [*sample.complaints, *_against_design(sample.design, joint)]
    first = None
    if sample.design.first_phase is not None:
        first, found = _first(sample, first_phase)
        complaints += found
    if complaints:
        raise SamplingError("draw.answers_refused", complaints, count=len(complaints))
    return _one_phase(sample, joint) if first is None else _two_phases(first, sample, joint)


def _against_design(design: Design, joint: str | None) -> list[Complaint]:
    """List what leaves the sample without an interval; exact joint probabilities need their file."""
    found = without_interval(design)
    if joint is None or not all(each.joint_method in (None, "exact") for each in design.stages):
        return found
    return [each for each in found if each.code != "design.variance_not_computed"]


def _entries(columns: Sequence[StageColumns], joint: str | None) -> dict[str, Any]:
    """Write stages and variance; the units of the last stage have labels, for each may have several rows."""
    planned = planned_design([each.planned(rows=False) for each in columns], "fail", joint=joint)
    return {name: planned[name] for name in ("stages", "unequal") if name in planned}


def _one_phase(sample: DrawnRows, joint: str | None) -> DrawnSample:
    cells, weights = sample.cells(), sample.weights()
    rows = [cells[each or ""] | {FIRST + WEIGHT: repr(weights[each or ""])} for each in sample.ids]
    more = [each | {FIRST + WEIGHT: "0"} for each in sample.empty()]
    design = {**_entries(sample.columns, joint), "weights": FIRST + WEIGHT, "nested": True}
    return DrawnSample(design, _joined(sample, [*rows, *more]))


def _joined(sample: DrawnRows, cells: Sequence[Cells]) -> Table:
    """Put cells beside the rows of the table and behind them; the table's own columns may repeat what the draw says."""
    own = {name: column.texts for name, column in sample.table.items()}
    more = len(cells) - sample.table.rows
    names = list(dict.fromkeys(name for each in cells for name in each))
    made = {name: [each.get(name) for each in cells] for name in names}
    # The column of the ids may be called otherwise than the level: then both are there, and the same.
    wrong = [_differing(name, own[name].to_pylist(), made[name]) for name in names if name in own]
    complaints = [each for each in wrong if each is not None]
    if complaints:
        raise SamplingError("draw.answers_refused", complaints, count=len(complaints))
    lengthened = {name: pa.concat_arrays([texts, pa.nulls(more, pa.string())]) for name, texts in own.items()}
    return Table({**lengthened, **made})


def _differing(name: str, stated: Sequence[str | None], made: Sequence[str | None]) -> Complaint | None:
    rows = [row for row, text in enumerate(stated) if text is not None and text != made[row]]
    if not rows:
        return None
    row = rows[0]
    return complain(
        "draw.answers_differ", row=row + FIRST_ROW, column=name, count=len(rows), stated=stated[row], drawn=made[row]
    )


def _first(sample: DrawnRows, text: str | None) -> tuple[DrawnRows | None, list[Complaint]]:
    """Line up the first phase of a draw, whose units are those of the second one's frame."""
    named = sample.design.first_phase
    if text is None or named is None or sha256_text(text) != named.manifest_sha256:
        found = None if text is None else sha256_text(text)
        expected = None if named is None else named.manifest_sha256
        return None, [complain("draw.answers_first_phase", expected=expected, found=found or "–")]
    manifest = Manifest.from_json(text)
    main = [each.id for each in manifest.stages[-1].units if each.probability is not None]
    taken = set(sample.ids)
    known = set(main)
    strange = [each.id for each in sample.last.units if each.id in taken and each.id not in known]
    complaints = [complain("draw.first_phase_strangers", count=len(strange), units=some_of(strange))] if strange else []
    if sample.empty():
        complaints.append(complain("draw.answers_second_empty", count=len(sample.empty())))
    first = DrawnRows(manifest, Table({UNIT: main}), UNIT, FIRST)
    return first, [*complaints, *first.complaints, *_against_design(first.design, None)]


def _two_phases(first: DrawnRows, second: DrawnRows, joint: str | None) -> DrawnSample:
    """Put the units that the second phase left out behind the rows of the table, and both phases beside them."""
    inner = DrawnRows(second.manifest, second.table, second.unit, SECOND)
    columns = tuple(
        # Its units have labels of their own, beside those of the first phase.
        replace(each, id_column=f"{SECOND}unit_{number}")
        for number, each in enumerate(inner.columns, start=1)
    )
    cells, below = first.cells(), _relabelled(inner, columns)
    final, base = second.weights(), first.weights()
    chance, taken = second.chances(), set(second.ids)
    rows = []
    for each in second.ids:
        name = each or ""
        weight = {FIRST + WEIGHT: repr(final[name] * chance[name]), SECOND + WEIGHT: repr(1.0 / chance[name])}
        rows.append(cells[name] | below[name] | weight | {TAKEN: "1"})
    left = [each for each in cells if each not in taken]
    outside = [cells[each] | {FIRST + WEIGHT: repr(base[each]), TAKEN: "0"} for each in left]
    outside += [each | {FIRST + WEIGHT: "0", TAKEN: "0"} for each in first.empty()]
    entries = _entries(columns, joint)
    design = {
        **_entries(first.columns, joint),
        "weights": FIRST + WEIGHT,
        "nested": True,
        "two_phase": {"subset": TAKEN, "weights": SECOND + WEIGHT, **entries},
    }
    return DrawnSample(design, _joined(second, [*rows, *outside]))


def _relabelled(inner: DrawnRows, columns: Sequence[StageColumns]) -> dict[str, Cells]:
    """Give the cells of the second phase under its own labels."""
    names = {own.id_column: other.id_column for own, other in zip(inner.columns, columns, strict=True)}
    return {
        unit: {names.get(name, name): text for name, text in cells.items()} for unit, cells in inner.cells().items()
    }
