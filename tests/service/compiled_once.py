"""What every application of the tests would compile anew, compiled once: it takes longer than many a test."""

from collections.abc import Callable, Iterator

import pytest
from jinja2 import FileSystemBytecodeCache
from werkzeug.routing import Rule


@pytest.fixture(scope="session")
def compiled_templates(tmp_path_factory: pytest.TempPathFactory) -> FileSystemBytecodeCache:
    """Templates compiled once for the applications of all tests; a compiled one is known by its source's hash."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))


@pytest.fixture(scope="session", autouse=True)
def builders_of_addresses() -> Iterator[None]:
    """Write what builds the address of a rule once for all applications: it follows from the rule, not from the map."""
    known: dict[object, Callable[..., tuple[str, str]]] = {}
    write = Rule._compile_builder

    def builder(rule: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        key = (rule.rule, tuple(rule._trace), repr(rule.defaults), append_unknown)
        if key not in known:
            known[key] = write(rule, append_unknown)
        return known[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "_compile_builder", builder)
        yield
