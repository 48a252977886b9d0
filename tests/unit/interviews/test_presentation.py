"""What an interview's page shows to those who may not see personal answers."""

from evalsvc.interviews.presentation import (
    Reader,
    answer_lines,
    complaints_elsewhere,
    complaints_for,
    computed_lines,
)
from forms import check, convert, parse_definition, parse_instance

FORM = """
| settings |
| | form_title | form_id | version | namespaces |
| | 试点 | pilot | 1 | evalsvc="https://evalsvc.org/xform/1" |
| survey |
| | type | name | label | constraint | bind::evalsvc:personal |
| | text | illness | 病情 | . != '健康' | health |
| | integer | persons | 家中 ${illness} 的有几人 | . < 20 | |
| | begin_repeat | member | 成员 | | |
| | integer | age | 年龄 | . < 120 | demographic |
| | end_repeat | | | | |
"""
ANSWERS = b"""<data id="pilot" version="1"><illness>\xe5\x81\xa5\xe5\xba\xb7</illness><persons>77</persons>
<member><age>30</age></member><member><age>149</age></member><meta><instanceID>uuid:1</instanceID></meta></data>"""
OPEN, CLOSED = Reader("zh", sees_personal=True), Reader("zh", sees_personal=False)


def shown(reader):
    conversion = convert(FORM.encode(), "pilot.md")
    definition, instance = parse_definition(conversion.xform), parse_instance(ANSWERS)
    found = [
        {"kind": each.kind, "code": each.code, "path": each.path, "details": dict(each.details)}
        for each in check(definition, instance)
    ]
    complaints = complaints_for(definition, found, reader)
    return answer_lines(definition, instance, complaints, reader), complaints


def test_those_who_may_see_answers_see_them_everywhere():
    lines, complaints = shown(OPEN)
    assert {each["details"]["value"] for each in complaints} == {"健康", "77", "149"}
    assert [line.answer for line in lines if not line.is_group] == ["健康", "77", "30", "149"]
    assert lines[1].label == "家中 健康 的有几人"


def test_neither_answers_nor_complaints_nor_labels_tell_the_others():
    lines, complaints = shown(CLOSED)
    assert "健康" not in str(lines) + str(complaints) and "149" not in str(lines) + str(complaints)
    assert {each["details"]["value"] for each in complaints} == {"…", "77"}
    assert all(each["details"]["message"] for each in complaints)
    assert lines[1].label == "家中 … 的有几人"
    assert [len(line.complaints) for line in lines if not line.is_group] == [1, 1, 0, 1]


def test_what_the_phone_records_has_a_name_and_a_time_for_people():
    form = "| survey |\n| | type | name | label |\n| | start | started | |\n| | text | unit | 户 |\n"
    definition = parse_definition(convert(form.encode(), "pilot.md").xform)
    sent = (
        b"<data id='pilot'><started>2026-11-20T01:02:03.000+00:00</started><unit>1</unit>"
        b"<meta><instanceID>uuid:1</instanceID></meta></data>"
    )
    lines = answer_lines(definition, parse_instance(sent), [], OPEN)
    assert (lines[0].label, lines[0].answer) == ("开始填写的时间（手机自动记录）", "2026-11-20 09:02:03")


def test_complaints_at_values_that_no_page_shows_name_their_places_and_are_said_once():
    definition = parse_definition(convert(FORM.encode(), "pilot.md").xform)
    wrong = {"code": "answer.calculate", "details": {"value": "1"}}
    places = ["/data/member[1]/age", "/data/member[2]/age", "/data/persons", "/data"]
    alike = complaints_elsewhere(definition, [], [{**wrong, "path": each} for each in places], "zh")
    assert [each.places for each in alike] == [
        ("成员 1 › 年龄 (age)", "成员 2 › 年龄 (age)", "家中 … 的有几人 (persons)"),
    ]


ROWS = """
| settings |
| | form_title | form_id | version | namespaces |
| | 试点 | rows | 1 | evalsvc="https://evalsvc.org/xform/1" |
| survey |
| | type | name | label | calculation | relevant | bind::evalsvc:personal |
| | begin_repeat | item | 逐项询问 | | | |
| | calculate | object | | selected-at('policy exit', position(..) - 1) | | |
| | note | of_policy | 请照着念：帮扶政策， | | ${object} = 'policy' | |
| | note | of_exit | 请照着念：脱贫退出， | | ${object} = 'exit' | |
| | select_one opinion | recognised | 是否认可 | | | |
| | end_repeat | | | | | |
| | begin_repeat | member | 成员 | | | |
| | select_one opinion | lives_here | 是否常住 | | | |
| | select_one relation | relation | 与户主的关系 | | | demographic |
| | end_repeat | | | | | |
| | calculate | persons | | count(${member}) | | |
| | calculate | empty | | '' | | |
| choices |
| | list_name | name | label |
| | opinion | yes | 是 |
| | opinion | no | 否 |
| | relation | head | 户主 |
| | relation | spouse | 配偶 |
| | relation | child | 子女 |
| | relation | other | 其他 |
"""
SENT_ROWS = """<data id="rows" version="1"><item><object>policy</object><recognised>yes</recognised></item>
<item><object>exit</object><recognised>no</recognised></item>
<member><lives_here>yes</lives_here><relation>spouse</relation></member><member><lives_here>no</lives_here></member>
<persons>2</persons><empty/><meta><instanceID>uuid:1</instanceID></meta></data>"""


def rows_shown(lines_of, reader):
    definition = parse_definition(convert(ROWS.encode(), "rows.md").xform)
    return lines_of(definition, parse_instance(SENT_ROWS.encode()), [], reader)


def test_rows_are_called_by_what_they_are_about():
    shown_to = {
        reader.sees_personal: [line.title for line in rows_shown(answer_lines, reader) if line.is_group]
        for reader in (OPEN, CLOSED)
    }
    items = ["逐项询问 1 · 请照着念：帮扶政策", "逐项询问 2 · 请照着念：脱贫退出"]
    assert shown_to == {True: [*items, "成员 1 · 配偶", "成员 2"], False: [*items, "成员 1", "成员 2"]}


def test_values_that_the_form_computes_stand_apart_from_the_answers():
    answers, computed = (rows_shown(lines_of, OPEN) for lines_of in (answer_lines, computed_lines))
    assert not {"object", "persons", "empty"} & {line.name for line in answers}
    assert [(line.around, line.name, line.answer) for line in computed] == [
        (("逐项询问 1 · 请照着念：帮扶政策",), "object", "policy"),
        (("逐项询问 2 · 请照着念：脱贫退出",), "object", "exit"),
        ((), "persons", "2"),
    ]
