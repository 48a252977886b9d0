"""Write the relational steps of a draw once, as SQL over the view ``frame``; any engine runs the same text."""

# ruff: noqa: S608 (names are quoted, values are literals that the engine writes)

from sampling.design import Design, Rule, Stage, TakeTotal
from sampling.engine import Engine
from sampling.groups import Group
from sampling.levels import Column, column_depth, find_column, level_depth


def in_scope(engine: Engine, design: Design, depth: int) -> str:
    """Write the condition under which a row has a unit at a depth that takes part by every rule at or above it."""
    names = [level.name for level in design.levels]
    conditions = [f"{engine.quote(design.levels[depth].id)} IS NOT NULL"]
    conditions += [kept(engine, design, rule) for rule in design.only if names.index(rule.level) <= depth]
    conditions += [f"NOT ({kept(engine, design, rule)})" for rule in design.exclude if names.index(rule.level) <= depth]
    return " AND ".join(conditions)


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
    names: list[str] = []
    for take in (stage.take, stage.reserves):
        names += take.within if isinstance(take, TakeTotal) else [name for line in take.by for name in line.when]
    return list(dict.fromkeys(names))


def units_step(engine: Engine, design: Design, number: int, *, parents: str | None = None) -> str:
    """Write the step that lists a stage's units: id, parent, stratum, size and the columns c0, c1, ... of take rules.

    Parameters
    ----------
    number : int
        Position of the stage in the design.
    parents : str, optional
        Name of a table whose ``id`` column holds the taken units of the stage above; without it, all take part.
    """
    stage, depth = design.stages[number], design.depth(number)
    level = design.levels[depth]
    lowest = depth == len(design.levels) - 1

    def one(value: str) -> str:
        return value if lowest else f"max({value})"  # a unit's rows agree in its own and higher columns

    parent = engine.quote(design.levels[design.depth(number - 1)].id) if number else "''"
    texts = [f"coalesce({text_of(engine, find_column(design.levels, name))}, '')" for name in stage.strata]
    stratum = f"concat_ws('/', {', '.join(texts)})" if texts else "''"
    columns = [f"{engine.quote(level.id)} AS id", f"{one(parent)} AS parent", f"{one(stratum)} AS stratum"]
    if stage.size is not None and stage.size.kind == "column":
        columns.append(f"{one(_scaled(engine, find_column(design.levels, stage.size.name)))} AS size")
    for i, name in enumerate(rule_columns(stage)):
        columns.append(f"{one(text_of(engine, find_column(design.levels, name)))} AS c{i}")
    where = in_scope(engine, design, depth)
    if parents is not None:
        where += f" AND {parent} IN (SELECT id FROM {parents})"
    step = f"SELECT {', '.join(columns)} FROM frame WHERE {where}"
    if not lowest:
        step += f" GROUP BY {engine.quote(level.id)}"
    if stage.size is None or stage.size.kind == "column":
        return step
    lower = _lower_step(engine, design, number)
    return (
        f"SELECT units.*, coalesce(lower_units.size, 0) AS size FROM ({step}) AS units "
        f"LEFT JOIN ({lower}) AS lower_units ON units.id = lower_units.upper_id"
    )


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


def smallest_tickets_step(engine: Engine, stage: Stage, seed: str, units: str, takes: str) -> str:
    """Write the step of an equal-probability draw: rank tickets in each group and keep as many as it takes."""
    prefix = engine.literal(f"{seed}:{stage.name}:")
    ticketed = f"SELECT id, parent, stratum, {engine.sha256(f'concat({prefix}, id)')} AS ticket FROM {units}"
    ranked = (
        "SELECT id, parent, stratum, ticket, "
        "row_number() OVER (PARTITION BY parent, stratum ORDER BY ticket, id) AS place "
        f"FROM ({ticketed}) AS ticketed"
    )
    return (
        "SELECT ranked.parent, ranked.stratum, ranked.place, ranked.id, ranked.ticket "
        f"FROM ({ranked}) AS ranked JOIN {takes} AS takes "
        "ON ranked.parent = takes.parent AND ranked.stratum = takes.stratum "
        "WHERE ranked.place <= takes.number ORDER BY ranked.parent, ranked.stratum, ranked.place"
    )
