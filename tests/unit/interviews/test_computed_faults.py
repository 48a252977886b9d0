"""Computed values that do not fit the answers: grouped by what they follow from, with the questions behind them."""

from evalsvc.interviews.computed_faults import computed_faults
from evalsvc.interviews.presentation import complaints_elsewhere
from forms import check, convert, parse_definition, parse_instance

FORM = """
| settings |
| | form_title | form_id | version |
| | 试点 | pilot | 1 |
| survey |
| | type | name | label | calculation |
| | begin_group | work | 务工 | |
| | integer | local | 在本地务工 | |
| | integer | away | 外出务工 | |
| | end_group | | | |
| | integer | persons | 人口 | |
| | calculate | wages | | ${local} + ${away} |
| | calculate | income | | ${wages} * 1 |
| | calculate | per_head | | ${income} div ${persons} |
| | calculate | twice | | ${persons} * 2 |
"""
SENT = """<data id="pilot" version="1"><work><local>3000</local><away>120</away></work><persons>{persons}</persons>
<wages>{wages}</wages><income>{income}</income><per_head>{per_head}</per_head><twice>{twice}</twice>
<meta><instanceID>uuid:1</instanceID></meta></data>"""
RIGHT = {"persons": 2, "wages": 3120, "income": 3120, "per_head": 1560, "twice": 4}


def faults_of(**sent):
    definition = parse_definition(convert(FORM.encode(), "pilot.md").xform)
    instance = parse_instance(SENT.format(**{**RIGHT, **sent}).encode())
    complaints = [
        {"code": each.code, "path": each.path, "details": dict(each.details)} for each in check(definition, instance)
    ]
    return computed_faults(definition, [], complaints, "zh")


def test_what_follows_from_one_changed_answer_is_one_group_with_its_cause_first():
    (group,) = faults_of(per_head=1060, wages=2120, income=2120)
    assert [(each.place, each.sent, each.computed) for each in group.faults] == [
        ("wages", "2120", "3120"),
        ("income", "2120", "3120"),
        ("per_head", "1060", "1560"),
    ]
    assert group.questions == ("在本地务工 (local)", "外出务工 (away)")


def test_values_that_share_no_fault_are_told_apart():
    found = faults_of(wages=2120, twice=5)
    assert [[each.place for each in group.faults] for group in found] == [["wages"], ["twice"]]
    assert found[1].questions == ("人口 (persons)",)
    assert faults_of() == []


def test_what_stands_between_two_faults_may_fit():
    (group,) = faults_of(wages=2120, per_head=1060)
    assert [each.place for each in group.faults] == ["wages", "per_head"]


def test_complaints_of_other_codes_stay_where_they_are_told():
    definition = parse_definition(convert(FORM.encode(), "pilot.md").xform)
    other = {"code": "check.not_relevant", "path": "/data/wages", "details": {"value": "1"}}
    assert computed_faults(definition, [], [other], "zh") == []
    assert [each.complaint for each in complaints_elsewhere(definition, [], [other], "zh")] == [other]
