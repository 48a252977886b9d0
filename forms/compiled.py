"""A form made ready: every expression compiled, in the order in which values come to rest."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from types import MappingProxyType

from lxml import etree

from forms.answer_types import CHECKS
from forms.complaint import Complaint
from forms.definition import FormDefinition
from forms.direct.items import Items, Values, items_of
from forms.expression import Expression
from forms.listed import with_listed_choices
from forms.order import Order, order_of
from forms.own_value import keeps_own_value
from forms.scope import Tables
from forms.structure import Node
from forms.tables import fleeting_tables, tables_of
from forms.translation import NUMERIC_TYPES, Context, result_type
from forms.xpath import XPathSyntaxError, parse

NO_DATA: Mapping[str, bytes] = MappingProxyType({})


@dataclass(frozen=True, eq=False)
class Rules:
    """The compiled expressions of one node, None where the form has none, and what its answers must look like.

    `listed` are the values of all choices that the form itself has; `items` those of a table that can be looked up.
    """

    node: Node
    relevant: Expression | None
    required: Expression | None
    constraint: Expression | None
    calculate: Expression | None
    repeat_count: Expression | None
    itemset: Expression | None
    actions: Mapping[str, Expression]
    fits: Callable[[str], bool] | None
    selects: bool
    listed: frozenset[str]
    items: Items | None

    @property
    def keeps_own_value(self) -> bool:
        """Tell whether the calculation looks at its own node and gives its value back."""
        path = self.node.path
        own = self.calculate is not None and path in self.calculate.references
        return own and keeps_own_value(self.node.calculate or "", path)

    @property
    def expressions(self) -> tuple[Expression, ...]:
        """Give those that there are."""
        every = (self.relevant, self.required, self.constraint, self.calculate, self.repeat_count, self.itemset)
        return (*(expression for expression in every if expression is not None), *self.actions.values())


@dataclass(frozen=True, eq=False)
class CompiledForm:
    """The rules of all nodes, the tables they look values up in, and those that settle, in their order.

    `counted` are the repeats with a count, `recorded` the paths of the times that the device noted, the end first;
    `identifier` is the path of the submission's own id.
    """

    definition: FormDefinition
    """With the choices of the tables that were given."""
    rules: Mapping[str, Rules]
    children: Mapping[str, Mapping[str, Node]]
    tables: Tables
    order: Order
    settling: tuple[Rules, ...]
    questions: tuple[Rules, ...]
    counted: tuple[Rules, ...]
    recorded: tuple[str, ...]
    identifier: str
    complaints: tuple[Complaint, ...]


def compiled(definition: FormDefinition, data: Mapping[str, bytes] = NO_DATA) -> CompiledForm:
    """Compile a form, or give the one that was compiled before; who checks many submissions keeps it himself."""
    return _remembered(definition, tuple(sorted(data.items())))


@lru_cache(maxsize=16)
def _remembered(definition: FormDefinition, data: tuple[tuple[str, bytes], ...]) -> CompiledForm:
    return compile_form(definition, dict(data))


def compile_form(definition: FormDefinition, data: Mapping[str, bytes] = NO_DATA) -> CompiledForm:
    """Compile a form; `data` are its attached tables (CSV, GeoJSON, XML) by file name.

    Any number of threads may check by it at once.
    """
    numeric = frozenset(node.path for node in definition.nodes if _is_number(node))
    tables, faults = tables_of(definition, data)
    definition = with_listed_choices(definition, _attached(definition, tables))
    tables.choices = {node.path: node.choices for node in definition.nodes if node.choices}
    tables.sizes = {name: len(instance[0]) if len(instance) else 0 for name, instance in tables.instances.items()}
    shared = _Shared(definition, numeric, tables)
    rules = {node.path: _rules(node, shared) for node in definition.nodes}
    settling = [path for path, rule in rules.items() if rule.relevant is not None or rule.calculate is not None]
    order = order_of(
        settling,
        {path: _references(rules[path]) for path in settling},
        {node.path: _rows(node) for node in definition.nodes},
    )
    found = [complaint for rule in rules.values() for e in rule.expressions for complaint in e.complaints]
    return CompiledForm(
        definition=definition,
        rules=rules,
        children=_children(definition),
        tables=tables,
        order=order,
        settling=tuple(rules[path] for path in order.paths),
        questions=tuple(rule for rule in rules.values() if rule.node.kind == "question"),
        counted=tuple(rule for rule in rules.values() if rule.repeat_count is not None),
        recorded=_recorded(definition),
        identifier=f"/{definition.root}/meta/instanceID",
        complaints=(*definition.complaints, *found, *faults, *order.complaints),
    )


def _attached(definition: FormDefinition, tables: Tables) -> Mapping[str, etree._Element]:
    """Give the tables that came as files of the form."""
    files = definition.external.keys() - fleeting_tables(definition)
    return {name: table for name, table in tables.instances.items() if name in files}


def _recorded(definition: FormDefinition) -> tuple[str, ...]:
    wanted = [("timestamp", parameter) for parameter in ("end", "start")]
    return tuple(node.path for preload in wanted for node in definition.nodes if node.preload == preload)


def _is_number(node: Node) -> bool:
    """Tell whether a node holds a number: by its type, or because it is computed as one."""
    if node.type in NUMERIC_TYPES:
        return True
    if node.calculate is None or node.type != "string":
        return False
    try:
        return result_type(parse(node.calculate)) == "number"
    except XPathSyntaxError:
        return False


def _rows(node: Node) -> tuple[str, ...]:
    return (*node.repeats, node.path) if node.kind == "repeat" else node.repeats


@dataclass(frozen=True)
class _Shared:
    """What the rules of all nodes are made from; `values` remembers the tables that choices were looked up in."""

    definition: FormDefinition
    numeric: frozenset[str]
    tables: Tables
    values: dict[tuple[str, ...], Values] = field(default_factory=dict)
    lists: dict[int, frozenset[str]] = field(default_factory=dict)

    def listed(self, node: Node) -> frozenset[str]:
        """Give the values of a node's choices, the same ones to all nodes that have the same choices."""
        found = self.lists.get(id(node.choices))
        if found is None:
            found = self.lists[id(node.choices)] = frozenset(choice.value for choice in node.choices)
        return found

    def context(self, node: Node) -> Context:
        definition = self.definition
        fleeting = fleeting_tables(definition)
        return Context(node.path, _rows(node), definition.by_path, self.numeric, definition.primary_instance, fleeting)


def _rules(node: Node, shared: _Shared) -> Rules:
    context = shared.context(node)
    # The number of rows is asked for before there is a row, so its own row is not known.
    before = replace(context, repeats=node.repeats)

    def compile_(source: str | None, column: str, where: Context = context) -> Expression | None:
        return Expression(source, where, column) if source is not None and source.strip() else None

    itemset = compile_(_open_choices(node), "choice_filter")
    return Rules(
        node=node,
        relevant=compile_(node.relevant, "relevant"),
        required=compile_(node.required, "required"),
        constraint=compile_(node.constraint, "constraint"),
        calculate=compile_(node.calculate, "calculation"),
        repeat_count=compile_(node.repeat_count, "repeat_count", before),
        itemset=itemset,
        actions={a.expression: Expression(a.expression, context, "default") for a in node.actions if a.expression},
        fits=CHECKS.get(node.type),
        selects=node.is_select,
        listed=shared.listed(node),
        items=_items(node, itemset, context, shared),
    )


def _items(node: Node, itemset: Expression | None, context: Context, shared: _Shared) -> Items | None:
    if itemset is None or itemset.complaints or node.itemset is None or "search(" in node.appearance:
        return None
    return items_of(itemset.source, node.itemset.value.strip(), context, shared.tables.instances, shared.values)


def _open_choices(node: Node) -> str | None:
    """Give the node set of choices that must be looked up each time: filtered, or not known from the form itself."""
    return node.itemset.nodeset if node.itemset and (node.itemset.filtered or not node.choices) else None


def _references(rule: Rules) -> Mapping[str, bool]:
    merged: dict[str, bool] = {}
    for expression in (rule.relevant, rule.calculate):
        for path, soft in (expression.references if expression else {}).items():
            merged[path] = merged.get(path, True) and soft
    if rule.keeps_own_value and rule.node.path not in (rule.relevant.references if rule.relevant else ()):
        merged.pop(rule.node.path, None)
    return merged


def _children(definition: FormDefinition) -> Mapping[str, Mapping[str, Node]]:
    children: dict[str, dict[str, Node]] = {f"/{definition.root}": {}}
    for node in definition.nodes:
        children.setdefault(node.parent or "", {})[node.name] = node
    return children
