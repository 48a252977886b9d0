"""The house: names, sizes, and where things may stand. import-linter checks who imports whom."""

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("sampling", "forms", "reports", "evalsvc", "migrations")
CELLARS = {"util", "utils", "helper", "helpers", "common", "shared", "misc", "tools", "lib"}
LONGEST_FILE, LONGEST_FUNCTION, LONGEST_INIT = 400, 60, 40
LONGEST_VIEW, VIEWS = 20, {"views.py", "pages.py", "devices.py", "administration.py", "checking.py"}
"""A view loads, opens a transaction, calls one operation, dumps."""
CHINESE_SENTENCE = re.compile(r"[\u4e00-\u9fff][^\n]*[。；！？]")
WORDS_OF_THEIR_OWN = ("demonstration/", "editions/")
"""Rooms whose Chinese is content: the simulated households speak, and the report is written in Chinese."""


def modules(*packages: str) -> list[Path]:
    return sorted(path for package in packages for path in (ROOT / package).rglob("*.py"))


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


FILES = modules(*PACKAGES)
TREES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in FILES}


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    yield from (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def length_without_docstring(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    first = function.body[0]
    told = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)
    docstring = (first.end_lineno or 0) - first.lineno + 1 if told else 0
    return (function.end_lineno or 0) - function.lineno + 1 - docstring


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    yield from (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def imported_names(tree: ast.AST) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            found |= {(alias.asname or alias.name).split(".")[0] for alias in node.names}
    return found


def test_there_is_no_cellar() -> None:
    parts = {part for path in FILES for part in path.relative_to(ROOT).with_suffix("").parts}
    assert parts & CELLARS == set()


def functions_longer_than(limit: int, paths: Iterable[Path]) -> list[str]:
    return [
        f"{name_of(path)}:{function.name} {length_without_docstring(function)}"
        for path in paths
        for function in functions(TREES[path])
        if length_without_docstring(function) > limit
    ]


def test_files_and_functions_stay_readable() -> None:
    long_files = [name_of(path) for path in FILES if path.read_text(encoding="utf-8").count("\n") > LONGEST_FILE]
    read = [path for path in FILES if "versions" not in path.parts]
    assert (long_files, functions_longer_than(LONGEST_FUNCTION, read)) == ([], [])


def test_views_stay_short() -> None:
    assert functions_longer_than(LONGEST_VIEW, [path for path in FILES if path.name in VIEWS]) == []


def test_packages_begin_nearly_empty() -> None:
    full = [
        name_of(path)
        for path in modules("evalsvc", "migrations")
        if path.name == "__init__.py" and path.read_text(encoding="utf-8").count("\n") > LONGEST_INIT
    ]
    assert full == []


def test_nothing_is_imported_with_a_star() -> None:
    starred = [
        name_of(path)
        for path, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names)
    ]
    assert starred == []


def test_transactions_end_in_one_place() -> None:
    outside = [
        f"{name_of(path)}:{call.lineno}"
        for path, tree in TREES.items()
        if name_of(path) != "evalsvc/db.py"
        for call in calls(tree)
        if isinstance(call.func, ast.Attribute) and call.func.attr in {"commit", "rollback"}
        if not (isinstance(call.func.value, ast.Name) and call.func.value.id in imported_names(tree))
    ]
    assert outside == []


def test_sessions_and_engines_are_made_in_one_place() -> None:
    outside = [
        f"{name_of(path)}:{call.lineno}"
        for path, tree in TREES.items()
        if name_of(path) != "evalsvc/db.py"
        for call in calls(tree)
        if isinstance(call.func, ast.Name) and call.func.id in {"Session", "create_engine", "sessionmaker"}
    ]
    assert outside == []


def test_people_read_no_sentence_from_the_code() -> None:
    """Chinese for people stands in the catalogue; docstrings, help of commands and `_()` are the exceptions."""
    found = [
        f"{name_of(path)}:{node.lineno} {node.value[:30]!r}"
        for path in modules("evalsvc")
        if not name_of(path).removeprefix("evalsvc/").startswith(WORDS_OF_THEIR_OWN)
        for node in untranslated(TREES[path])
        if CHINESE_SENTENCE.search(str(node.value))
    ]
    assert found == []


def untranslated(tree: ast.AST) -> Iterator[ast.Constant]:
    """Find the texts that are neither bare strings (docstrings), nor words given to `_()`, nor help of commands."""
    translated: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            translated.add(id(node.value))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_":
            translated |= {id(inner) for argument in node.args for inner in ast.walk(argument)}
        if isinstance(node, ast.keyword) and node.arg in {"help", "short_help", "epilog"}:
            translated |= {id(inner) for inner in ast.walk(node.value)}
    texts = (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str))
    yield from (node for node in texts if id(node) not in translated)


@pytest.mark.parametrize("word", ["TODO", "FIXME", "XXX", "raise NotImplementedError", "breakpoint()"])
def test_nothing_is_left_for_later(word: str) -> None:
    assert [name_of(path) for path in FILES if word in path.read_text(encoding="utf-8")] == []


def test_no_test_is_skipped() -> None:
    marks = re.compile(r"pytest\.(skip|xfail|mark\.(skip|skipif|xfail))|importorskip")
    skipping = [
        name_of(path)
        for path in modules("tests")
        if path != Path(__file__) and marks.search(path.read_text(encoding="utf-8"))
    ]
    assert skipping == []
