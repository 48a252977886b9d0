"""Every format read back by a reader that is not ours, compared with the answers that were sent."""

import csv
import json
from collections.abc import Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pyreadstat
import pytest
from openpyxl import load_workbook

from forms.dataset import xlsx_file
from forms.dataset.formats import FORMATS
from forms.dataset.making import Plan, Source, make_dataset
from forms.dataset.metadata import Envelope
from forms.dataset.release import full_release
from forms.dataset.schema import schema_of
from forms.dataset.variables import Missing
from forms.dataset.writing import Wish
from forms.errors import FormsError
from tests.unit.forms.dataset.village_form import FULL, SPARSE, form, sent

WORDS = dict(zip(Missing, ("未问", "未答", "无此题", "不符", "入样概率不明"), strict=True))
LONG = "<age>1</age><name>" + "长" * 12_000 + "</name>"


def made(folder: Path, form_name: str, bodies: Sequence[str] = (FULL, SPARSE), **wish: Any) -> Path:
    definition = form()
    schema = schema_of([definition])
    sent_ones = [
        (sent(body, instance_id=f"uuid:{number}"), Envelope(f"uuid:{number}", "1", weight=2.5, complaints=number))
        for number, body in enumerate(bodies, start=1)
    ]
    source = Source([definition], iter(sent_ones), len(sent_ones))
    heard: list[tuple[int, int]] = []
    plan = Plan(schema, full_release(schema), form_name, Wish(folder, missing_labels=WORDS, **wish))
    make_dataset(source, plan, lambda *told: heard.append(told))
    assert (heard[0], heard[-1]) == ((0, len(bodies)), (len(bodies), len(bodies))) or form_name not in ("spss", "stata")
    assert not [path for path in folder.iterdir() if path.suffix == ".arrow"]
    return folder


def test_csv_reads_back_and_runs_no_formula(tmp_path: Path) -> None:
    folder = made(tmp_path, "csv")
    assert (folder / "interviews.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    with (folder / "interviews.csv").open(encoding="utf-8-sig", newline="") as file:
        first, second = csv.DictReader(file)
    assert (first["name"], first["age"], first["income"], first["class"]) == ("'=周某甲", "47", "13482.5", "no")
    assert (first["ev_started_at"], first["met_on"]) == ("2026-11-20T01:30:00Z", "2026-11-20")
    assert first["met_at"] == "09:31:05"
    assert (second["why"], second["income"], json.loads(second["ev_unfit"])) == ("", "", {"age": "五十"})
    with (folder / "member.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [(row["ev_instance"], row["ev_row"], row["sex"]) for row in csv.DictReader(file)] == [
            ("uuid:1", "1", "2"), ("uuid:1", "2", "1"),
        ]  # fmt: skip


def test_csv_without_the_mark(tmp_path: Path) -> None:
    assert made(tmp_path, "csv", mark_bytes=False).joinpath("interviews.csv").read_bytes().startswith(b"ev_instance,")


def test_json_lines_read_back(tmp_path: Path) -> None:
    lines = made(tmp_path, "json").joinpath("interviews.jsonl").read_text(encoding="utf-8").splitlines()
    first, second = (json.loads(text) for text in lines)
    assert (first["name"], first["age"], first["water_tap"], first["place_latitude"]) == ("=周某甲", 47, 1, 25.912)
    assert (second["age"], second["why"], second["ev_weight"]) == (None, None, 2.5)


def test_a_workbook_reads_back_with_real_numbers_and_dates(tmp_path: Path) -> None:
    book = load_workbook(made(tmp_path, "xlsx") / "dataset.xlsx")
    head, first, second = book["interviews"].iter_rows()
    names = [cell.value for cell in head]
    cells = dict(zip(names, first, strict=True))
    assert (cells["name"].value, cells["name"].data_type) == ("=周某甲", "s")
    assert (cells["age"].value, cells["income"].value) == (47, 13482.5)
    assert (cells["met_on"].value, cells["met_at"].value) == (datetime(2026, 11, 20), time(9, 31, 5))
    assert second[names.index("age")].value is None
    assert book.sheetnames == ["interviews", "member"]


def test_rows_beyond_a_sheet_go_on_in_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx_file, "MOST_ROWS", 3)
    book = load_workbook(made(tmp_path, "xlsx", [SPARSE] * 5) / "dataset.xlsx")
    assert book.sheetnames == ["interviews", "member", "interviews_2", "interviews_3"]
    assert [book[name].max_row for name in book.sheetnames] == [3, 1, 3, 2]


def test_more_columns_than_a_sheet_holds_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx_file, "MOST_COLUMNS", 20)
    with pytest.raises(FormsError, match=r"dataset\.columns_exceed"):
        made(tmp_path, "xlsx")


def test_parquet_reads_back_with_real_types(tmp_path: Path) -> None:
    table = pq.read_table(made(tmp_path, "parquet") / "interviews.parquet")
    first, second = table.to_pylist()
    assert (first["age"], first["income"], first["class"], first["water_well"]) == (47, 13482.5, "no", 1)
    assert (first["met_on"], first["met_at"], first["name"]) == (date(2026, 11, 20), time(9, 31, 5), "=周某甲")
    assert first["ev_started_at"].isoformat() == "2026-11-20T01:30:00+00:00"
    assert (second["age"], second["why"]) == (None, None)
    assert json.loads(table.schema.field("age").metadata[b"labels"]) == {"zh": "年龄", "en": "Age"}


def test_spss_reads_back_with_labels_and_kinds_of_missing(tmp_path: Path) -> None:
    data, meta = pyreadstat.read_sav(
        made(tmp_path, "spss") / "interviews.sav", user_missing=True, output_format="dict"
    )  # fmt: skip
    assert (data["age"], data["income"]) == ([47, Missing.UNFIT.code], [13482.5, Missing.NOT_ANSWERED.code])
    assert (data["class"], data["name"], data["water_tap"][0]) == ([2, 1], ["=周某甲", ""], 1)
    assert (data["met_on"], data["met_at"][0]) == ([date(2026, 11, 20), None], time(9, 31, 5))
    assert data["ev_started_at"][0] == datetime(2026, 11, 20, 1, 30)
    assert meta.column_names_to_labels["age"] == "年龄"
    labels = meta.variable_value_labels["class"]
    assert (labels[1], labels[2], labels[Missing.NOT_ASKED.code]) == ("是", "否", "未问")
    assert meta.missing_ranges["age"] == [{"lo": -999_999_995, "hi": -999_999_991}]
    away = pyreadstat.read_sav(tmp_path / "interviews.sav", output_format="dict")[0]
    assert away["age"] == [47, None]


def test_stata_reads_back_with_its_own_kinds_of_missing(tmp_path: Path) -> None:
    folder = made(tmp_path, "stata", [FULL, SPARSE, "<age/>"], language="en")
    data, meta = pyreadstat.read_dta(folder / "interviews.dta", user_missing=True, output_format="dict")
    assert (data["age"], data["income"]) == ([47, "d", "b"], [13482.5, "b", "a"])
    assert (data["class"], data["water_tap"], data["name"]) == ([2, 1, "a"], [1, "b", "a"], ["=周某甲", "", ""])
    assert (data["met_on"], data["met_at"][0]) == ([date(2026, 11, 20), None, None], time(9, 31, 5))
    assert data["ev_started_at"][0] == datetime(2026, 11, 20, 1, 30)
    assert meta.column_names_to_labels["age"] == "Age"
    of_missing = {"a": "未问", "b": "未答", "c": "无此题", "d": "不符", "e": "入样概率不明"}
    assert meta.variable_value_labels["class"] == {1: "Yes", 2: "否", 3: "不知道", **of_missing}
    plain = pyreadstat.read_dta(folder / "interviews.dta", output_format="dict")[0]
    assert plain["age"] == [47, None, None]


def test_long_names_are_cut_in_stata_alone_and_the_codebook_joins_them(tmp_path: Path) -> None:
    wide = "income_per_resident_without"
    definition = form(nodes=("<name/>", f"<name/><{wide}_dibao/><{wide}_both/>"))
    names: dict[str, list[str]] = {}
    for name, ending in (("spss", "sav"), ("stata", "dta"), ("json", "jsonl")):
        folder = tmp_path / name
        folder.mkdir()
        schema = schema_of([definition])
        source = Source([definition], iter([(sent(f"<{wide}_both>7</{wide}_both>"), Envelope("uuid:1", "1"))]), 1)
        make_dataset(source, Plan(schema, full_release(schema), name, Wish(folder)), lambda _done, _all: None)
        path = folder / f"interviews.{ending}"
        if ending == "jsonl":
            found = json.loads(path.read_text(encoding="utf-8"))
        else:
            found = getattr(pyreadstat, f"read_{ending}")(path, output_format="dict")[0]
        names[name] = [each for each in found if wide[:25] in each]
        assert found[names[name][1]] in ("7", ["7"])
    assert names["spss"] == names["json"] == [f"{wide}_dibao", f"{wide}_both"]
    book = json.loads((tmp_path / "stata/codebook.json").read_text(encoding="utf-8"))
    joined = {each["name"]: each["name_in_stata"] for each in book["variables"] if wide in each["name"]}
    assert joined == dict(zip(names["json"], names["stata"], strict=True))


def test_long_texts_are_whole_in_stata_and_marked_where_spss_cuts_them(tmp_path: Path) -> None:
    for name in ("stata", "spss"):
        (tmp_path / name).mkdir()
        made(tmp_path / name, name, [LONG, SPARSE])
    stata = pyreadstat.read_dta(tmp_path / "stata/interviews.dta", output_format="dict")[0]
    spss = pyreadstat.read_sav(tmp_path / "spss/interviews.sav", output_format="dict")[0]
    assert stata["name"] == ["长" * 12_000, ""]
    assert spss["name"][0].startswith("长" * 10_000)
    assert spss["name"][0].endswith("…")


@pytest.mark.parametrize("form_name", FORMATS)
def test_an_empty_dataset_is_one_too(tmp_path: Path, form_name: str) -> None:
    made(tmp_path, form_name, [])
    names = {path.name for path in tmp_path.iterdir()}
    assert {"codebook.json", "codebook.xlsx", "codebook.md"} < names


@pytest.mark.parametrize("form_name", FORMATS)
def test_work_that_is_stopped_stops(tmp_path: Path, form_name: str) -> None:
    definition = form()
    schema = schema_of([definition])
    endless = ((sent(FULL), Envelope("uuid:1", "1")) for _ in iter(int, 1))

    def stop(done: int, _all: int) -> None:
        if done >= 300:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        plan = Plan(schema, full_release(schema), form_name, Wish(tmp_path))
        make_dataset(Source([definition], endless, 10**9), plan, stop)


def test_the_codebook_tells_what_was_counted(tmp_path: Path) -> None:
    book = json.loads((made(tmp_path, "csv") / "codebook.json").read_text(encoding="utf-8"))
    by_name = {(each["table"], each["name"]): each for each in book["variables"]}
    age, chosen = by_name["interviews", "age"], by_name["interviews", "class"]
    assert (age["valid"], age["missing"], age["lowest"], age["highest"]) == (1, {"unfit": 1}, 47, 47)
    assert [(each["value"], each["code"], each["count"]) for each in chosen["values"]] == [
        ("yes", 1, 1), ("no", 2, 1), ("not_known", 3, 0),
    ]  # fmt: skip
    assert by_name["interviews", "why"]["relevant"] == "${class} = 'no'"
    assert {each["name"]: each["rows"] for each in book["tables"]} == {"interviews": 2, "member": 2}
    sheet = load_workbook(tmp_path / "codebook.xlsx")["variables"]
    rows = list(sheet.iter_rows(values_only=True))
    assert [row[1] for row in rows[1:]] == [each["name"] for each in book["variables"]]
    assert by_name["interviews", "total"]["calculation"] == "round( ${income} div 12, 2)"
    shown = (tmp_path / "codebook.md").read_text(encoding="utf-8")
    assert "| age | 年龄 | Age | integer |" in shown
    assert "变量 / name" in shown
    assert "1=yes 是 / Yes (" in shown
    assert "概率不明 / no chance" in shown
