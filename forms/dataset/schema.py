"""From the versions of a form to one set of tables: the union of their questions, each with a name that stays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from forms.columns import columns_of
from forms.dataset.computed import Computed
from forms.dataset.metadata import OF_ROWS, UNFIT_ANSWERS, of_interviews
from forms.dataset.names import LONGEST, LONGEST_IN_STATA, Names
from forms.dataset.questions import Part, parts_of
from forms.dataset.variables import INTERVIEWS, Conflict, Schema, Table, ValueLabel, Variable, VariableKind
from forms.definition import FormDefinition
from forms.structure import Choice

NO_ANSWERS = frozenset({
    "not_known", "dont_know", "do_not_know", "no_answer", "refuse_to_say", "prefer_not_to_say", "not_willing",
})  # fmt: skip
"""Values of choices that say that there is no answer; `refused` is not among them: as an outcome it is one."""
_WIDER: Mapping[frozenset[str], VariableKind] = {
    frozenset({"integer", "decimal"}): "decimal",
    frozenset({"flag", "integer"}): "integer",
}
LARGEST_CODE = 32_000
LONGEST_TABLE = 27
"""Sheets of a workbook take 31 signs, and may go on in further ones."""
Key = tuple[str, str, str]
"""Path of the repeat, name of the column, part."""


@dataclass
class _Asked:
    """One column through the versions."""

    parts: list[tuple[str, Part]] = field(default_factory=list)


def schema_of(definitions: Sequence[FormDefinition], stages: int = 0) -> Schema:
    """Join the versions of one form, the oldest first: what they ask, in the order in which it first came.

    A later version's words replace an earlier one's. Names depend on the versions alone, in their order, so a version
    that is published later leaves the names of what there was as they are. `stages` is how many the draws have.
    """
    asked = _asked(definitions)
    repeats = list(dict.fromkeys(node.path for definition in definitions for node in definition.repeats))
    table_names = Names([INTERVIEWS], LONGEST_TABLE)
    tables = [_table(INTERVIEWS, "", definitions, asked, of_interviews(stages))]
    tables += [
        _table(table_names.give(path.rpartition("/")[2], "repeat"), path, definitions, asked, OF_ROWS)
        for path in repeats
    ]
    latest = definitions[-1]
    return Schema(
        form_id=latest.form_id,
        titles={"": latest.title},
        versions=tuple(each.version for each in definitions),
        tables=tuple(tables),
        stages=stages,
    )


def _asked(definitions: Sequence[FormDefinition]) -> dict[Key, _Asked]:
    found: dict[Key, _Asked] = {}
    for definition in definitions:
        computed = Computed(definition)
        for column in columns_of(definition):
            for part in parts_of(definition, computed, definition.by_path[column.path]):
                key = (column.table, column.name, part.part)
                found.setdefault(key, _Asked()).parts.append((definition.version, part))
    return found


def _table(
    name: str,
    path: str,
    definitions: Sequence[FormDefinition],
    asked: Mapping[Key, _Asked],
    own: tuple[Variable, ...],
) -> Table:
    columns = [(key, each) for key, each in asked.items() if key[0] == path]
    split = {column for (_, column, part), _ in columns if part}
    order = sorted(columns, key=lambda column: _turn(column, [each.version for each in definitions]))
    taken = [each.name for each in (*own, UNFIT_ANSWERS)]
    given, in_stata = (_names(order, Names(taken, longest)) for longest in (LONGEST, LONGEST_IN_STATA))
    variables = [
        replace(_variable(given[key], name, each, key[1] in split), name_in_stata=in_stata[key])
        for key, each in columns
    ]
    added = [replace(each, table=name) for each in own]
    labels = next((d.by_path[path].labels for d in reversed(definitions) if path in d.by_path), {})
    return Table(name, path, (*added, *variables, replace(UNFIT_ANSWERS, table=name)), labels)


def _turn(column: tuple[Key, _Asked], versions: Sequence[str]) -> tuple[int, bool]:
    """Name the columns of each version before what later ones add; in each, no part takes a question's own name."""
    (_, _, part), asked = column
    return versions.index(asked.parts[0][0]), bool(part)


def _names(columns: Sequence[tuple[Key, _Asked]], names: Names) -> dict[Key, str]:
    return {key: names.give_part(key[1], key[2]) if key[2] else names.give(key[1]) for key, _ in columns}


def _variable(name: str, table: str, asked: _Asked, is_split: bool) -> Variable:
    kind, conflict = _joined_kind(asked)
    latest = asked.parts[-1][1]
    node = latest.node
    personal = next((part.node.personal for _, part in reversed(asked.parts) if part.node.personal), None)
    return Variable(
        name=name,
        table=table,
        kind=kind,
        labels=latest.labels,
        path=node.path,
        part=latest.part,
        values=_values(asked) if kind == "choice" else (),
        question_type=latest.question_type,
        relevant=latest.relevant,
        calculation=latest.calculation,
        unit=latest.unit,
        indicators=node.indicators,
        # What one version marks as personal is personal in all of them.
        personal=personal,
        assignment=node.assignment,
        typed_in=any(part.typed_in for _, part in asked.parts) and not is_split,
        takes_from=frozenset().union(*(part.takes_from for _, part in asked.parts)),
        device=any(part.device for _, part in asked.parts),
        versions=tuple(version for version, _ in asked.parts),
        paths={version: part.node.path for version, part in asked.parts},
        conflict=conflict,
    )


def _joined_kind(asked: _Asked) -> tuple[VariableKind, Conflict | None]:
    kinds = {version: part.kind for version, part in asked.parts}
    different = frozenset(kinds.values())
    sorts = frozenset(part.question_type for _, part in asked.parts)
    if len(different) == 1 and not ({"select_multiple", "rank"} & sorts and len(sorts) > 1):
        return next(iter(different)), None
    if different in _WIDER:
        return _WIDER[different], None
    return "text", Conflict({version: part.question_type for version, part in asked.parts})


def _values(asked: _Asked) -> tuple[ValueLabel, ...]:
    """Number the choices of all versions, those of a version before what later ones add."""
    choices: dict[str, Choice] = {}
    codes: dict[str, int] = {}
    for _, part in asked.parts:
        choices.update({choice.value: choice for choice in part.choices})
        _add_codes(codes, [choice.value for choice in part.choices])
    return tuple(ValueLabel(value, codes[value], each.labels, value in NO_ANSWERS) for value, each in choices.items())


def _add_codes(codes: dict[str, int], values: Sequence[str]) -> None:
    """Give each new value a code: itself where all values so far are small whole numbers, else the next one."""
    new = [value for value in values if value not in codes]
    if all(_is_code(value) and codes.get(value, int(value)) == int(value) for value in (*codes, *new)):
        codes.update({value: int(value) for value in new})
        return
    first = max(codes.values(), default=0) + 1
    codes.update({value: number for number, value in enumerate(new, start=max(1, first))})


def _is_code(value: str) -> bool:
    """Tell whether a value is a small whole number as people write it, so that 01 stays apart from 1."""
    digits = value.removeprefix("-")
    plain = digits.isascii() and digits.isdigit() and (digits == "0" or not digits.startswith("0"))
    return plain and value != "-0" and len(digits) <= 5 and int(digits) <= LARGEST_CODE
