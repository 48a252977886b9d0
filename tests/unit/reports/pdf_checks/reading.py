"""A PDF as a checker reads it: objects, marked content, nodes of the tree. Nothing here knows how the file was made."""

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf

SHOWS_TEXT = frozenset({"Tj", "TJ", "'", '"'})
PAINTS = SHOWS_TEXT | {"S", "s", "f", "F", "f*", "B", "B*", "b", "b*", "sh", "Do", "INLINE IMAGE"}
"""Operators that leave something on the page."""


@dataclass(frozen=True)
class Instruction:
    """One operator of a page with its operands, and the marked content that it stands in, outermost first."""

    operator: str
    operands: list[Any]
    marks: tuple[tuple[str, int | None], ...]


def opened(content: bytes) -> Pdf:
    return Pdf.open(BytesIO(content))


def instructions(page: Any) -> Iterator[Instruction]:
    """Read a page's operators; a mark is its tag and its number."""
    marks: list[tuple[str, int | None]] = []
    for instruction in pikepdf.parse_content_stream(page):
        operator, operands = str(instruction.operator), list(instruction.operands)
        if operator in ("BDC", "BMC"):
            marks.append((str(operands[0]), _number(operands)))
        yield Instruction(operator, operands, tuple(marks))
        if operator == "EMC":
            marks.pop()


def _number(operands: list[Any]) -> int | None:
    properties = operands[1] if len(operands) > 1 else None
    return int(properties["/MCID"]) if isinstance(properties, Dictionary) and "/MCID" in properties else None


def nodes(pdf: Pdf) -> Iterator[Any]:
    """Yield the nodes of the tree in the order of reading."""
    if "/StructTreeRoot" in pdf.Root:
        yield from _below(pdf.Root.StructTreeRoot)


def _below(node: Any) -> Iterator[Any]:
    for child in kids(node):
        if isinstance(child, Dictionary) and "/S" in child:
            yield child
            yield from _below(child)


def kids(node: Any) -> list[Any]:
    """Return what hangs below a node: nodes, numbers of marks, references."""
    below = node.get("/K")
    if below is None:
        return []
    return list(below) if isinstance(below, Array) else [below]


def role(node: Any) -> str:
    return str(node.S)


def fonts(pdf: Pdf) -> Iterator[Any]:
    """Yield every font of the file, each once."""
    for value in pdf.objects:
        if isinstance(value, Dictionary) and value.get("/Type") == Name.Font and "/DescendantFonts" in value:
            yield value


def annotations(pdf: Pdf) -> Iterator[tuple[Any, Any]]:
    """Yield every annotation with its page."""
    for page in pdf.pages:
        for annotation in page.obj.get("/Annots", []):
            yield page.obj, annotation


def filespecs(pdf: Pdf) -> list[Any]:
    return [each for each in pdf.objects if isinstance(each, Dictionary) and "/EF" in each]


def tree_values(tree: Any) -> list[Any]:
    """Return the names or numbers of a tree with their values, in turn."""
    found = list(tree.get("/Names", tree.get("/Nums", [])))
    for kid in tree.get("/Kids", []):
        found += tree_values(kid)
    return found


def xmp(pdf: Pdf) -> str:
    return pdf.Root.Metadata.read_bytes().decode("utf-8")


def actual_texts(content: bytes) -> list[str]:
    """Return what is read in place of printed marks."""
    with opened(content) as pdf:
        return [str(node.ActualText) for node in nodes(pdf) if "/ActualText" in node]
