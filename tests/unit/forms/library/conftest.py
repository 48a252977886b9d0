"""The shipped forms, and answers that they take."""

from collections.abc import Callable

import pytest

from forms import FormDefinition, convert, library, parse_definition
from tests.unit.forms.library.answers import Given, good_answers

_READ: dict[str, FormDefinition] = {}


def read(name: str) -> FormDefinition:
    if name not in _READ:
        conversion = convert(library.text_of(name), f"{name}.md")
        assert conversion.complaints == ()
        assert conversion.xform is not None
        _READ[name] = parse_definition(conversion.xform)
    return _READ[name]


@pytest.fixture(params=library.names())
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def shipped(name: str) -> FormDefinition:
    return read(name)


@pytest.fixture
def good(name: str, completed: dict[str, object]) -> Given:
    return good_answers(completed)[name]


@pytest.fixture
def found_in(filled, complaints_of, completed) -> Callable[..., set[tuple[str, str]]]:
    """Fill a form with good answers and changes to them; give kind and question of every complaint."""

    def run(form: str, change: Given) -> set[tuple[str, str]]:
        definition = read(form)
        data = filled(definition, {**good_answers(completed)[form], **change})
        return {(each.kind, each.path.rpartition("/")[2]) for each in complaints_of(definition, data)}

    return run
