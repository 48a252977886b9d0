"""Turn a manifest's units into rows, each with the frame's columns of the unit and of its parents."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from sampling.engine import DuckDBEngine
from sampling.frame import Frame
from sampling.levels import level_depth
from sampling.manifest import ManifestStage


def unit_rows(stages: Sequence[ManifestStage], frame: Frame) -> Iterator[dict[str, Any]]:
    """Give the values of one row for each unit of some stages of a manifest."""
    with DuckDBEngine(frame) as engine:
        for stage in stages:
            attributes = attributes_of(engine, frame, stage)
            for unit in stage.units:
                yield {
                    "unit_id": unit.id,
                    "stage": stage.name,
                    "parent": unit.parent,
                    "stratum": unit.stratum,
                    "sample_type": unit.sample_type,
                    "order": unit.order,
                    "probability": unit.probability,
                    "weight": unit.weight,
                    "unannounced": unit.unannounced,
                    "attributes": attributes[unit.id],
                }


def attributes_of(engine: DuckDBEngine, frame: Frame, stage: ManifestStage) -> dict[str, dict[str, Any]]:
    """Look the columns of the taken units up in the frame, from the outermost level down to theirs."""
    depth = level_depth(frame.levels, stage.name)
    names = [column.name for level in frame.levels[: depth + 1] for column in level.all_columns]
    identifier = engine.quote(frame.levels[depth].id)
    engine.load("taken", {"id": [unit.id for unit in stage.units]})
    # The rows of a unit agree in the columns of its level and above, so any of them will do.
    columns = ", ".join(f"any_value({engine.quote(name)})" for name in names)
    # Every name in the step is quoted by the engine; values stand in the table that was handed in.
    step = f"SELECT {columns} FROM frame WHERE {identifier} IN (SELECT id FROM taken) GROUP BY {identifier}"  # noqa: S608
    key = names.index(frame.levels[depth].id)
    return {str(row[key]): dict(_json(names, row)) for row in engine.rows(step)}


def _json(names: list[str], row: Iterable[Any]) -> Iterator[tuple[str, Any]]:
    for name, value in zip(names, row, strict=True):
        yield name, str(value) if isinstance(value, Decimal) else value
