"""Write the relational steps of a draw once, as SQL over the view ``frame``; any engine runs the same text."""

# ruff: noqa: S608 (names are quoted, values are literals that the engine writes)

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from sampling.design import Design, Rule, Stage
from sampling.engine import Engine
from sampling.groups import Group
from sampling.levels import Column, column_depth, find_column, level_depth
from sampling.takes import columns_of
from sampling.tickets import Tickets

NO_VALUES: Mapping[str, str] = {}


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

    def one(value: str) -> str:
        return (
            value if lowest or value == "''" else f"max({value})"
        )  # a unit's rows agree in its own and higher columns

    # Written as text once for each unit, not for each of its rows.
    texts = [_text(engine, find_column(design.levels, name), one) for name in design.stages[number].strata]
    stratum = texts[0] if len(texts) == 1 else f"concat_ws('/', {', '.join(texts)})" if texts else "''"
    own = {"id": engine.quote(level.id), "parent": one(_parent(engine, design, number)), "stratum": stratum}
    columns = [
        f"{value} AS {name}" for name, value in {**own, **{key: one(each) for key, each in asked.items()}}.items()
    ]
    step = f"SELECT {', '.join(columns)} FROM frame WHERE {where}"
    return step if lowest else step + f" GROUP BY {engine.quote(level.id)}"


def _text(engine: Engine, column: Column, one: Callable[[str], str]) -> str:
    """Write a column's one value for a unit as text; empty text where there is none."""
    value = one(engine.quote(column.name))
    return f"coalesce({value if column.kind == 'text' else engine.as_text(value)}, '')"


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
    value = "1" if counted else _scaled(engine, find_column(design.levels, stage.size.name))
    where = in_scope(engine, design, lower)
    if lower == len(design.levels) - 1:  # each row is a unit
        each = f"SELECT {upper} AS upper_id, {value} AS amount FROM frame WHERE {where}"
    else:
        amount = value if counted else f"max({value})"
        each = f"SELECT max({upper}) AS upper_id, {amount} AS amount FROM frame WHERE {where} GROUP BY {unit}"
    return f"SELECT upper_id, CAST(sum(amount) AS BIGINT) AS size FROM ({each}) AS lower_rows GROUP BY upper_id"


def read_groups(engine: Engine, design: Design, number: int, units: str, *, alike: bool = False) -> list[Group]:
    """Count the groups of a stage from its units' table, in order of parent and stratum.

    Parameters
    ----------
    alike : bool
        Give groups that differ in nothing but their parent once, under the first of their parents, with their number:
        a country has as many groups of households as villages.
    """
    stage = design.stages[number]
    unequal = stage.size is not None
    names = rule_columns(stage)
    sizes = "sum(size)" if unequal else "0"
    positive = "sum(CASE WHEN size > 0 THEN 1 ELSE 0 END)" if unequal else "count(*)"
    values = "".join(f", max(c{i}) AS c{i}" for i in range(len(names)))
    step = (
        f"SELECT parent, stratum, count(*) AS population, {sizes} AS total, {positive} AS available{values} "
        f"FROM {units} GROUP BY parent, stratum"
    )
    if alike:
        same = "".join(["stratum, population, total, available", *(f", c{i}" for i in range(len(names)))])
        step = f"SELECT min(parent) AS parent, {same}, count(*) AS alike FROM ({step}) AS own_groups GROUP BY {same}"
    rows = engine.rows(f"{step} ORDER BY parent, stratum")
    return [
        Group(
            row[0] or None,
            row[1],
            row[2],
            int(row[3]) if unequal else None,
            int(row[4]),
            dict(zip(names, row[5:], strict=False)) if names else NO_VALUES,
            row[-1] if alike else 1,
        )
        for row in rows
    ]


def smallest_tickets_step(engine: Engine, source: Tickets, units: str, number: str, most: int) -> str:
    """Write the step of an equal-probability draw: the smallest keys of each group; a key is a ticket and its id.

    Tickets that a shift carries beyond the end come first: then a digit stands before each ticket. Hexadecimal digits
    sort as the numbers they are, and equal tickets by the ids behind them.

    Parameters
    ----------
    number : str
        How many are listed of each group: a column of the units' step or a plain number.
    most : int
        The largest of these.
    """
    ticketed = f"SELECT *, {engine.sha256(f'concat({engine.literal(source.prefix)}, id)')} AS ticket FROM {units}"
    front = f"CASE WHEN substr(ticket, 1, 13) >= '{source.first}' THEN '0' ELSE '1' END, " if source.shift else ""
    keyed = f"SELECT *, concat({front}ticket, id) AS key FROM ({ticketed}) AS ticketed"
    return engine.smallest(keyed, number, most)
