"""The codebook as files: JSON for programs, a workbook and Markdown for people."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from forms.dataset.codebook import COLUMNS, MISSING_KINDS, VALUE_COLUMNS, Codebook, Entry, label_in, line, value_lines

WITHHELD_COLUMNS = ("table", "name", "path", "personal", "treatment")
READ_COLUMNS = (
    "name", "label_zh", "label_en", "type", "unit", "values", "treatment", "valid", *MISSING_KINDS, "lowest", "highest",
)  # fmt: skip
"""What the Markdown shows, which people read."""
HEADS = {
    "name": "变量 / name", "label_zh": "题目", "label_en": "label", "type": "类型 / type",
    "unit": "单位 / unit", "values": "取值 / values",
    "valid": "有效 / valid", "not_asked": "未问 / not asked", "not_answered": "未答 / not answered",
    "not_in_version": "该版无此题 / not in version", "unfit": "类型不符 / unfit",
    "no_chance": "概率不明 / no chance", "unknown": "未记 / unknown", "lowest": "最小 / lowest",
    "highest": "最大 / highest", "table": "表 / table", "path": "路径 / path", "personal": "个人信息 / personal",
    "treatment": "去标识 / treatment",
}  # fmt: skip
"""What the columns are called, in both languages."""
_PLACES = [COLUMNS.index(name) for name in READ_COLUMNS]


def write_codebook(book: Codebook, folder: Path) -> None:
    """Write `codebook.json`, `codebook.xlsx` and `codebook.md` into a folder."""
    written = json.dumps(book.content, ensure_ascii=False, indent=1)
    (folder / "codebook.json").write_text(written + "\n", encoding="utf-8")
    (folder / "codebook.md").write_text(_markdown(book), encoding="utf-8")
    _write_workbook(book, folder / "codebook.xlsx")


def _write_workbook(book: Codebook, path: Path) -> None:
    from openpyxl import Workbook  # noqa: PLC0415 (half a second, which a check of forms need not wait for)
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415

    workbook = Workbook(write_only=True)
    for title, header, rows in _sheets(book):
        sheet = workbook.create_sheet(title)
        sheet.freeze_panes = "A2"
        sheet.append(list(header))
        for row in rows:
            cells = [WriteOnlyCell(sheet, value) for value in row]
            for cell in cells:
                if isinstance(cell.value, str):
                    cell.data_type = "s"  # a label that begins with = is no formula
            sheet.append(cells)
    workbook.save(path)


def _sheets(book: Codebook) -> Iterable[tuple[str, Sequence[str], Iterable[Sequence[Any]]]]:
    yield "variables", COLUMNS, (line(entry) for entry in book.variables)
    yield "values", VALUE_COLUMNS, (row for entry in book.variables for row in value_lines(entry))
    yield "withheld", WITHHELD_COLUMNS, ([entry[name] for name in WITHHELD_COLUMNS] for entry in book.withheld)


def _markdown(book: Codebook) -> str:
    lines = [f"# {book.content['title']} (`{book.content['form_id']}`)"]
    for table in book.content["tables"]:
        lines += ["", f"## {table['name']}: {table['rows']}", "", *_head(READ_COLUMNS)]
        entries = [entry for entry in book.variables if entry["table"] == table["name"]]
        lines += [_row(_read(entry)) for entry in entries]
    if book.withheld:
        lines += ["", "## 删去的 / withheld", "", *_head(WITHHELD_COLUMNS)]
        lines += [_row([entry[name] for name in WITHHELD_COLUMNS]) for entry in book.withheld]
    return "\n".join(lines) + "\n"


def _read(entry: Entry) -> list[Any]:
    """Give one variable as people read it: the values with their labels."""
    cells = line(entry)
    given = {name: cells[place] for name, place in zip(READ_COLUMNS, _PLACES, strict=True)}
    given["values"] = "; ".join(map(_value, entry["values"]))
    return list(given.values())


def _value(value: Entry) -> str:
    labels = dict.fromkeys(text for language in ("zh", "en") if (text := label_in(value["labels"], language)))
    return f"{value['code']}={value['value']} {' / '.join(labels)} ({value['count']})"


def _head(columns: Sequence[str]) -> list[str]:
    return [_row([HEADS[name] for name in columns]), "|" + "---|" * len(columns)]


def _row(cells: Sequence[object]) -> str:
    return "| " + " | ".join(_cell(cell) for cell in cells) + " |"


def _cell(cell: object) -> str:
    return "" if cell is None else " ".join(str(cell).split()).replace("\\", "\\\\").replace("|", "\\|")
