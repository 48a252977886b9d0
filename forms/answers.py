"""The answers of one submission laid beside the form: where each node stands, what is missing, what has no place."""

from __future__ import annotations

import math
from collections.abc import Iterator

from lxml import etree

from forms.compiled import CompiledForm, Rules
from forms.complaint import Complaint
from forms.rows import RowNumbers
from forms.structure import Node
from forms.values import text_of, to_boolean, to_number

MAX_ROWS = 10_000
TEMPLATE = "{http://openrosa.org/javarosa}template"


class Answers(RowNumbers):
    """A tree of answers that may be changed, completed with the nodes that the device left out.

    `at` lists the elements of each node of the form. All nodes of one row of a repeat stand at the same place of their
    lists, the place of the row itself, for each of them is there once a row.
    """

    def __init__(self, form: CompiledForm, root: etree._Element) -> None:
        super().__init__(form.definition.repeats)
        self.form = form
        self.root = root
        self.at: dict[str, list[etree._Element]] = {path: [] for path in form.rules}
        self.complaints: list[Complaint] = []
        self.dropped: set[etree._Element] = set()
        self._numbers: dict[etree._Element, int] = {}
        self._fit(root, f"/{form.definition.root}", 0)

    def _fit(self, parent: etree._Element, path: str, index: int) -> None:
        """Place what stands below a node; `index` is the place of the row it stands in."""
        expected = self.form.children.get(path, {})
        found: dict[str, int] = {}
        for child in list(parent):
            name = child.tag
            node = expected.get(name)
            if node is None:
                self._misplaced(parent, child, "check.unknown_node")
            elif node.kind == "repeat":
                if child.get(TEMPLATE) is not None:
                    parent.remove(child)
                    continue
                found[name] = self._numbers[child] = found.get(name, 0) + 1
                self._place(child, node, self.enter_row(node.path, index))
            elif name in found:
                self._misplaced(parent, child, "check.node_twice")
            else:
                found[name] = 1
                self._place(child, node, index)
        if len(found) < len(expected):
            for name, node in expected.items():
                if name not in found and node.kind != "repeat":
                    self._place(etree.SubElement(parent, name), node, index)

    def _place(self, element: etree._Element, node: Node, index: int) -> None:
        self.at[node.path].append(element)
        if node.kind == "question":
            if len(element):
                self._refuse_nodes(element, node)
            return
        if element.text and not element.text.isspace():
            self._complain("check.text_in_group", element)
        self._fit(element, node.path, index)

    def _refuse_nodes(self, element: etree._Element, node: Node) -> None:
        """Keep the text of nodes inside an answer, as far as XPath sees it."""
        if not node.is_meta:
            self._complain("check.nodes_in_answer", element)
        text = text_of(element)
        del element[:]
        element.text = text

    def _misplaced(self, parent: etree._Element, element: etree._Element, code: str) -> None:
        # The form's own metadata may hold more than the form names: clients add to it.
        if parent.tag != "meta" and not (parent is self.root and element.tag == "meta"):
            self._complain(code, element)
        parent.remove(element)

    def _complain(self, code: str, element: etree._Element) -> None:
        self.complaints.append(Complaint("structure", code, self.path_of(element)))

    def count_of(self, rules: Rules, parent: etree._Element, index: int, blank: int | None = None) -> int | None:
        """Give the number of rows that a repeat's count asks for below a parent; None where nothing is asked.

        A blank count gives `blank`: clients make no rows by it, and take none away that are there.
        """
        if rules.repeat_count is None:
            return None
        direct = rules.repeat_count.direct
        if direct is not None and rules.relevant is None:
            return _as_count(to_number(direct(self, index, None)), blank)
        row = parent.find(rules.node.name)
        # The count is computed from where a row would stand, even before there is one.
        here = row if row is not None else etree.SubElement(parent, rules.node.name)
        try:
            if rules.relevant is not None and not to_boolean(rules.relevant.value(here)):
                return None
            return _as_count(to_number(rules.repeat_count.value(here)), blank)
        finally:
            if row is None:
                parent.remove(here)

    def parents_of(self, node: Node) -> list[tuple[int, etree._Element]]:
        """Give the elements that rows of a repeat stand in, with their places; those not relevant are left out."""
        parents = self.at.get(node.parent or "", [self.root])
        return [(index, parent) for index, parent in enumerate(parents) if parent not in self.dropped]

    def add_row(self, parent: etree._Element, index: int, row: etree._Element, node: Node) -> None:
        """Append a row of a repeat behind its kind, or where the form has the first one."""
        rows = parent.findall(node.name)
        if rows:
            rows[-1].addnext(row)
        else:
            parent.insert(self._place_of_first(parent, node), row)
        self._numbers[row] = len(rows) + 1
        self._place(row, node, self.enter_row(node.path, index))

    def remove_rows(self, parent: etree._Element, index: int, node: Node) -> None:
        """Take all rows of a repeat below a parent away, as if they had never been there."""
        for row in parent.findall(node.name):
            parent.remove(row)
        for path, places in self.forget_rows(node.path, {index}).items():
            within = [each for each in self.at if self._repeat_of(each) == path]
            for each in within:
                self.at[each] = [e for place, e in enumerate(self.at[each]) if place not in places]

    def _repeat_of(self, path: str) -> str:
        node = self.form.rules[path].node
        return path if node.kind == "repeat" else (node.repeats or ("",))[-1]

    def _place_of_first(self, parent: etree._Element, node: Node) -> int:
        order = list(self.form.children[node.parent or ""])
        behind = set(order[order.index(node.name) + 1 :])
        return next((index for index, child in enumerate(parent) if child.tag in behind), len(parent))

    def held(self, element: etree._Element, path: str) -> Iterator[tuple[etree._Element, str]]:
        """Give the leaves that hold something at and below a node, with the path of their node in the form."""
        if not len(element):
            if element.text and not element.text.isspace():
                yield element, path
            return
        for child in element:
            yield from self.held(child, f"{path}/{child.tag}")

    def drop(self, element: etree._Element) -> None:
        """Empty a node that is not relevant and all below it; its rows leave the tree, so that nothing counts them."""
        below = [element, *element.iterdescendants()]
        self.dropped.update(below)
        for node in below:
            if not len(node) and node.text:
                node.text = None
        gone = [node for node in below if node in self._numbers] if self._numbers else []
        for node in gone:
            parent = node.getparent()
            if parent is not None:
                parent.remove(node)
        if gone:
            self.recount(lambda path, place: self.at[path][place] in self.dropped)

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


def _as_count(wanted: float, blank: int | None) -> int | None:
    return blank if math.isnan(wanted) else int(max(0, min(wanted, MAX_ROWS)))
