"""The answers of one submission laid beside the form: where each node stands, what is missing, what has no place."""

from __future__ import annotations

import math
from collections.abc import Iterator

from lxml import etree

from forms.compiled import CompiledForm, Rules
from forms.complaint import Complaint
from forms.structure import Node
from forms.values import to_number

MAX_ROWS = 10_000
TEMPLATE = "{http://openrosa.org/javarosa}template"


class Answers:
    """A tree of answers that may be changed, completed with the nodes that the device left out."""

    def __init__(self, form: CompiledForm, root: etree._Element) -> None:
        self.form = form
        self.root = root
        self.at: dict[str, list[etree._Element]] = {path: [] for path in form.rules}
        self.complaints: list[Complaint] = []
        self.dropped: set[etree._Element] = set()
        self._numbers: dict[etree._Element, int] = {}
        self._fit(root, f"/{form.definition.root}")

    def _fit(self, parent: etree._Element, path: str) -> None:
        expected = self.form.children.get(path, {})
        found: dict[str, int] = {}
        for child in list(parent):
            name = str(child.tag)
            node = expected.get(name)
            if node is None:
                self._misplaced(parent, child, "check.unknown_node")
                continue
            if node.kind == "repeat":
                if child.get(TEMPLATE) is not None:
                    parent.remove(child)
                    continue
                self._numbers[child] = found.get(name, 0) + 1
            elif name in found:
                self._misplaced(parent, child, "check.node_twice")
                continue
            found[name] = found.get(name, 0) + 1
            self._place(child, node)
        for name, node in expected.items():
            if name not in found and node.kind != "repeat":
                self._place(etree.SubElement(parent, name), node)

    def _place(self, element: etree._Element, node: Node) -> None:
        self.at[node.path].append(element)
        if node.kind == "question":
            if len(element) and not node.is_meta:
                self._complain("check.nodes_in_answer", element)
            return
        if element.text and element.text.strip():
            self._complain("check.text_in_group", element)
        self._fit(element, node.path)

    def _misplaced(self, parent: etree._Element, element: etree._Element, code: str) -> None:
        # The form's own metadata may hold more than the form names: clients add to it.
        if parent.tag != "meta" and not (parent is self.root and element.tag == "meta"):
            self._complain(code, element)
        parent.remove(element)

    def _complain(self, code: str, element: etree._Element) -> None:
        self.complaints.append(Complaint("structure", code, self.path_of(element)))

    def add_row(self, parent: etree._Element, row: etree._Element, node: Node) -> None:
        """Append a row of a repeat behind its kind, or where the form has the first one."""
        rows = parent.findall(node.name)
        if rows:
            rows[-1].addnext(row)
        else:
            parent.insert(self._place_of_first(parent, node), row)
        self._numbers[row] = len(rows) + 1
        self._place(row, node)

    def count_of(self, rules: Rules, parent: etree._Element) -> int | None:
        """Give the number of rows that a repeat's count asks for below a parent; None where nothing is asked."""
        if rules.repeat_count is None:
            return None
        row = parent.find(rules.node.name)
        # The count is computed from where a row would stand, even before there is one.
        here = row if row is not None else etree.SubElement(parent, rules.node.name)
        try:
            if rules.relevant is not None and not rules.relevant.is_true(here):
                return None
            wanted = to_number(rules.repeat_count.value(here))
        finally:
            if row is None:
                parent.remove(here)
        return 0 if math.isnan(wanted) else max(0, min(int(wanted), MAX_ROWS))

    def parents_of(self, node: Node) -> list[etree._Element]:
        """Give the elements that rows of a repeat stand in, those that are not relevant left out."""
        parents = self.at.get(node.parent or "", [self.root])
        return [parent for parent in parents if parent not in self.dropped]

    def _place_of_first(self, parent: etree._Element, node: Node) -> int:
        order = list(self.form.children[node.parent or ""])
        behind = set(order[order.index(node.name) + 1 :])
        return next((index for index, child in enumerate(parent) if child.tag in behind), len(parent))

    def held(self, element: etree._Element, path: str) -> Iterator[tuple[etree._Element, str]]:
        """Give the leaves that hold something at and below a node, with the path of their node in the form."""
        if not len(element):
            if element.text and element.text.strip():
                yield element, path
            return
        for child in element:
            yield from self.held(child, f"{path}/{child.tag}")

    def drop(self, element: etree._Element) -> None:
        """Empty a node that is not relevant and all below it; its rows leave the tree, so that nothing counts them."""
        below = [element, *element.iterdescendants()]
        self.dropped.update(below)
        for node in below:
            if not len(node):
                node.text = None
        for node in below:
            parent = node.getparent()
            if node in self._numbers and parent is not None:
                parent.remove(node)

    def prune(self) -> None:
        """Take everything that is not relevant out of the tree."""
        for element in self.dropped:
            parent = element.getparent()
            if parent is not None:
                parent.remove(element)

    def path_of(self, element: etree._Element) -> str:
        """Give the place of an element; rows of repeats are counted from 1."""
        steps: list[str] = []
        current: etree._Element | None = element
        while current is not None:
            number = self._numbers.get(current)
            steps.append(f"{current.tag}[{number}]" if number else str(current.tag))
            current = current.getparent()
        return "/" + "/".join(reversed(steps))
