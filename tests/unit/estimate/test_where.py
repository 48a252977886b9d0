"""Conditions: grammar, text and numbers, missing fields."""

from __future__ import annotations

import pytest

from sampling.estimate import Table
from sampling.estimate.errors import GrammarError
from sampling.estimate.reading.where import read_condition

TABLE = Table(
    {
        "type": ["exited", "poor", None, "exited", "o'k"],
        "age": ["61", "", "40", "60.0", "7"],
        "api.x": ["1", "2", "3", "4", "5"],
        "户类": ["脱贫户", "一般户", "脱贫户", "监测户", ""],
        "code": ["01", "1", "01", "2", "03"],
        "a-b (%)": ["1", "2", "", "1", "3"],
        "not": ["1", "2", "3", "4", "5"],
    }
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("type == 'exited'", [1, 0, 0, 1, 0]),
        ("type != 'exited'", [0, 1, 0, 0, 1]),
        ("not type == 'exited'", [0, 1, 0, 0, 1]),
        ("type == 'exited' and age >= 60", [1, 0, 0, 1, 0]),
        ("type == 'exited' or age < 50", [1, 0, 1, 1, 1]),
        ("age >= 60 or type == 'poor'", [1, 1, 0, 1, 0]),
        ("60 <= age", [1, 0, 0, 1, 0]),
        ("api.x in [1, 4.0]", [1, 0, 0, 1, 0]),
        ("api.x not in (1, 4)", [0, 1, 1, 0, 1]),
        ("户类 in ['脱贫户', '监测户']", [1, 0, 1, 1, 0]),
        ("code == '01'", [1, 0, 1, 0, 0]),
        ("code == 1", [1, 1, 1, 0, 0]),
        ("not (api.x > 1 and api.x < 5)", [1, 0, 0, 0, 1]),
        ("type == 'o\\'k'", [0, 0, 0, 0, 1]),
        ('type == "o\'k"', [0, 0, 0, 0, 1]),
        ("api.x == age", [0, 0, 0, 0, 0]),
        ("api.x < age", [1, 0, 1, 1, 1]),
        ("`a-b (%)` == 1 or 3 == `a-b (%)`", [1, 0, 0, 1, 1]),
        ("`a-b (%)` in ['2'] and not `not` in [3]", [0, 1, 0, 0, 0]),
        ("`a-b (%)` == `api.x`", [1, 1, 0, 0, 0]),
        ("api.x > -1", [1, 1, 1, 1, 1]),
        ("type == 'exited' or type == 'poor' and api.x == 1", [1, 0, 0, 1, 0]),
    ],
)
def test_marks_rows(text: str, expected: list[int]) -> None:
    assert read_condition(text).mask(TABLE).astype(int).tolist() == expected


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("type = 'exited'", 5),
        ("type", 4),
        ("type ==", 7),
        ("1 == 2", 2),
        ("type in []", 9),
        ("type in 'a'", 8),
        ("(type == 'a'", 12),
        ("type == 'a' type == 'b'", 12),
        ("type == 'a", 8),
        ("`type == 'a'", 0),
        ("`` == 'a'", 0),
        ("type in [age]", 9),
        ("1 in [1]", 2),
        ("and", 0),
        ("type == 'a'; 1", 11),
    ],
)
def test_points_at_the_first_word_that_does_not_fit(text: str, position: int) -> None:
    with pytest.raises(GrammarError) as caught:
        read_condition(text)
    assert caught.value.position == position


def test_names_the_columns_it_compares_with_numbers() -> None:
    condition = read_condition("type == 'a' and age > 3 and api.x in [1, 2]")
    assert condition.columns == {"type", "age", "api.x"}
    assert condition.numeric == {"age", "api.x"}
