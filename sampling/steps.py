"""Write the relational steps of a draw once, as SQL over the view ``frame``; any engine runs the same text."""

# ruff: noqa: S608 (names are quoted, values are literals that the engine writes)

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sampling.design import Design, Rule, Stage
from sampling.engine import Engine
from sampling.groups import Group
from sampling.levels import Column, column_depth, find_column, level_depth
from sampling.takes import columns_of
from sampling.tickets import Tickets


def in_scope(engine: Engine, design: Design, depth: int) -> str:
    """Write the condition under which a row has a unit at a depth that takes part by every rule at or above it.

    Purposive units of that depth stand beside the list; what lies in a purposive unit stands on its own list.
    """
    name = design.levels[depth].name
    return _scope(engine, design, depth, [rule for rule in design.purposive if rule.level == name])


def covered(engine: Engine, design: Design, depth: int) -> str:
    """Write the condition under which the probability sample speaks of a row's unit: nothing of it was chosen."""
    names = [level.name for level in design.levels]
    return _scope(engine, design, depth, [rule for rule in design.purposive if names.index(rule.level) <= depth])


def _scope(engine: Engine, design: Design, depth: int, purposive: Sequence[Rule]) -> str:
    names = [level.name for level in design.levels]
    conditions = [f"{engine.quote(design.levels[depth].id)} IS NOT NULL"]
    conditions += [kept(engine, design, rule) for rule in design.only if names.index(rule.level) <= depth]
    outside = [*(rule for rule in design.exclude if names.index(rule.level) <= depth), *purposive]
    conditions += [f"NOT ({kept(engine, design, rule)})" for rule in outside]
    return " AND ".join(conditions)


def purposive_step(engine: Engine, design: Design, number: int) -> str | None:
    """Write the step that lists a stage's purposive units: id, parent, stratum; None where no rule names any."""
    depth = design.depth(number)
    rules = [rule for rule in design.purposive if rule.level == design.stages[number].name]
    if not rules:
        return None
    chosen = " OR ".join(kept(engine, design, rule) for rule in rules)
    everyone = replace(design, purposive=tuple(rule for rule in design.purposive if rule not in rules))
    where = f"{in_scope(engine, everyone, depth)} AND ({chosen})"
    return f"SELECT id, parent, stratum FROM ({_own_step(engine, design, number, where, {})}) AS purposive_units"


def kept(engine: Engine, design: Design, rule: Rule) -> str:
    """Write the condition that a rule's column holds one of its values; an empty value holds none."""
    column = find_column(design.levels, rule.column)
    values = ", ".join(engine.literal(value) for value in rule.values)
    return f"coalesce({text_of(engine, column)} IN ({values}), FALSE)"


def text_of(engine: Engine, column: Column) -> str:
    """Write a column's value as the text that files show."""
    quoted = engine.quote(column.name)
    return quoted if column.kind == "text" else engine.as_text(quoted)


def rule_columns(stage: Stage) -> list[str]:
    """List the columns that a stage's take rules ask for."""
    return list(dict.fromkeys([*columns_of(stage.take), *columns_of(stage.reserves)]))


def number_columns(stage: Stage) -> list[str]:
    """List the number columns that a stage's method rests on."""
    place = stage.coordinates
    return [*stage.balance, *((place.first, place.second) if place else ())]


def units_step(engine: Engine, design: Design, number: int, *, parents: str | None = None) -> str:
    """Write the step that lists a stage's units: id, parent, stratum, size and the columns c0, c1, ... of take rules.

    Parameters
    ----------
    number : int
        Position of the stage in the design.
    parents : str, optional
        Name of a table whose ``id`` column holds the taken units of the stage above; without it, all take part.
    """
    stage = design.stages[number]
    where = in_scope(engine, design, design.depth(number))
    if parents is not None:
        where += f" AND {_parent(engine, design, number)} IN (SELECT id FROM {parents})"
    step = _own_step(engine, design, number, where, _asked_columns(engine, design, stage))
    if stage.size is None or stage.size.kind == "column":
        return step
    lower = _lower_step(engine, design, number)
    return (
        f"SELECT units.*, coalesce(lower_units.size, 0) AS size FROM ({step}) AS units "
        f"LEFT JOIN ({lower}) AS lower_units ON units.id = lower_units.upper_id"
    )


def _parent(engine: Engine, design: Design, number: int) -> str:
    """Write the id of the unit of the stage above; empty text at the first stage."""
    return engine.quote(design.levels[design.depth(number - 1)].id) if number else "''"


def _asked_columns(engine: Engine, design: Design, stage: Stage) -> dict[str, str]:
    """Write what the stage's method and take rules ask of a unit's own rows: name in the step, expression."""
    asked: dict[str, str] = {}
    if stage.size is not None and stage.size.kind == "column":
        asked["size"] = _scaled(engine, find_column(design.levels, stage.size.name))
    for i, name in enumerate(rule_columns(stage)):
        asked[f"c{i}"] = text_of(engine, find_column(design.levels, name))
    for i, name in enumerate(number_columns(stage)):
        asked[f"n{i}"] = f"CAST({engine.quote(name)} AS DOUBLE)"
    return asked


def _own_step(engine: Engine, design: Design, number: int, where: str, asked: Mapping[str, str]) -> str:
    """Write the step that lists a stage's units with id, parent, stratum and what else is asked of their own rows."""
    depth = design.depth(number)
    level = design.levels[depth]
    lowest = depth == len(design.levels) - 1
    texts = [
        f"coalesce({text_of(engine, find_column(design.levels, name))}, '')" for name in design.stages[number].strata
    ]
    stratum = f"concat_ws('/', {', '.join(texts)})" if texts else "''"
    values = {"parent": _parent(engine, design, number), "stratum": stratum, **asked}
    # A unit's rows agree in its own and higher columns.
    columns = [f"{value if lowest else f'max({value})'} AS {name}" for name, value in values.items()]
    step = f"SELECT {', '.join([f'{engine.quote(level.id)} AS id', *columns])} FROM frame WHERE {where}"
    return step if lowest else step + f" GROUP BY {engine.quote(level.id)}"


def _scaled(engine: Engine, column: Column) -> str:
    """Write a size as an integer: decimals times the power of ten that their declared places give."""
    quoted = engine.quote(column.name)
    return quoted if column.kind == "integer" else f"CAST({quoted} * {10**column.decimals} AS BIGINT)"


def _lower_step(engine: Engine, design: Design, number: int) -> str:
    """Write the step that counts lower units, or sums their column, for each unit of a stage."""
    stage, depth = design.stages[number], design.depth(number)
    if stage.size is None:
        raise ValueError("the stage has no size")
    counted = stage.size.kind == "count"
    lower = (level_depth if counted else column_depth)(design.levels, stage.size.name)
    unit, upper = engine.quote(design.levels[lower].id), engine.quote(design.levels[depth].id)
    amount = "1" if counted else f"max({_scaled(engine, find_column(design.levels, stage.size.name))})"
    each = (
        f"SELECT {unit} AS id, max({upper}) AS upper_id, {amount} AS amount FROM frame "
        f"WHERE {in_scope(engine, design, lower)} GROUP BY {unit}"
    )
    return f"SELECT upper_id, CAST(sum(amount) AS BIGINT) AS size FROM ({each}) AS lower_rows GROUP BY upper_id"


def read_groups(engine: Engine, design: Design, number: int, units: str) -> list[Group]:
    """Count the groups of a stage from its units' table, in order of parent and stratum."""
    stage = design.stages[number]
    unequal = stage.size is not None
    names = rule_columns(stage)
    sizes = "sum(size), sum(CASE WHEN size > 0 THEN 1 ELSE 0 END)" if unequal else "0, count(*)"
    values = "".join(f", max(c{i})" for i in range(len(names)))
    rows = engine.rows(
        f"SELECT parent, stratum, count(*), {sizes}{values} FROM {units} "
        "GROUP BY parent, stratum ORDER BY parent, stratum"
    )
    return [
        Group(
            parent=row[0] or None,
            stratum=row[1],
            population=row[2],
            total_size=int(row[3]) if unequal else None,
            available=int(row[4]),
            values=dict(zip(names, row[5:], strict=True)),
        )
        for row in rows
    ]


def smallest_tickets_step(engine: Engine, source: Tickets, units: str, takes: str) -> str:
    """Write the step of an equal-probability draw: rank tickets in each group and keep as many as it takes.

    Tickets that a shift carries beyond the end come first; hexadecimal digits sort as the numbers they are.
    """
    prefix = engine.literal(source.prefix)
    front = f"CASE WHEN substr(ticket, 1, 13) >= '{source.first}' THEN 0 ELSE 1 END, " if source.shift else ""
    ticketed = f"SELECT id, parent, stratum, {engine.sha256(f'concat({prefix}, id)')} AS ticket FROM {units}"
    ranked = (
        "SELECT id, parent, stratum, ticket, "
        f"row_number() OVER (PARTITION BY parent, stratum ORDER BY {front}ticket, id) AS place "
        f"FROM ({ticketed}) AS ticketed"
    )
    return (
        "SELECT ranked.parent, ranked.stratum, ranked.place, ranked.id, ranked.ticket "
        f"FROM ({ranked}) AS ranked JOIN {takes} AS takes "
        "ON ranked.parent = takes.parent AND ranked.stratum = takes.stratum "
        "WHERE ranked.place <= takes.number ORDER BY ranked.parent, ranked.stratum, ranked.place"
    )
