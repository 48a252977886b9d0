"""Rules of ISO 14289-1 (PDF/UA-1) by their clauses: what a program can tell of how a report is read aloud."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

from pikepdf import Array, Dictionary, Name, Pdf

from tests.unit.reports.pdf_checks.reading import PAINTS, annotations, instructions, kids, nodes, role, tree_values, xmp

EXTENSION = "{http://www.aiim.org/pdfa/ns/extension/}"
SCHEMA = "{http://www.aiim.org/pdfa/ns/schema#}"
HEADINGS = {f"/H{level}": level for level in range(1, 7)}


def tagged_or_artifact(pdf: Pdf, _content: bytes) -> Iterator[str]:
    """7.1: everything that is painted is content of the tree or an artifact, and not one inside the other."""
    for number, page in enumerate(pdf.pages, start=1):
        for each in instructions(page):
            if each.operator not in PAINTS:
                continue
            artifacts = [tag for tag, _ in each.marks if tag == "/Artifact"]
            numbers = [mark for _, mark in each.marks if mark is not None]
            if bool(artifacts) == bool(numbers) or len(numbers) > 1:
                yield f"page {number}: {each.operator} in {each.marks}"


def marks_in_tree(pdf: Pdf, _content: bytes) -> Iterator[str]:
    """7.1: each mark of a page hangs in the tree once, and the page's list leads to where it hangs."""
    hung = Counter(_hung(pdf))
    numbers = tree_values(pdf.Root.StructTreeRoot.ParentTree)
    lists = dict(zip((int(each) for each in numbers[0::2]), numbers[1::2], strict=True))
    for page in pdf.pages:
        owners = lists.get(int(page.obj.get("/StructParents", -1)), [])
        for mark in {number for each in instructions(page) for _, number in each.marks if number is not None}:
            if hung[page.objgen, mark] != 1:
                yield f"mark {mark} hangs {hung[page.objgen, mark]} times"
            elif mark >= len(owners) or not _holds(owners[mark], page.objgen, mark):
                yield f"mark {mark}: the page's list leads elsewhere"


def title(pdf: Pdf, _content: bytes) -> Iterator[str]:
    if not pdf.Root.get("/ViewerPreferences", Dictionary()).get("/DisplayDocTitle"):
        yield "the file's name is shown instead of the title"
    if "<dc:title>" not in xmp(pdf):
        yield "no title"
    if pdf.Root.MarkInfo.get("/Suspects"):
        yield "suspects"


def language(pdf: Pdf, _content: bytes) -> Iterator[str]:
    if not str(pdf.Root.get("/Lang", "")):
        yield "no language"
    for node in nodes(pdf):
        if "/Lang" in node and not str(node.Lang):
            yield f"{role(node)} in no language"


def figures(pdf: Pdf, _content: bytes) -> Iterator[str]:
    for node in nodes(pdf):
        if role(node) == "/Figure":
            if not str(node.get("/Alt", "")).strip():
                yield "a figure that is not told"
            box = [float(each) for each in _attribute(node, "/BBox") or []]
            media = [float(each) for each in node.Pg.MediaBox]
            inside = len(box) == 4 and all(media[n] <= box[n] < box[n + 2] <= media[n + 2] for n in (0, 1))
            if not inside:
                yield f"a figure at {box}"


def headings(pdf: Pdf, _content: bytes) -> Iterator[str]:
    last = 0
    for node in nodes(pdf):
        level = HEADINGS.get(role(node))
        if level is not None:
            if level > last + 1:
                yield f"level {level} after {last}"
            last = level


def tables(pdf: Pdf, _content: bytes) -> Iterator[str]:
    for table in (node for node in nodes(pdf) if role(node) == "/Table"):
        parts = [each for part in _nodes_of(table) for each in (part, *_nodes_of(part))]
        rows = [each for each in parts if role(each) == "/TR"]
        wide = {sum(int(_attribute(cell, "/ColSpan") or 1) for cell in _nodes_of(row)) for row in rows}
        if len(wide) != 1:
            yield f"rows of {sorted(wide)} cells"
        heads = [cell for row in rows for cell in _nodes_of(row) if role(cell) == "/TH"]
        if not heads or any(str(_attribute(cell, "/Scope")) not in ("/Row", "/Column", "/Both") for cell in heads):
            yield "heads without a scope, or none"


def lists(pdf: Pdf, _content: bytes) -> Iterator[str]:
    for node in nodes(pdf):
        inside = {role(each) for each in _nodes_of(node)}
        if role(node) == "/L" and not inside <= {"/LI", "/L", "/Caption"}:
            yield f"a list of {sorted(inside)}"
        if role(node) == "/LI" and ("/LBody" not in inside or not inside <= {"/Lbl", "/LBody"}):
            yield f"an item of {sorted(inside)}"


def notes(pdf: Pdf, _content: bytes) -> Iterator[str]:
    names = [str(node.get("/ID", "")) for node in nodes(pdf) if role(node) == "/Note"]
    if "" in names or len(set(names)) != len(names):
        yield "notes without a name of their own"


def tabs(pdf: Pdf, _content: bytes) -> Iterator[str]:
    for page, _ in annotations(pdf):
        if page.get("/Tabs") != Name.S:
            yield "the order of annotations is not the tree's"


def links(pdf: Pdf, _content: bytes) -> Iterator[str]:
    held = _held_by(pdf, "/Link")
    for _, annotation in annotations(pdf):
        if annotation.Subtype == Name.Link:
            if annotation.objgen not in held:
                yield "a link outside the tree"
            if not str(annotation.get("/Contents", "")):
                yield "a link that is not told"


def mark(pdf: Pdf, _content: bytes) -> Iterator[str]:
    stated = re.findall(r"<pdfuaid:part>(\d+)</pdfuaid:part>", xmp(pdf))
    if stated != ["1"]:
        yield f"stated: {stated}"
    described = ElementTree.fromstring(xmp(pdf)).findall(f".//{EXTENSION}schemas//{SCHEMA}prefix")
    if [each.text for each in described] != ["pdfuaid"]:
        yield "the schema of the mark is not described"


def fields(pdf: Pdf, _content: bytes) -> Iterator[str]:
    held = _held_by(pdf, "/Form")
    for page, annotation in annotations(pdf):
        if annotation.Subtype == Name.Widget:
            if annotation.objgen not in held and not _beside(page, annotation):
                yield f"field {annotation.get('/T')} outside the tree"
            if not str(annotation.get("/TU", "")):
                yield f"field {annotation.get('/T')} is not told"


def _beside(page: Any, annotation: Any) -> bool:
    """Tell whether an annotation lies wholly outside of the page, where 7.18.1 asks nothing of it."""
    left, bottom, right, top = (float(each) for each in page.get("/CropBox", page.MediaBox))
    x1, y1, x2, y2 = (float(each) for each in annotation.Rect)
    return max(x1, x2) < left or min(x1, x2) > right or max(y1, y2) < bottom or min(y1, y2) > top


def _hung(pdf: Pdf) -> Iterator[tuple[Any, int]]:
    for node in nodes(pdf):
        for each in kids(node):
            if isinstance(each, int):
                yield node.Pg.objgen, each
            elif isinstance(each, Dictionary) and "/MCID" in each:
                yield each.Pg.objgen, int(each.MCID)


def _holds(node: Any, page: Any, mark: int) -> bool:
    return any(
        each == mark and node.Pg.objgen == page
        if isinstance(each, int)
        else "/MCID" in each and int(each.MCID) == mark and each.Pg.objgen == page
        for each in kids(node)
    )


def _nodes_of(node: Any) -> list[Any]:
    return [each for each in kids(node) if isinstance(each, Dictionary) and "/S" in each]


def _attribute(node: Any, name: str) -> Any:
    given = node.get("/A", Array())
    for each in given if isinstance(given, Array) else [given]:
        if name in each:
            return each[name]
    return None


def _held_by(pdf: Pdf, kind: str) -> set[Any]:
    """Return the objects that nodes of a kind refer to."""
    below = (each for node in nodes(pdf) if role(node) == kind for each in kids(node))
    return {each.Obj.objgen for each in below if _is_reference(each)}


def _is_reference(kid: Any) -> bool:
    return isinstance(kid, Dictionary) and kid.get("/Type") == Name.OBJR


RULES = {
    "5": mark, "7.1 content": tagged_or_artifact, "7.1 tree": marks_in_tree, "7.1 title": title, "7.2": language,
    "7.3": figures, "7.4.2": headings, "7.5": tables, "7.6": lists, "7.9": notes, "7.18.3": tabs, "7.18.4": fields,
    "7.18.5": links,
}  # fmt: skip
