"""Put the tree and what is not read in the place of WeasyPrint's functions."""

from typing import Any

import pydyf
import weasyprint.pdf
from weasyprint.pdf.stream import Stream

from reports.tags.artifacts import marked
from reports.tags.tree import Tree

THEIRS = Stream.marked
"""WeasyPrint's own, to compare with."""


def install() -> None:
    """Put the functions in place; a second call changes nothing."""
    weasyprint.pdf.add_tags = add_tags
    Stream.marked = marked


def add_tags(pdf: Any, document: Any, _pdf_version: object, page_streams: list[Any]) -> None:
    """Write the tree of a document and what goes with it."""
    numbers = pydyf.Dictionary({"Nums": pydyf.Array()})
    root = pydyf.Dictionary({"Type": "/StructTreeRoot", "ParentTree": b""})
    top = pydyf.Dictionary({"Type": "/StructElem", "S": "/Document", "K": pydyf.Array()})
    for each in (numbers, root, top):
        pdf.add_object(each)
    root.update(ParentTree=numbers.reference, K=pydyf.Array([top.reference]))
    top.update(P=root.reference, Pg=pdf.page_references[0])
    tree = Tree(pdf, top, document.metadata.lang or "")
    references = pdf.page_references
    for number, (page, stream) in enumerate(zip(document.pages, page_streams, strict=True)):
        owners = tree.read_page(page, references[number], stream._tags)
        numbers["Nums"].extend((number, pydyf.Array(owners)))
    for number, (reference, annotation) in enumerate(tree.annotations, start=len(document.pages)):
        numbers["Nums"].extend((number, reference))
        annotation["StructParent"] = number
    root["ParentTreeNextKey"] = len(document.pages) + len(tree.annotations)
    pdf.catalog["StructTreeRoot"] = root.reference
    pdf.catalog["MarkInfo"] = pydyf.Dictionary({"Marked": "true"})
    pdf.catalog["ViewerPreferences"] = pydyf.Dictionary({"DisplayDocTitle": "true"})
