"""From fieldwork, interviews and cases to answers.csv: one function, the same for the service and for an outsider."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evalsvc import files
from evalsvc.evaluations.rule_pack import Pack, persons_of
from evalsvc.frames.judged import CLASS_COLUMN, NO, PERSONS_COLUMN, REGISTERED_COLUMN, YES, listed_persons, text_of
from evalsvc.instruments.contract import COMPLETED, DISPOSITIONS
from evalsvc.planning.layout import Layout, attribute_columns, layout_of
from evalsvc.planning.making import PURPOSIVE, RESERVE, Attributes
from evalsvc.results.answers import ANALYSIS_COLUMNS, REGISTERED_KINDS, Answers, Household, analysis_values
from evalsvc.results.records import CaseRow, FieldworkRow, InterviewRow, JudgementRow, write_table
from evalsvc.results.weighting import INELIGIBLE, HouseholdWeight, Place, weigh
from sampling.drawn_columns import UpperCells, cells_below, upper_cells, upper_units
from sampling.empty_units import empty_units
from sampling.errors import Complaint, complain
from sampling.manifest import Manifest


@dataclass(frozen=True)
class Sources:
    """Everything that answers.csv is made from."""

    manifest: Manifest
    attributes: Attributes
    fieldwork: Sequence[FieldworkRow]
    answers: Mapping[str, Answers]
    """The flat answers by instance id."""
    cases: Sequence[CaseRow]
    pack: Pack
    interviews: Sequence[InterviewRow]
    """Every version that was received, in the order of the public log."""
    judgements: Sequence[JudgementRow] = ()
    """What the experts decided; nothing is estimated from it, for the cases hold their state."""


@dataclass(frozen=True)
class AnswersTable:
    """The table that is estimated from, as texts: exactly the cells of answers.csv."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def to_csv(self) -> bytes:
        """Write answers.csv."""
        return write_table(self.columns, self.rows)


@dataclass(frozen=True)
class Assembly:
    """Hold the table and the design's columns, or the complaints for which there is none."""

    table: AnswersTable | None
    layout: Layout | None
    complaints: tuple[Complaint, ...]


def assemble(sources: Sources) -> Assembly:
    """Make the answers table; every problem of the files is named at once, and then there is no table."""
    layout, complaints = layout_of(sources.manifest, files.MANIFEST)
    if layout is None:
        return Assembly(None, None, tuple(complaints))
    complaints = [*_check_fieldwork(sources), *_check_cases(sources)]
    if complaints:
        return Assembly(None, layout, tuple(complaints))
    # Nothing is estimated from households that were chosen: they stand for no other.
    drawn = (row for row in sources.fieldwork if row.opened and row.sample_type != PURPOSIVE)
    opened = sorted(drawn, key=lambda row: row.unit_id)
    places = {row.unit_id: _place_of(sources, layout, row) for row in opened}
    weights, complaints = weigh(sources.manifest, opened, places)
    if complaints:
        return Assembly(None, layout, tuple(complaints))
    columns = (*layout.columns, *ANALYSIS_COLUMNS)
    above = upper_units(layout.stages, sources.manifest.stages)
    cells = [*_cells(sources, layout, opened, weights, above), *_empty_cells(sources, layout, opened, above)]
    return Assembly(AnswersTable(columns, tuple(tuple(row[name] for name in columns) for row in cells)), layout, ())


def _place_of(sources: Sources, layout: Layout, row: FieldworkRow) -> Place:
    attributes = sources.attributes[row.unit_id]
    return Place(text_of(attributes, layout.county), text_of(attributes, CLASS_COLUMN))


def _cells(
    sources: Sources,
    layout: Layout,
    opened: Sequence[FieldworkRow],
    weights: Mapping[str, HouseholdWeight],
    above: UpperCells,
) -> Iterator[dict[str, str]]:
    cases: dict[str, list[CaseRow]] = defaultdict(list)
    for case in sources.cases:
        cases[case.instance_id].append(case)
    for row in opened:
        cells = _design_cells(sources.attributes[row.unit_id], layout, row, weights[row.unit_id])
        cells |= upper_cells(row.parent or None, above)
        if row.disposition == COMPLETED:
            cells |= analysis_values(_household(sources, row, cases[row.instance_id]), sources.pack)
        else:
            cells |= dict.fromkeys(ANALYSIS_COLUMNS, "")
        yield cells


def _empty_cells(
    sources: Sources, layout: Layout, opened: Sequence[FieldworkRow], above: UpperCells
) -> Iterator[dict[str, str]]:
    """Give a row of weight 0 to each drawn unit in which nothing was taken: it counts among those of its stage."""
    for number, unit in empty_units(sources.manifest.stages, {row.parent or None for row in opened}):
        cells = dict.fromkeys((*layout.columns, *ANALYSIS_COLUMNS), "")
        cells |= {"eligible": "0", "responded": "0", "base_weight": "0.0", "weight": "0.0"}
        yield cells | cells_below(layout.stages, number) | upper_cells(unit.id, above)


def _design_cells(
    attributes: Mapping[str, Any], layout: Layout, row: FieldworkRow, weight: HouseholdWeight
) -> dict[str, str]:
    last = layout.stages[-1]
    return {
        "unit_id": row.unit_id,
        **{name: text_of(attributes, name) for name in attribute_columns(layout)},
        last.stratum: row.stratum,
        last.chance: str(weight.population),
        "sample_type": row.sample_type,
        "disposition": row.disposition,
        "eligible": "0" if row.disposition in INELIGIBLE else "1",
        "responded": "1" if row.disposition == COMPLETED else "0",
        "base_weight": repr(weight.base),
        "weight": repr(weight.adjusted),
    }


def _household(sources: Sources, row: FieldworkRow, cases: Sequence[CaseRow]) -> Household:
    attributes = sources.attributes[row.unit_id]
    answers = sources.answers[row.instance_id]
    persons = _persons(sources, row)
    if persons is None:
        raise ValueError(row.unit_id)  # the files were checked before
    return Household(
        persons=persons,
        registered=text_of(attributes, REGISTERED_COLUMN) == YES,
        household_class=text_of(attributes, CLASS_COLUMN),
        answers=answers,
        cases=cases,
    )


def _check_fieldwork(sources: Sources) -> list[Complaint]:
    drawn = {unit.id: unit for unit in sources.manifest.stages[-1].units}
    complaints = []
    for number, row in enumerate(sources.fieldwork, start=2):
        problem = _fieldwork_problem(sources, row, drawn.get(row.unit_id))
        if problem:
            complaints.append(complain(problem, file=files.FIELDWORK, row=number, unit=row.unit_id))
    listed = Counter(row.unit_id for row in sources.fieldwork)
    complaints += [
        complain("results.unit_twice", file=files.FIELDWORK, unit=unit)
        for unit in sorted(unit for unit, times in listed.items() if times > 1)
    ]
    complaints += [
        complain("results.unit_missing", file=files.FIELDWORK, unit=unit)
        for unit in sorted(drawn.keys() - listed.keys())
    ]
    return complaints


def _fieldwork_problem(sources: Sources, row: FieldworkRow, drawn: Any) -> str | None:  # noqa: PLR0911 - one answer a problem
    if drawn is None:
        return "results.unit_not_drawn"
    if (row.parent or None, row.stratum, row.sample_type) != (drawn.parent, drawn.stratum, drawn.sample_type):
        return "results.unit_differs"
    if row.sample_type not in ("probability", "certainty", RESERVE, PURPOSIVE):
        return "results.sample_type"
    if not row.opened:
        return "results.main_not_opened" if row.sample_type != RESERVE else None
    if not row.disposition:
        return "results.no_disposition"
    if row.disposition not in DISPOSITIONS:
        return "results.disposition"
    if row.disposition == COMPLETED and row.instance_id not in sources.answers:
        return "results.no_interview"
    return _household_problem(sources, row)


def _household_problem(sources: Sources, row: FieldworkRow) -> str | None:
    attributes = sources.attributes.get(row.unit_id)
    if attributes is None:
        return "results.not_in_frame"
    if text_of(attributes, REGISTERED_COLUMN) not in (YES, NO) or not text_of(attributes, PERSONS_COLUMN):
        return "results.frame_value"
    if row.disposition == COMPLETED and not _persons(sources, row):
        return "results.unit_persons"
    return None


def _persons(sources: Sources, row: FieldworkRow) -> int | None:
    """Return a visited household's size: as interviewed, else as the frame has it; None where neither is known."""
    return persons_of(sources.answers[row.instance_id], sources.pack) or listed_persons(sources.attributes[row.unit_id])


def _check_cases(sources: Sources) -> list[Complaint]:
    completed = {row.instance_id: row for row in sources.fieldwork if row.disposition == COMPLETED}
    complaints = []
    for number, case in enumerate(sources.cases, start=2):
        row = completed.get(case.instance_id)
        if row is None or row.unit_id != case.unit_id:
            complaints.append(complain("results.case_unit", file=files.CASES, row=number, case=case.case_id))
        elif case.state != "excluded" and _misfit(sources, case):
            complaints.append(
                complain("results.case_kind", file=files.CASES, row=number, case=case.case_id, kind=case.kind)
            )
    return complaints


def _misfit(sources: Sources, case: CaseRow) -> bool:
    """Tell whether the household cannot be such a case: a wrong exit needs a registered one, a missed one does not."""
    attributes = sources.attributes.get(case.unit_id, {})
    return (text_of(attributes, REGISTERED_COLUMN) == YES) != (case.kind in REGISTERED_KINDS)
