"""What changed between two versions of an interview, as readers see it."""

from dataclasses import replace
from datetime import UTC, datetime

from evalsvc.interviews.presentation import Reader
from evalsvc.interviews.review.difference import Version, changes
from evalsvc.interviews.values import CommentLine
from forms import convert, parse_definition, parse_instance

FORM = """
| settings |
| | form_title | form_id | version | namespaces |
| | 试点 | pilot | 1 | evalsvc="https://evalsvc.org/xform/1" |
| survey |
| | type | name | label | calculation | bind::evalsvc:personal |
| | select_one water | water | 饮水 | | |
| | text | illness | 病情 | | health |
| | note | thanks | 谢谢 | | |
| | calculate | double | | 2 * 2 | |
| | begin_group | house | 住房 | | |
| | integer | rooms | 间数 | | |
| | end_group | | | | |
| | begin_repeat | crop | 作物 | | |
| | text | name | 名称 | | |
| | integer | mu | ${name} 的亩数 | | |
| | end_repeat | | | | |
| choices |
| | list_name | name | label |
| | water | tap | 自来水 |
| | water | well | 井水 |
"""
OPEN, CLOSED = Reader("zh", sees_personal=True), Reader("zh", sees_personal=False)
DEFINITION = parse_definition(convert(FORM.encode(), "pilot.md").xform)


def version(inside, definition=DEFINITION):
    xml = f'<data id="pilot" version="1">{inside}<meta><instanceID>uuid:1</instanceID></meta></data>'
    return Version(definition, parse_instance(xml.encode()))


def told(old, new, reader=OPEN):
    return [(each.kind, each.path, each.old, each.new) for each in changes(version(old), version(new), reader)]


def crop(name, mu):
    return f"<crop><name>{name}</name><mu>{mu}</mu></crop>"


def test_answers_are_shown_as_people_read_them_and_what_is_computed_is_not():
    old = "<water>tap</water><double>4</double><house><rooms>3</rooms></house>"
    new = "<water>well</water><double>5</double><illness>无</illness><house><rooms/></house>"
    assert told(old, new) == [
        ("changed", "/data/water", "自来水", "井水"),
        ("answered", "/data/illness", "", "无"),
        ("cleared", "/data/house/rooms", "3", ""),
    ]
    assert told(old, old) == []


def test_a_row_that_went_leaves_the_others_as_they_are():
    old = crop("水稻", 2) + crop("玉米", 3) + crop("茶叶", 5)
    assert told(old, crop("水稻", 2) + crop("茶叶", 6)) == [
        ("row_removed", "/data/crop[2]", "", ""),
        ("cleared", "/data/crop[2]/name", "玉米", ""),
        ("cleared", "/data/crop[2]/mu", "3", ""),
        ("changed", "/data/crop[2]/mu", "5", "6"),
    ]
    found = changes(version(old), version(crop("水稻", 2) + crop("茶叶", 6)), OPEN)
    assert [each.with_row for each in found] == [False, True, True, False]
    assert told(crop("水稻", 2), crop("水稻", 2) + crop("油菜", 1))[0] == ("row_added", "/data/crop[2]", "", "")


def test_personal_answers_are_hidden_on_both_sides():
    found = changes(version("<illness>高血压</illness>"), version("<illness>糖尿病</illness>"), CLOSED)
    assert [(each.hidden, each.old, each.new) for each in found] == [(True, "", "")]
    assert "高血压" not in str(found) and "糖尿病" not in str(found)
    answered = changes(version(""), version("<illness>糖尿病</illness>"), CLOSED)
    assert [(each.kind, each.hidden, each.new) for each in answered] == [("answered", True, "")]


def test_what_was_commented_on_stands_in_the_list_changed_or_not():
    places = ["/data/water", "/data/house/rooms", "/data/crop[2]", "/data/crop[2]/mu"]
    comments = {
        each: [CommentLine(each, "?", f"核实 {each}", False, "督导", datetime(2026, 11, 23, tzinfo=UTC))]
        for each in places
    }
    old = f"<water>tap</water><house><rooms>3</rooms></house>{crop('水稻', 2)}{crop('玉米', 3)}"
    new = f"<water>tap</water><house><rooms>4</rooms></house>{crop('玉米', 3)}"
    found = changes(version(old), version(new), OPEN, comments)
    assert [(each.kind, each.path, each.around, [said.path for said in each.comments]) for each in found] == [
        ("unchanged", "/data/water", (), places[:1]),
        ("changed", "/data/house/rooms", ("住房",), places[1:2]),
        ("row_removed", "/data/crop[1]", (), []),
        ("cleared", "/data/crop[1]/name", ("作物 1",), []),
        ("cleared", "/data/crop[1]/mu", ("作物 1",), []),
        ("asked", "/data/crop[1]", (), places[2:3]),
        ("unchanged", "/data/crop[1]/mu", ("作物 1",), places[3:]),
    ]


def test_an_answer_that_does_not_pass_is_marked():
    wrong = {"path": "/data/house/rooms", "code": "check.wrong_type", "details": {"value": "four"}}
    newer = replace(version("<house><rooms>four</rooms></house>"), complaints=[wrong])
    (found,) = changes(version("<house><rooms>3</rooms></house>"), newer, OPEN)
    assert (found.new, found.complaints) == ("four", (wrong,))


def test_questions_that_the_newer_form_lacks_come_last():
    newer = parse_definition(
        convert(FORM.replace("| | text | illness | 病情 | | health |\n", "").encode(), "pilot.md").xform
    )
    found = changes(version("<illness>无</illness><water>tap</water>"), version("<water>well</water>", newer), OPEN)
    assert [(each.kind, each.path) for each in found] == [("changed", "/data/water"), ("cleared", "/data/illness")]


def test_ten_thousand_rows_are_compared_in_bounded_time():
    rows = "".join(crop(f"作物{number}", number) for number in range(10_000))
    assert [each[0] for each in told(rows, rows.replace("<mu>5000</mu>", "<mu>1</mu>"))] == ["changed"]
