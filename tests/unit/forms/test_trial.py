"""Trials of forms: what is asked, computed and refused at each step, by the engine that checks what phones send."""

from datetime import UTC, datetime

from forms import convert, parse_definition
from forms.trial import try_out

NOW = datetime(2026, 6, 1, 8, 0, tzinfo=UTC)
FORM = """
| survey |
| | type | name | label | relevant | required | constraint | calculation | choice_filter |
| | select_one yn | farms | 种地吗 | | yes | | | |
| | begin_group | land | 土地 | ${farms} = 'yes' | | | | |
| | begin_repeat | plot | 地块 | | | | | |
| | decimal | area | 面积 | | | . > 0 | | |
| | end_repeat | | | | | | | |
| | calculate | total | | | | | sum(${area}) | |
| | end_group | | | | | | | |
| | select_one kind | crop | 作物 | | | | | yn = ${farms} |
| choices |
| | list_name | name | label | yn |
| | yn | yes | 是 | |
| | yn | no | 否 | |
| | kind | rice | 水稻 | yes |
| | kind | none | 无 | no |
"""


def trial(**answers):
    definition = parse_definition(convert(FORM.encode(), "t.md").xform)
    return try_out(definition, answers, NOW)


def shown(result):
    return {each.place: each.value for each in result.lines}


def test_what_is_not_relevant_is_not_asked() -> None:
    empty = trial()
    assert list(shown(empty)) == ["/data/farms", "/data/crop"]
    assert [(each.kind, each.path) for each in empty.complaints] == [("required", "/data/farms")]
    assert [each.kind for each in empty.lines[0].complaints] == ["required"]


def test_rows_are_added_and_values_computed() -> None:
    result = trial(farms="yes", plot=[{"area": "1.5"}, {"area": "-2"}])
    assert shown(result)["/data/land/total"] == "-0.5"
    row = [each.place for each in result.lines if each.is_new_row]
    assert row == ["/data/land/plot[3]"]
    wrong = next(each for each in result.lines if each.place == "/data/land/plot[2]/area")
    assert [each.kind for each in wrong.complaints] == ["constraint"]


def test_a_repeat_that_is_not_relevant_gets_no_row() -> None:
    form = FORM.replace("| plot | 地块 | |", "| plot | 地块 | ${farms} = 'yes' |")
    form = form.replace("| land | 土地 | ${farms} = 'yes'", "| land | 土地 | ")
    definition = parse_definition(convert(form.encode(), "t.md").xform)
    for farms, places in (("no", []), ("yes", ["/data/land/plot[2]"])):
        lines = try_out(definition, {"farms": farms}, NOW).lines
        assert [each.place for each in lines if each.is_new_row] == places


def test_choices_are_those_that_are_open() -> None:
    crop = next(each for each in trial(farms="no").lines if each.node.name == "crop")
    assert [each.value for each in crop.choices] == ["none"]


def test_choices_of_a_table_are_shown_by_their_labels() -> None:
    form = "| survey |\n| | type | name | label |\n| | select_one_from_file wells.csv | well | 井 |\n"
    definition = parse_definition(convert(form.encode(), "t.md").xform)
    result = try_out(definition, {}, NOW, {"wells.csv": "name,label\nw1,老井\n".encode()})
    assert [(each.value, dict(each.labels)) for each in result.lines[0].choices] == [("w1", {"": "老井"})]
