"""Result files for people: formats that show figures as read and keep every digit, and notes in both languages."""

import io

import pytest
from openpyxl import load_workbook

from evalsvc.results.export import NOTES_SHEET, write_results
from sampling.estimate import EstimateRow, Results, ThresholdRow

RESULTS = Results(
    (
        EstimateRow(
            "poor",
            "=a/b",
            domain={"县": "甲县"},
            estimate=0.02310717797443461,
            se=0.01452265496938652,
            low=2.16076770806413e-05,
            high=0.1971537538757669,
            df=5.0,
            n=1430,
            threshold=ThresholdRow(0.02, "upper", 0.05, None),
            bound=0.37,
            verdict="不能判定",
            flags=("unreliable_rate", "point_estimate_fails"),
        ),
        EstimateRow("people", "size", estimate=3687177.5254, se=117319.33, p_value=2.5e-157),
        EstimateRow("nobody", "size", reason="estimate.empty_domain"),
    )
)


@pytest.fixture(scope="module")
def book():
    return load_workbook(io.BytesIO(write_results(RESULTS, ".xlsx")))


def column(book, name, sheet="results"):
    head, *rows = book[sheet].iter_rows()
    place = [cell.value for cell in head].index(name)
    return [row[place] for row in rows]


def test_cells_keep_every_digit_and_show_what_is_read(book):
    cells = column(book, "estimate")
    assert [cell.value for cell in cells] == [0.02310717797443461, 3687177.5254, None]
    assert [cell.number_format for cell in cells[:2]] == ["#,##0.00000", "#,##0"]
    assert column(book, "p_value")[1].number_format == '[<0.0001]"< 0.0001";0.0000'
    assert column(book, "threshold")[0].number_format == "General"
    assert column(book, "variable")[0].data_type == "s"
    assert column(book, "verdict")[0].value == "不能判定"


def test_columns_are_as_wide_as_what_they_show(book):
    widths = {cell.value: book["results"].column_dimensions[cell.column_letter].width for cell in book["results"][1]}
    assert widths["estimate"] == len("3,687,178") + 2
    assert widths["domain"] == len("县=甲县") + 3 + 2  # Chinese signs are twice as wide
    assert widths["flags"] == len("unreliable_rate point_estimate_fails") + 2


def test_the_sheet_of_notes_explains_everything_that_occurs_in_both_languages(book):
    names = [cell.value for cell in column(book, "name", NOTES_SHEET)]
    assert [cell.value for cell in book["results"][1]] == names[:21]
    assert names[21:] == ["unreliable_rate", "point_estimate_fails", "estimate.empty_domain"]
    for chinese, english in zip(column(book, "说明", NOTES_SHEET), column(book, "meaning", NOTES_SHEET), strict=True):
        assert not chinese.value.startswith(("results.", "estimate."))
        assert not english.value.startswith(("results.", "estimate."))
        assert chinese.alignment.wrap_text


def test_markdown_has_its_notes_below_the_table():
    table, notes = write_results(RESULTS, ".md").decode("utf-8").split("\n\n")
    lines = notes.splitlines()
    assert [line.split("`")[1] for line in lines[-3:]] == [
        "unreliable_rate",
        "point_estimate_fails",
        "estimate.empty_domain",
    ]
    assert lines[-1] == (
        "- `estimate.empty_domain`: 没有符合条件的记录，没有估计值。"
        " / No record meets the condition, so there is no estimate."
    )
    heads = [head.strip() for head in table.splitlines()[0].strip("|").split("|")]
    assert [line.split("`")[1] for line in lines[:-3]] == heads
