"""What applications of tests would make anew each time, made once, or when it is asked for."""

from collections.abc import Callable, Iterator
from functools import partial
from weakref import WeakKeyDictionary

import pytest
from apispec import APISpec
from flask import Flask
from flask_smorest import Api, Blueprint
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


@pytest.fixture(scope="session", autouse=True)
def descriptions_when_they_are_read() -> Iterator[None]:
    """Describe an application's API when somebody reads the description, which few tests do."""
    waiting: WeakKeyDictionary[APISpec, list[Callable[[], None]]] = WeakKeyDictionary()
    describe, write = Blueprint.register_views_in_doc, APISpec.to_dict

    def later(blueprint: Blueprint, api: Api, app: Flask, spec: APISpec, **named: object) -> None:
        waiting.setdefault(spec, []).append(partial(describe, blueprint, api, app, spec, **named))

    def written(spec: APISpec) -> dict[str, object]:
        for each in waiting.pop(spec, []):
            each()
        return write(spec)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Blueprint, "register_views_in_doc", later)
        patch.setattr(APISpec, "to_dict", written)
        yield
