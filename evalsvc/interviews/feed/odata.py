"""The part of OData 4.0 that the feed speaks, pure: its queries, its filters, its metadata document."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from xml.sax.saxutils import quoteattr

from evalsvc.errors import InvalidError
from evalsvc.interviews.datasets.values import Position
from evalsvc.interviews.feed.pages import PageSeal
from forms.dataset.metadata import INSTANCE, ROW
from forms.dataset.variables import INTERVIEWS, Cell, Missing, Schema, Table, Variable

NAMESPACE = "evalsvc"
EDM: Mapping[str, str] = {
    "integer": "Edm.Int64",
    "decimal": "Edm.Double",
    "date": "Edm.Date",
    "time": "Edm.TimeOfDay",
    "datetime": "Edm.DateTimeOffset",
    "text": "Edm.String",
    "choice": "Edm.String",
    "flag": "Edm.Int32",
}
OPTIONS = frozenset({"$top", "$skip", "$filter", "$select", "$count", "$skiptoken", "$format", "$orderby"})
LARGEST = 10**9
_COMPARISON = re.compile(
    r"\s*(?P<name>\w+)\s+(?P<operator>eq|ne|gt|ge|lt|le)\s+"
    r"(?P<literal>'(?:[^']|'')*'|[^\s'()]+)\s*"
)
_AND = re.compile(r"and\b")
Test = Callable[[Cell], bool]


@dataclass(frozen=True)
class Query:
    """What a reader asks of a table."""

    table: Table
    columns: tuple[int, ...]
    """Places of the columns that are given."""
    tests: tuple[tuple[int, Test], ...]
    """Places of columns with what their cells have to pass."""
    top: int | None
    skip: int
    with_count: bool
    after: Position | None

    def passes(self, row: Sequence[Cell]) -> bool:
        """Tell whether a row fits the filter."""
        return all(test(row[place]) for place, test in self.tests)


def read_query(schema: Schema, name: str, given: Mapping[str, str], seal: PageSeal) -> Query:
    """Read the options of an address; the seal opens the place of a further page.

    Raises
    ------
    InvalidError
        ``dataset.feed_table``, ``dataset.feed_option``, ``dataset.feed_number``, ``dataset.feed_column``,
        ``dataset.feed_filter``, ``dataset.feed_token``
    """
    table = next((each for each in schema.tables if each.name == name), None)
    if table is None:
        raise InvalidError("dataset.feed_table", table=name, tables=", ".join(each.name for each in schema.tables))
    unknown = sorted(option for option in given if option.startswith("$") and option not in OPTIONS)
    if unknown or "$orderby" in given:
        raise InvalidError("dataset.feed_option", option=(unknown or ["$orderby"])[0])
    page = seal.read(given["$skiptoken"]) if "$skiptoken" in given else None
    return Query(
        table=table,
        columns=_columns(table, given.get("$select", "")),
        tests=_tests(table, given.get("$filter", "")),
        top=page.top if page else _number(given, "$top"),
        skip=page.skip if page else _number(given, "$skip") or 0,
        with_count=given.get("$count", "").lower() == "true",
        after=page.position if page else None,
    )


def _number(given: Mapping[str, str], option: str) -> int | None:
    text = given.get(option)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit()) or int(text[:20]) > LARGEST:
        raise InvalidError("dataset.feed_number", option=option, value=text[:40])
    return int(text)


def _columns(table: Table, selected: str) -> tuple[int, ...]:
    names = [name.strip() for name in selected.split(",") if name.strip()]
    if not names or "*" in names:
        return tuple(range(len(table.variables)))
    return tuple(_place(table, name) for name in names)


def _place(table: Table, name: str) -> int:
    for place, variable in enumerate(table.variables):
        if variable.name == name:
            return place
    raise InvalidError("dataset.feed_column", column=name[:80], table=table.name)


# ---- filters


def _tests(table: Table, text: str) -> tuple[tuple[int, Test], ...]:
    """Read comparisons that are joined by `and`; anything else is refused, not overlooked."""
    found: list[tuple[int, Test]] = []
    rest = text.strip()
    while rest:
        match = _COMPARISON.match(rest)
        if match is None:
            raise InvalidError("dataset.feed_filter", filter=text[:200])
        place = _place(table, match["name"])
        found.append((place, _test(table.variables[place], match["operator"], match["literal"], text)))
        rest = rest[match.end() :]
        joined = _AND.match(rest)
        if rest and (joined is None or not rest[joined.end() :].strip()):
            raise InvalidError("dataset.feed_filter", filter=text[:200])
        rest = rest[joined.end() :] if joined else rest
    return tuple(found)


def _test(variable: Variable, operator: str, literal: str, whole: str) -> Test:
    if literal == "null":
        if operator not in ("eq", "ne"):
            raise InvalidError("dataset.feed_filter", filter=whole[:200])
        return lambda cell: (cell is None or isinstance(cell, Missing)) == (operator == "eq")
    wanted = _literal(variable, literal, whole)

    def test(cell: Cell) -> bool:
        # As OData has it: a comparison with nothing is not true, unless it asks for what is not equal.
        if cell is None or isinstance(cell, Missing):
            return operator == "ne"
        return _COMPARE[operator](cell, wanted)

    return test


_COMPARE: Mapping[str, Callable[..., bool]] = {
    "eq": lambda a, b: a == b,
    "ne": lambda a, b: a != b,
    "gt": lambda a, b: a > b,
    "ge": lambda a, b: a >= b,
    "lt": lambda a, b: a < b,
    "le": lambda a, b: a <= b,
}


def _literal(variable: Variable, text: str, whole: str) -> Cell:
    quoted = text.startswith("'")
    try:
        if variable.kind in ("text", "choice"):
            if quoted:
                return text[1:-1].replace("''", "'")
        elif not quoted:
            return _READERS[variable.kind](text)
    except ValueError:
        pass
    raise InvalidError("dataset.feed_filter", filter=whole[:200])


def _day(text: str) -> date:
    return date.fromisoformat(text[:10])


_READERS: Mapping[str, Callable[[str], Cell]] = {
    "integer": float,
    "decimal": float,
    "flag": float,
    "date": _day,
    "time": time.fromisoformat,
    "datetime": datetime.fromisoformat,
}


# ---- the metadata document


def metadata_document(schema: Schema, language: str) -> str:
    """Write the entity types and sets (CSDL XML), with the labels of the columns as annotations."""
    types = "".join(_entity_type(table, language) for table in schema.tables)
    sets = "".join(
        f'<EntitySet Name={quoteattr(each.name)} EntityType="{NAMESPACE}.{each.name}"/>' for each in schema.tables
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<edmx:Edmx xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx" Version="4.0"><edmx:DataServices>'
        f'<Schema xmlns="http://docs.oasis-open.org/odata/ns/edm" Namespace="{NAMESPACE}">{types}'
        f'<EntityContainer Name="answers">{sets}</EntityContainer></Schema></edmx:DataServices></edmx:Edmx>\n'
    )


def _entity_type(table: Table, language: str) -> str:
    keys = (INSTANCE,) if table.name == INTERVIEWS else (INSTANCE, ROW)
    references = "".join(f'<PropertyRef Name="{key}"/>' for key in keys)
    properties = "".join(_property(variable, variable.name in keys, language) for variable in table.variables)
    return f"<EntityType Name={quoteattr(table.name)}><Key>{references}</Key>{properties}</EntityType>"


def _property(variable: Variable, is_key: bool, language: str) -> str:
    nullable = ' Nullable="false"' if is_key else ""
    label = quoteattr(variable.label(language))
    return (
        f'<Property Name={quoteattr(variable.name)} Type="{EDM[variable.kind]}"{nullable}>'
        f'<Annotation Term="Org.OData.Core.V1.Description" String={label}/></Property>'
    )
