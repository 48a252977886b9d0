"""The house of the enumerator's application: who knows whom, who touches the browser, sizes, no words in the code."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCES = Path(__file__).parents[2] / "evalsvc/client/src"
FILES = sorted(path for ending in ("ts", "vue") for path in SOURCES.rglob(f"*.{ending}"))
LONGEST = 400
ROOMS = (
    ("screens",),
    ("controls",),
    ("fieldwork",),
    ("engine", "audit", "server"),
    ("vault",),
    ("worker",),
    ("words",),
    ("model.ts",),
)
"""Each row knows the rows below it (docs/decisions/0009); rooms of one row do not know each other."""
TESTS = (
    ".test.ts",
    "field_server.ts",
    "_for_tests.ts",
    "samples.ts",
    "example_question.ts",
    "small_service.ts",
    "opened_by_server.ts",
)
IMPORTED = re.compile(r"""(?:from|import)\s*\(?\s*['"]([^'"]+)['"]""")
COMMENT = re.compile(r"/\*.*?\*/|<!--.*?-->|(?<![:'\"])//[^\n]*", re.DOTALL)
CHINESE = re.compile(r"[\u4e00-\u9fff]+")
KEEPERS = {
    "@getodk/xforms-engine": ("engine/",),
    "indexedDB": ("vault/",),
    "openDB": ("vault/",),
    "crypto.subtle": ("vault/",),
    "fetch(": ("server/", "worker/"),
    "new XMLHttpRequest": ("server/",),
    "navigator.geolocation": ("controls/",),
    "mediaDevices": ("controls/",),
    "localStorage": ("words/",),
}
"""What only one room may touch."""


def is_test(path: Path) -> bool:
    return path.name.endswith(TESTS) or path.parent.name in {"forms", "testing"}


def name_of(path: Path) -> str:
    return str(path.relative_to(SOURCES))


def code_of(path: Path) -> str:
    return COMMENT.sub("", path.read_text(encoding="utf-8"))


def row_of(room: str) -> int:
    return next(place for place, rooms in enumerate(ROOMS) if room in rooms)


def room_of(path: Path) -> str:
    return path.relative_to(SOURCES).parts[0]


def crossings(path: Path) -> Iterator[str]:
    """Give the other rooms that a source imports from."""
    for wanted in IMPORTED.findall(code_of(path)):
        target = (path.parent / wanted).resolve()
        if wanted.startswith(".") and target.is_relative_to(SOURCES) and room_of(target) != room_of(path):
            yield room_of(target)


BUILT = [path for path in FILES if not is_test(path) and room_of(path) in {room for row in ROOMS for room in row}]


def test_there_is_something_to_look_at() -> None:
    assert len(BUILT) > 50
    assert any(list(crossings(path)) for path in BUILT)


@pytest.mark.parametrize("path", BUILT, ids=name_of)
def test_rooms_know_only_those_below_them(path: Path) -> None:
    known = {room for room in crossings(path) if room in {each for row in ROOMS for each in row}}
    assert [room for room in sorted(known) if row_of(room) <= row_of(room_of(path))] == []


@pytest.mark.parametrize("path", BUILT, ids=name_of)
def test_the_browser_is_touched_where_it_belongs(path: Path) -> None:
    code, name = code_of(path), name_of(path)
    touched = [what for what, rooms in KEEPERS.items() if what in code and not name.startswith(rooms)]
    assert touched == []


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_files_stay_short(path: Path) -> None:
    assert path.read_text(encoding="utf-8").count("\n") <= (LONGEST if not is_test(path) else 2 * LONGEST)


@pytest.mark.parametrize("path", BUILT, ids=name_of)
def test_words_stand_in_the_catalogue(path: Path) -> None:
    # The language's own name is written alike in every language.
    assert CHINESE.findall(code_of(path).replace("中文", "")) == []
