"""What an interview's page shows to those who may not see personal answers."""

from evalsvc.interviews.presentation import Reader, answer_lines, complaints_for
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
