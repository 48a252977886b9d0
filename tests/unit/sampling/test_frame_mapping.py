"""A mapping file that cannot be read is refused with one sentence."""

from collections.abc import Callable

import pytest

from sampling.errors import Complaint
from sampling.frame import load_mapping

Say = Callable[[Complaint], tuple[str, str]]

BAD_MAPPINGS = [
    ("levels: [", "document.not_readable"),
    ("levels: []\nlevels: []", "document.duplicate_key"),
    ('{"levels": [], "levels": []}', "document.duplicate_key"),
    ("rename: {}", "document.missing_key_at_top"),
    ("levels: [{name: a, id: x, colour: red}]", "document.unknown_key"),
    ("levels: 3", "document.type_array"),
    ("levels: [{name: A, id: x}]", "document.pattern"),
    ("levels: [{name: a, id: x, columns: {y: money}}]", "document.pattern"),
    ("levels: [{name: a, id: x}, {name: a, id: y}]", "frame.duplicate_level"),
    ("levels: [{name: a, id: x}, {name: b, id: y, columns: {x: text}}]", "frame.duplicate_column"),
    ("levels: [{name: a, id: x}]\nrename: {编号: z}", "frame.rename_unknown"),
    ("levels: [{name: a, id: x}]\nrename: {编号: x, 代码: x}", "frame.rename_twice"),
]


@pytest.mark.parametrize(("text", "code"), BAD_MAPPINGS)
def test_bad_mappings(text: str, code: str, say: Say) -> None:
    reading = load_mapping(text)
    assert reading.mapping is None
    assert [one.code for one in reading.complaints] == [code]
    say(reading.complaints[0])
