"""What the small evaluation is told by: its mapping, design, form and rule pack."""

from evalsvc.editions.facts import About

SECRET = "5e" * 32
EVALUATION = "kleine-probe"
INSTITUTE = "示例评估研究院"
ABOUT = About(EVALUATION, "两县退出评估", "示例委托单位", True)
RECEIVED = "2026-03-10T02:00:00Z"
CORRECTED = "2026-03-10T08:00:00Z"
MAPPING = """
levels:
  - {name: county, id: county_code, columns: {county: text, remaining_poor_persons: integer}}
  - {name: village, id: village_code, columns: {town: text, village: text, village_kind: text, committee: text}}
  - {name: household, id: household_id, columns: {household_class: text, registered: text, persons: integer}}
"""
LEVELS = MAPPING.replace("\n", "\n  ").rstrip()
DESIGN = f"""
version: 1
evaluation: {EVALUATION}
draw: 1
title: 两县退出评估抽样方案（模拟数据）
frame: {LEVELS}
exclude: [{{level: village, column: committee, values: [居委会], reason: 居委会不在评估范围}}]
public: {{source: null, round: null, form: null}}
stages:
  - name: village
    strata: [county_code, village_kind]
    method: pps_systematic
    size: {{count: household}}
    joint_method: hartley-rao
    take: {{each: 3}}
  - name: household
    strata: [household_class]
    method: equal
    take: {{each: 4, by: [{{when: {{household_class: 监测户}}, take: 2}}]}}
    reserves: 2
    when_short: take_all
"""
FORM = """
| settings |
| | form_title | form_id | version | default_language |
| | 小问卷 | small | 1 | 中文 (zh) |
| survey |
| | type | name | label::中文 (zh) | required | constraint | constraint_message::中文 (zh) |
| | text | unit_id | 户编号 | yes | | |
| | select_one disposition | disposition | 到访结果 | yes | | |
| | integer | registered_persons | 家庭人口 | | . >= 1 and . <= 20 | 家庭人口应为 1 至 20 |
| | select_one satisfied | satisfaction_team | 对驻村工作队是否满意 | | | |
| | select_one satisfied | satisfaction_helper | 对帮扶责任人是否满意 | | | |
| | select_one yes_no | recognition_overall | 是否认可 | | | |
| | select_one suspicion | suspicion_kind | 疑点 | | | |
| | text | suspicion_standard | 未达到的标准 | | | |
| choices |
| | list_name | name | label::中文 (zh) |
| | disposition | completed | 完成 |
| | disposition | non_contact | 未访到 |
| | disposition | refused | 拒访 |
| | disposition | ineligible_vacant | 空挂户 |
| | satisfied | satisfied | 满意 |
| | satisfied | dissatisfied | 不满意 |
| | yes_no | yes | 认可 |
| | yes_no | no | 不认可 |
| | suspicion | none | 没有 |
| | suspicion | wrong_exit | 疑似错退 |
| | suspicion | missed | 疑似漏评 |
"""
PACK = """
version: 1
name: 测试假定
edition: "1"
region: 测试
year: 2026
programme: 退出评估
note: 仅供测试
level: 0.95
alpha: 0.05
decimals: 2
interval: korn-graubard
planned_deff: {person: 2.0, household: 1.5}
readings: {identification_accuracy: all_surveyed}
thresholds:
  wrong_exit_rate: {value: 0.02, pass: below}
  missed_rate: {value: 0.02, pass: below}
  composite: {value: 0.02, pass: below}
  recognition: {value: 0.90, pass: at_least}
questions:
  persons: registered_persons
  satisfaction: [satisfaction_team, satisfaction_helper]
  recognition: recognition_overall
  suspicion: suspicion_kind
  standard: suspicion_standard
satisfied: [satisfied]
recognised: ["yes"]
suspicions: {wrong_exit: wrong_exit, missed: missed}
asked: [脱贫户, 监测户]
""".encode()
