"""What a text may consist of: conditions, loops, names and calls; everything else of Jinja is refused with its line.

A text computes nothing: no arithmetic, no joining, no filters, no macros, no other files. What is left ends by itself,
and how long a loop runs is counted.
"""

from collections.abc import Iterator
from difflib import get_close_matches
from functools import lru_cache
from types import CodeType

from jinja2 import TemplateSyntaxError, nodes, pass_context
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from evalsvc.editions.chapters.faults import TextFault
from evalsvc.editions.chapters.functions import BLOCKS, NAMES
from evalsvc.editions.chapters.marks import is_private, line_mark

LONGEST_TEXT = 40_000
"""Characters of one file."""
DEEPEST = 12
"""Conditions, loops and brackets inside one another."""
COUNTED = "counted"
"""The function through which every loop takes its values; no text can name it."""
ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.If, nodes.For, nodes.Assign, nodes.Name, nodes.Const,
    nodes.Call, nodes.Keyword, nodes.Getattr, nodes.Compare, nodes.Operand, nodes.Not, nodes.And, nodes.Or,
    nodes.CondExpr, nodes.List, nodes.Tuple,
)  # fmt: skip
INSIDE = (nodes.If, nodes.For, nodes.Call, nodes.Getattr, nodes.Not, nodes.And, nodes.Or, nodes.CondExpr, nodes.List)
UNREADABLE = (TemplateSyntaxError, SyntaxError, ValueError, RecursionError, MemoryError, OverflowError)
"""What reading ends with, whatever somebody wrote."""


@pass_context
def _passed(_context: Context, value: object) -> object:
    """Stand for what the writer does with every value: Jinja calls it only where it knows of one when it compiles."""
    return value


_PARSER = ImmutableSandboxedEnvironment(keep_trailing_newline=True, finalize=_passed)


@lru_cache(maxsize=256)
def compiled(text: str, name: str) -> CodeType:
    """Return a text as code once nothing in it is refused.

    Raises
    ------
    TextFault
        The first thing that a text may not hold, with its line.
    """
    tree = _parsed(text)
    fault = next(_refused(tree), None)
    if fault is not None:
        raise fault
    _prepare(tree)
    try:
        return _PARSER.compile(tree, name, name)
    except UNREADABLE as error:
        raise TextFault("report_text.syntax", getattr(error, "lineno", None), problem=_short(error)) from error


@lru_cache(maxsize=256)
def faults(text: str) -> tuple[TextFault, ...]:
    """Return everything that a text may not hold; the facts are not needed for it."""
    try:
        return tuple(_refused(_parsed(text)))
    except TextFault as fault:
        return (fault,)


def _parsed(text: str) -> nodes.Template:
    if len(text) > LONGEST_TEXT:
        raise TextFault("report_text.long", found=len(text), most=LONGEST_TEXT)
    for row, line in enumerate(text.split("\n"), start=1):
        for sign in line:
            if is_private(sign):
                raise TextFault("report_text.private_sign", row, sign=f"U+{ord(sign):04X}")
    try:
        return _PARSER.parse(text)
    except UNREADABLE as error:
        raise TextFault("report_text.syntax", getattr(error, "lineno", None), problem=_short(error)) from error


def _short(error: BaseException) -> str:
    return str(getattr(error, "message", None) or error or type(error).__name__)[:200]


def _refused(tree: nodes.Template) -> Iterator[TextFault]:
    known = NAMES | {"loop"} | {each.name for each in tree.find_all(nodes.Name) if each.ctx == "store"}
    waiting: list[tuple[nodes.Node, int]] = [(tree, 0)]
    while waiting:
        node, depth = waiting.pop()
        if depth > DEEPEST:
            yield TextFault("report_text.too_deep", node.lineno, most=DEEPEST)
            continue
        if not isinstance(node, ALLOWED):
            yield TextFault("report_text.not_allowed", node.lineno, what=_written(node))
            continue
        yield from _misused(node, known)
        inside = depth + isinstance(node, INSIDE)
        waiting += [(each, inside) for each in reversed(list(node.iter_child_nodes()))]


def _written(node: nodes.Node) -> str:
    """Name a part of Jinja as somebody who wrote it would."""
    name = getattr(node, "name", None)
    own = type(node).__name__.lower()
    return f"{own} {name}" if isinstance(name, str) else own


def _misused(node: nodes.Node, known: frozenset[str]) -> Iterator[TextFault]:
    if isinstance(node, nodes.Name) and node.ctx == "load" and node.name not in known:
        yield TextFault("report_text.unknown_name", node.lineno, name=node.name, near=_near(node.name, known))
    elif isinstance(node, nodes.Name) and node.ctx == "store" and node.name in NAMES | {COUNTED, "loop"}:
        yield TextFault("report_text.taken_name", node.lineno, name=node.name)
    elif isinstance(node, nodes.For) and node.recursive:
        yield TextFault("report_text.not_allowed", node.lineno, what="for … recursive")
    elif isinstance(node, nodes.Call):
        yield from _miscalled(node)


def _miscalled(node: nodes.Call) -> Iterator[TextFault]:
    if not isinstance(node.node, nodes.Name) or node.dyn_args or node.dyn_kwargs:
        yield TextFault("report_text.not_allowed", node.lineno, what="call")
        return
    blocks = BLOCKS.get(node.node.name)
    first = node.args[0] if node.args else None
    if blocks is not None and isinstance(first, nodes.Const) and first.value not in blocks:
        name = str(first.value)[:80]
        yield TextFault("report_text.unknown_block", node.lineno, name=name, known="、".join(sorted(blocks)))


def _near(name: str, known: frozenset[str]) -> str:
    found = get_close_matches(name, sorted(known), n=1)
    return found[0] if found else "—"


def _prepare(tree: nodes.Template) -> None:
    """Name the line at every end of a line, and let every loop take its values through the function that counts."""
    for data in tree.find_all(nodes.TemplateData):
        pieces = data.data.split("\n")
        rows = range(data.lineno, data.lineno + len(pieces))
        ended = "".join(f"{piece}{line_mark(row)}\n" for piece, row in zip(pieces[:-1], rows, strict=False))
        data.data = ended + pieces[-1]
    for loop in tree.find_all(nodes.For):
        called = nodes.Name(COUNTED, "load", lineno=loop.lineno)
        loop.iter = nodes.Call(called, [loop.iter], [], None, None, lineno=loop.lineno)
