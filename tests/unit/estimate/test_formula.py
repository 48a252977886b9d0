"""Formulas: what is read, how it is named, and where a text that is none goes wrong."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sampling.estimate.errors import GrammarError
from sampling.estimate.fits.model_matrix import OneLevelError, model_matrix, source
from sampling.estimate.reading.formula import read_formula
from sampling.estimate.table import Table

TABLE = Table(
    {
        "y": [1.0, 2.0, 3.0, 5.0, 4.0, 6.0],
        "x": [1.0, 2.0, 1.0, 2.0, 3.0, 4.0],
        "type": ["E", "H", "M", "E", "H", "M"],
        "sch.wide": ["Yes", "No", "Yes", "Yes", None, "No"],
        "year": [9, 10, 9, 10, 11, 11],
        "级别": ["县", "村", "县", "村", "县", "村"],
        "人均 收入^1": [1.0, 2.0, 3.0, 1.0, 2.0, 3.0],
        "a b": ["k", "l", "k", "l", "k", "l"],
    }
)
ROWS = np.arange(TABLE.rows)


def _names(text: str, categorical: frozenset[str] = frozenset()) -> tuple[str, ...]:
    return model_matrix(read_formula(text), TABLE, ROWS, categorical)[1]


@pytest.mark.parametrize(
    ("text", "response", "intercept", "terms"),
    [
        ("y ~ a + b", "y", True, ["a", "b"]),
        ("~ a*b", None, True, ["a", "b", "a:b"]),
        ("1 + stypeH + api99", None, True, ["stypeH", "api99"]),
        ("I(y - 650) ~ 0", "I(y - 650)", False, []),
        ("y-650 ~ 1", "y - 650", True, []),
        ("(sch.wide == 'Yes') ~ ell", 'sch.wide == "Yes"', True, ["ell"]),
        ("I(sch.wide=='Yes')~ell", 'I(sch.wide == "Yes")', True, ["ell"]),
        ("y ~ a:b - 1", "y", False, ["a:b"]),
        ("y ~ -1 + a", "y", False, ["a"]),
        ("y ~ 0 + a + 1", "y", True, ["a"]),
        ("y ~ (a + b) * c - a:c", "y", True, ["a", "b", "c", "b:c"]),
        ("y ~ a*b + c", "y", True, ["a", "b", "c", "a:b"]),
        ("y ~ a + a + b:a + a:b", "y", True, ["a", "a:b"]),
        ("log(y) ~ I(x^2) + sqrt(z/2) + I(-x)", "log(y)", True, ["I(x^2)", "sqrt(z/2)", "I(-x)"]),
        ("y ~ factor(year) + (a in ['u', 'v'])", "y", True, ["factor(year)", 'a in ["u", "v"]']),
        ("`y` ~ `a b` + factor(`a b`)", "y", True, ["`a b`", "factor(`a b`)"]),
        ("log(`a b`) ~ I(`x^y`^2)+(`1 2`=='u')", "log(`a b`)", True, ["I(`x^y`^2)", '`1 2` == "u"']),
        ("y ~ 收入 * (级别 == '县')", "y", True, ["收入", '级别 == "县"', '收入:级别 == "县"']),
    ],
)
def test_reads_formulas(text: str, response: str | None, intercept: bool, terms: list[str]) -> None:
    formula = read_formula(text)
    assert (formula.response.label if formula.response else None) == response
    assert formula.intercept is intercept
    assert [":".join(formula.variables[index].label for index in sorted(term)) for term in formula.terms] == terms


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("", 0),
        ("~", 1),
        ("y ~", 3),
        ("y ~ a +", 7),
        ("y ~ a b", 6),
        ("y ~ a ~ b", 6),
        ("y ~ (a", 6),
        ("y ~ poly(x)", 4),
        ("y ~ a/b", 5),
        ("y ~ a $ b", 6),
        ("y ~ I()", 6),
        ("y ~ I(3)", 6),
        ("y ~ factor(a + b)", 11),
        ("y ~ 2", 4),
        ("3 ~ a", 0),
        ("y ~ I(a == )", 10),
        ("y ~ I(__import__('os'))", 6),
    ],
)
def test_says_where_a_formula_goes_wrong(text: str, position: int) -> None:
    with pytest.raises(GrammarError) as caught:
        read_formula(text)
    assert caught.value.position == position


def test_formulas_beyond_measure_are_refused() -> None:
    for text in ("y ~ " + "(" * 5000 + "a" + ")" * 5000, "y ~ " + "*".join(f"a{number}" for number in range(40))):
        with pytest.raises(GrammarError):
            read_formula(text)


@example("I~")
@given(st.text(alphabet="y~ab+-*:()I01'\"=<^/ .,[]", max_size=25))
def test_any_text_is_read_or_refused_with_a_place(text: str) -> None:
    try:
        read_formula(text)
    except GrammarError as error:
        assert 0 <= error.position <= len(text)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("~ type", ("(Intercept)", "typeH", "typeM")),
        ("~ type - 1", ("typeE", "typeH", "typeM")),
        ("~ type + sch.wide - 1", ("typeE", "typeH", "typeM", "sch.wideYes")),
        ("~ type:x", ("(Intercept)", "typeE:x", "typeH:x", "typeM:x")),
        ("~ x * type", ("(Intercept)", "x", "typeH", "typeM", "x:typeH", "x:typeM")),
        ("~ sch.wide + sch.wide:x", ("(Intercept)", "sch.wideYes", "sch.wideNo:x", "sch.wideYes:x")),
        ("~ factor(year)", ("(Intercept)", "factor(year)10", "factor(year)11")),
        ("~ (type == 'E')", ("(Intercept)", 'type == "E"TRUE')),
        ("~ 级别", ("(Intercept)", "级别村")),
    ],
)
def test_names_columns_as_r_does(text: str, names: tuple[str, ...]) -> None:
    assert _names(text) == names


def test_takes_numbers_for_categories_where_told() -> None:
    assert _names("~ year") == ("(Intercept)", "year")
    assert _names("~ year", categorical=frozenset({"year"})) == ("(Intercept)", "year10", "year11")


def test_makes_the_columns() -> None:
    matrix, names = model_matrix(read_formula("~ type * x + log(x)"), TABLE, ROWS)
    assert names == ("(Intercept)", "typeH", "typeM", "x", "log(x)", "typeH:x", "typeM:x")
    x = np.array([1.0, 2.0, 1.0, 2.0, 3.0, 4.0])
    h = np.array([0, 1, 0, 0, 1, 0])
    m = np.array([0, 0, 1, 0, 0, 1])
    assert np.array_equal(matrix, np.column_stack([np.ones(6), h, m, x, np.log(x), h * x, m * x]))


def test_levels_that_no_row_shows_are_left_out() -> None:
    rows = np.array([1, 2, 4, 5])
    assert model_matrix(read_formula("~ type"), TABLE, rows)[1] == ("(Intercept)", "typeM")
    with pytest.raises(OneLevelError):
        model_matrix(read_formula("~ type"), TABLE, np.array([0, 3]))


def test_missing_values_are_no_level() -> None:
    matrix, names = model_matrix(read_formula("~ sch.wide"), TABLE, ROWS)
    assert names == ("(Intercept)", "sch.wideYes")
    assert np.array_equal(matrix[:, 1], [1, 0, 1, 1, np.nan, 0], equal_nan=True)
    comparison, _ = model_matrix(read_formula("~ (sch.wide == 'Yes')"), TABLE, ROWS)
    assert np.array_equal(comparison, matrix, equal_nan=True)


def test_knows_r_names_of_levels() -> None:
    assert source("typeH", TABLE) == "type"
    assert source("sch.wideYes", TABLE) == "sch.wide"
    assert source("typeX", TABLE) is None
    assert source("year9", TABLE) is None  # a column of numbers has no levels unless it is made a factor
    coded, names = model_matrix(read_formula("1 + typeH + typeM"), TABLE, ROWS)
    whole, same = model_matrix(read_formula("~ type"), TABLE, ROWS)
    assert names == same
    assert np.array_equal(coded, whole)


def test_columns_that_are_no_words_are_named_in_backticks() -> None:
    matrix, names = model_matrix(read_formula("`a b` + I(`人均 收入^1`^2) + (`a b` == 'k')"), TABLE, ROWS)
    assert names == ("(Intercept)", "`a b`l", "I(`人均 收入^1`^2)", '`a b` == "k"TRUE')
    assert matrix[:, 1].tolist() == [0, 1, 0, 1, 0, 1]
    assert matrix[:, 2].tolist() == [1, 4, 9, 1, 4, 9]
    assert model_matrix(read_formula("`a bl`"), TABLE, ROWS)[1] == ("(Intercept)", "`a bl`")
