"""Which columns of answers.csv describe the design: read from the design inside a manifest."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sampling.design import Design, load_design
from sampling.errors import Complaint, complain
from sampling.hashing import canonical_json
from sampling.manifest import Manifest

CLASS_COLUMN = "household_class"
REGISTERED_COLUMN = "registered"
PERSONS_COLUMN = "persons"
REMAINING_COLUMN = "remaining_poor_persons"
REQUIRED_COLUMNS = (CLASS_COLUMN, REGISTERED_COLUMN, PERSONS_COLUMN)
"""Columns that the household level of a judged frame must have."""
COUNT_COLUMNS = (PERSONS_COLUMN, REMAINING_COLUMN)
"""Columns of a judged frame that are counted with."""
YES = "是"
NO = "否"
LAST_COLUMNS = ("sample_type", "disposition", "eligible", "responded", "base_weight", "weight")


@dataclass(frozen=True)
class StageColumns:
    """One stage of the design as columns: its units, its strata and what gives their chance."""

    name: str
    id_column: str
    strata: tuple[str, ...]
    stratum: str
    chance: str
    by_probability: bool
    joint_method: str | None


@dataclass(frozen=True)
class Layout:
    """The design columns of one evaluation; `county` is the id column of the frame's outermost level."""

    county: str
    stages: tuple[StageColumns, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the columns before the analysis columns, in order."""
        upper = [self.county, *(stage.id_column for stage in self.stages[:-1])]
        strata = [name for stage in self.stages for name in stage.strata]
        chances = sorted((stage.chance for stage in self.stages), key=lambda name: name.rsplit("_", 1)[1])
        names = [*upper, *strata, CLASS_COLUMN, *(stage.stratum for stage in self.stages), *chances]
        return ("unit_id", *dict.fromkeys(names), *LAST_COLUMNS)


def layout_of(manifest: Manifest, file: str) -> tuple[Layout | None, list[Complaint]]:
    """Return the design columns of a manifest, or why its design cannot be analysed household by household."""
    reading = load_design(canonical_json(manifest.design).decode("utf-8"), file)
    if reading.design is None:
        return None, list(reading.complaints)
    design = reading.design
    complaints = _check(design, file)
    if complaints:
        return None, complaints
    stages = tuple(
        _stage_columns(design, number, manifest.stages[number].strata[0].joint_method)
        for number in range(len(design.stages))
    )
    return Layout(design.levels[0].id, stages), []


def attribute_columns(layout: Layout) -> tuple[str, ...]:
    """Return the columns of the frame that the table copies: strata and household class."""
    strata = [name for stage in layout.stages for name in stage.strata]
    return tuple(dict.fromkeys([layout.county, *strata, CLASS_COLUMN]))


def _check(design: Design, file: str) -> list[Complaint]:
    household = design.levels[-1]
    complaints = []
    if design.stages[-1].name != household.name or design.stages[-1].method != "equal":
        complaints.append(complain("results.last_stage", file=file, stage=design.stages[-1].name, level=household.name))
    own = {column.name: column for level in design.levels for column in level.columns}
    complaints += [
        complain("results.frame_column", file=file, name=name) for name in REQUIRED_COLUMNS if name not in own
    ]
    complaints += [
        complain("results.frame_column_type", file=file, name=name, found=own[name].type_text)
        for name in COUNT_COLUMNS
        if name in own and own[name].kind != "integer"
    ]
    return complaints


def _stage_columns(design: Design, number: int, joint_method: str | None) -> StageColumns:
    stage = design.stages[number]
    level = next(level for level in design.levels if level.name == stage.name)
    by_probability = stage.method != "equal"
    place = number + 1
    return StageColumns(
        name=stage.name,
        id_column=level.id,
        strata=stage.strata,
        stratum=f"stratum_{place}",
        chance=f"pi_{place}" if by_probability else f"population_{place}",
        by_probability=by_probability,
        joint_method=joint_method,
    )


def text_of(attributes: Mapping[str, Any], name: str) -> str:
    """Return a value of the frame as text, empty where there is none."""
    value = attributes.get(name)
    return "" if value is None else str(value)


def unusable_column(attributes: Mapping[str, Any]) -> str | None:
    """Return the first column of a household whose value nothing can be computed from; None where all can be used."""
    if not text_of(attributes, CLASS_COLUMN):
        return CLASS_COLUMN
    if text_of(attributes, REGISTERED_COLUMN) not in (YES, NO):
        return REGISTERED_COLUMN
    return None if listed_persons(attributes) else PERSONS_COLUMN


def listed_persons(attributes: Mapping[str, Any]) -> int | None:
    """Return how many persons the frame has for a household; None where it has none."""
    text = text_of(attributes, PERSONS_COLUMN)
    return int(text) or None if text.isascii() and text.isdigit() else None
