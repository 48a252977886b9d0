"""What changed between two versions of a form."""

import pytest

from forms import convert, parse_definition
from forms.changes import changes

FORM = """
| settings |
| | form_id | version |
| | pilot | 1 |
| survey |
| | type | name | label | relevant | constraint | calculation |
| | select_one yn | farms | 种地吗 | | | |
| | begin_group | land | 土地 | | | |
| | decimal | area | 面积 | ${farms} = 'yes' | . > 0 | |
| | end_group | | | | | |
| | calculate | double | | | | ${area} * 2 |
| choices |
| | list_name | name | label |
| | yn | yes | 是 |
| | yn | no | 否 |
"""


def form(text):
    return parse_definition(convert(text.encode(), "t.md").xform)


def test_the_same_form_has_no_changes() -> None:
    assert changes(form(FORM), form(FORM.replace("| pilot | 1 |", "| pilot | 2 |"))) == ()


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("| decimal | area", "| integer | area", [("type", "/land/area", True)]),
        ("| 面积 |", "| 耕地面积 |", [("label", "/land/area", False)]),
        (". > 0", ". >= 0", [("constraint", "/land/area", False)]),
        ("= 'yes' |", "= 'no' |", [("relevant", "/land/area", False)]),
        ("* 2", "* 3", [("calculation", "/double", True)]),
        ("| | yn | no | 否 |", "| | yn | none | 否 |", [
            ("choice_added", "/farms", False), ("choice_removed", "/farms", True),
        ]),
        ("| 否 |", "| 不是 |", [("choice_words", "/farms", False)]),
        ("| | end_group |", "| | text | more | 补充 | | | |\n| | end_group |", [("added", "/land/more", False)]),
        ("| | calculate | double | | | | ${area} * 2 |\n", "", [("removed", "/double", True)]),
        ("begin_group | land", "begin_group | fields", [
            ("added", "/fields", False), ("moved", "/fields/area", False),
            ("removed", "/land", True),
        ]),
    ],
)  # fmt: skip
def test_each_change_is_told(old, new, expected) -> None:
    found = changes(form(FORM), form(FORM.replace(old, new)))
    assert [(each.kind, each.path, each.breaks) for each in found] == expected


def test_words_before_and_after_stand_beside_a_change() -> None:
    (change,) = changes(form(FORM), form(FORM.replace("| 面积 |", "| 耕地面积 |")))
    assert (change.name, change.before, change.after) == ("area", "面积", "耕地面积")
