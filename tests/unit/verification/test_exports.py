"""An edition as a Word file, a workbook and a flat table: every figure of the report is in them."""

import csv
import io
import json

import docx
import openpyxl
import pytest

from evalsvc import files
from evalsvc.editions.exports import docx_of, numbers_of, xlsx_of
from evalsvc.editions.results_csv import results_csv


@pytest.fixture(scope="module")
def edition(issued):
    return issued.content[files.EDITION]


def test_the_flat_table_holds_every_estimate_with_codes_words_and_printed_text(issued, edition):
    facts = json.loads(edition)
    rows = list(csv.DictReader(io.StringIO(issued.content[files.RESULTS_TABLE].decode())))
    assert len(rows) == len(facts["estimates"])
    for row, right in zip(rows, facts["estimates"], strict=True):
        assert row["id"] == right["id"]
        assert {name: value for name, value in right["domain"].items() if row[name] != value} == {}
        for field in ("estimate", "se", "low", "high", "bound", "n_effective", "deff"):
            assert (float(row[field]) if row[field] else None) == right[field]
        assert (row["verdict"] or None, row["flags"].split()) == (right["verdict"], right["flags"])
        assert bool(row["remarks"]) == bool(right["flags"] or right["reason"])
    printed = {each["key"]: each["text"] for each in facts["printed"]}
    first = rows[0]
    assert (first["indicator"], first["domain"]) == ("错退率", "甲县")
    key = f"{first['id']}/{first['county_code']}"
    assert first["printed_estimate"] == printed[f"{key}/estimate"]
    assert f"{first['printed_low']}～{first['printed_high']}" == printed[f"{key}/interval"]
    assert results_csv(facts) == issued.content[files.RESULTS_TABLE]


def test_a_row_without_figures_has_its_reason_in_words(edition):
    facts = json.loads(edition)
    row = facts["estimates"][0]
    blank = dict.fromkeys(("estimate", "se", "low", "high", "bound", "n_effective", "deff", "df"))
    facts["estimates"] = [{**row, **blank, "flags": [], "reason": "estimate.empty_domain"}]
    (written,) = csv.DictReader(io.StringIO(results_csv(facts).decode()))
    assert (written["estimate"], written["printed_estimate"], written["reason"]) == ("", "", "estimate.empty_domain")
    assert written["remarks"] and written["remarks_en"]


def test_the_word_file_holds_every_printed_figure(edition):
    word = docx.Document(io.BytesIO(docx_of(edition)))
    words = "\n".join(
        [each.text for each in word.paragraphs]
        + [cell.text for table in word.tables for row in table.rows for cell in row.cells]
        + [each.get("descr") for each in word.element.iter() if each.tag.endswith("}docPr")]
    )
    missing = [each for each in json.loads(edition)["printed"] if each["text"] not in words]
    assert missing == []


def test_the_workbook_holds_the_full_numbers_behind_the_printed_ones(edition):
    facts = json.loads(edition)
    book = openpyxl.load_workbook(io.BytesIO(xlsx_of(edition)))
    numbers = {cell.value for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "n"}
    row = next(each for each in facts["estimates"] if each["id"] == "wrong_exit_rate")
    for field in ("estimate", "se", "bound", "n"):
        assert any(number == pytest.approx(row[field], rel=1e-14) for number in numbers if number is not None)
    keys = dict(numbers_of(facts))
    known = [each for each in facts["printed"] if each["text"].replace(",", "").isdigit()]
    assert len(known) > 100
    assert [each for each in known if keys.get(each["key"]) != int(each["text"].replace(",", ""))] == []
