"""The tree itself: one node for each element of the page's text, however many pages it stands on.

WeasyPrint 70 writes three nodes for a cell and one paragraph for each page that it touches, gives no language, no scope
and no notes, and puts the heads of pages into no tree. This takes the place of its function (`tags.install`).
"""

from dataclasses import dataclass, field
from typing import Any

import pydyf
from weasyprint.formatting_structure import boxes

from reports.tags.artifacts import children
from reports.tags.roles import SCOPES, alternative_of, role_of

_NOTE_CALL = "span::footnote-call"
_POINTS = 0.75
"""Points in a pixel of CSS."""


@dataclass
class Tree:
    """A tree while it grows: nodes by element, what each page's marks belong to, and annotations."""

    pdf: Any
    root: Any
    language: str
    nodes: dict[tuple[int, str], Any] = field(default_factory=dict)
    annotations: list[tuple[Any, Any]] = field(default_factory=list)
    heading: int = 0
    page: bytes = b""
    height: float = 0.0
    marks: dict[Any, dict[str, Any]] = field(default_factory=dict)
    owners: dict[int, bytes] = field(default_factory=dict)

    def read_page(self, page: Any, reference: bytes, marks: dict[Any, dict[str, Any]]) -> list[bytes]:
        """Add the parts of a page; return the nodes that its marks belong to, in the order of the marks."""
        self.page, self.height, self.marks, self.owners = reference, page.height, marks, {}
        self._read(page._page_box, self.root)
        if self.marks:
            raise RuntimeError(f"drawn but not read: {len(self.marks)}")
        return [self.owners[number] for number in sorted(self.owners)]

    def _read(self, box: Any, above: Any) -> None:
        if getattr(box, "is_artifact", False):
            return
        node = self._node_of(box, above)
        if annotation := getattr(box, "link_annotation", None):
            self._add_link(box, annotation, node)
        if box in self.marks:
            self._add_mark(box, node)
        for child in children(box):
            self._read(child, node)

    def _node_of(self, box: Any, above: Any) -> Any:
        """Return the node that a box belongs to: that of its element, or the one above."""
        element, name = box.element, (box.element_tag or "")
        role = "" if element is None or isinstance(box, boxes.TextBox) else role_of(name, element)
        if not role:
            return above
        key = (id(element), name)
        if key not in self.nodes:
            self.nodes[key] = self._new_node(role, box, above)
            if name == _NOTE_CALL:  # the note is read where it is called, not at the foot of the page
                note = self._add("Note", above)
                note["ID"] = pydyf.String(f"note-{note.number}")
                self.nodes[id(element), "span"] = note
        return self.nodes[key]

    def _new_node(self, role: str, box: Any, above: Any) -> Any:
        element = box.element
        if role == "Lbl" and above["S"] == "/LBody":
            return self._add("Lbl", self.nodes[id(element), "li/item"], first=True)
        if role[0] == "H" and role[1:].isdigit():
            self.heading = min(int(role[1:]), self.heading + 1)
            role = f"H{self.heading}"
        node = self._add(role, above)
        self._describe(node, role, box)
        if role == "LI":
            self.nodes[id(element), "li/item"] = node
            return self._add("LBody", node)
        return node

    def _describe(self, node: Any, role: str, box: Any) -> None:
        """Give a node its language, the scope of its head, its place and what is read instead of it."""
        element = box.element
        language = element.get("lang")
        if language and language != self.language:
            node["Lang"] = pydyf.String(language)
        if instead := element.get("data-actual"):
            node["ActualText"] = pydyf.String(instead)
        if role == "TH":
            scope = {"O": "/Table", "Scope": f"/{SCOPES[element.get('scope', 'col')]}"}
            node["A"] = pydyf.Dictionary(scope)
        if role in ("TH", "TD") and box.colspan != 1:
            node.setdefault("A", pydyf.Dictionary({"O": "/Table"}))["ColSpan"] = box.colspan
        if role == "Figure":
            node["Alt"] = pydyf.String(alternative_of(element))
            node["A"] = pydyf.Dictionary({"O": "/Layout", "BBox": self._place(box)})

    def _place(self, box: Any) -> pydyf.Array:
        left, top = box.content_box_x(), box.content_box_y()
        right, bottom = left + box.width, top + box.height
        edges = (left, self.height - bottom, right, self.height - top)
        return pydyf.Array(round(edge * _POINTS, 2) for edge in edges)

    def _add(self, role: str, above: Any, *, first: bool = False) -> Any:
        node = pydyf.Dictionary(
            {"Type": "/StructElem", "S": f"/{role}", "P": above.reference, "Pg": self.page, "K": pydyf.Array()}
        )
        self.pdf.add_object(node)
        above["K"].insert(0 if first else len(above["K"]), node.reference)
        return node

    def _add_mark(self, box: Any, node: Any) -> None:
        number = self.marks.pop(box)["mcid"]
        self.owners[number] = node.reference
        if node["Pg"] == self.page:
            node["K"].append(number)
        else:
            node["K"].append(pydyf.Dictionary({"Type": "/MCR", "Pg": self.page, "MCID": number}))

    def _add_link(self, box: Any, annotation: Any, node: Any) -> None:
        annotation["Contents"] = pydyf.String("".join(box.element.itertext()).strip())
        node["K"].append(pydyf.Dictionary({"Type": "/OBJR", "Obj": annotation.reference, "Pg": self.page}))
        self.annotations.append((node.reference, annotation))
