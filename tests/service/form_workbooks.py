"""Workbooks of forms for tests: good ones, to be made bad in one place."""

import io

import openpyxl

HEAD = ["type", "name", "label", "relevant", "constraint", "calculation", "choice_filter", "parameters"]
SAMPLE = [["text", "unit_id", "户编号"], ["select_one outcome", "disposition", "结果"]]
LISTS = [["list_name", "name", "label"], ["outcome", "completed", "完成"], ["yn", "yes", "是"], ["yn", "no", "否"]]
SETTINGS = [["form_id", "version"], ["pilot", "1"]]


def workbook(rows, *, choices=LISTS, settings=SETTINGS, head=HEAD, **more):
    """Make a workbook whose survey begins with the two questions that every form needs; `rows` begin in row 4."""
    sheets = {"survey": [head, *SAMPLE, *rows], "choices": choices, "settings": settings, **more}
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, lines in sheets.items():
        if lines is not None:
            sheet = book.create_sheet(name)
            for line in lines:
                sheet.append(line)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


A_NUMBER = ["integer", "a", "甲"]
"""A question."""
NINE_MISTAKES = workbook(
    [
        ["select_one　yn", "a", "甲"],  # a blank of Chinese width
        ["整数", "b", "乙"],
        ["select_one nn", "c", "丙"],
        ["integer", None, "丁", "${a} = 'yes'"],
        ["integer", "d", "户 ＄｛a｝", "${resident} > 1", "． ＜ 5"],
        ["integer", "e", "己", "${resident} > 1 and ${desident} = 1"],
        ["select_one yn", "f", "庚", None, None, None, "region = ${d}"],
        ["begin_group", "g", "组"],
        ["text", "unit_id", "又一个"],
        ["end_group"],
        ["integer", "h", "辛", None, None, "（1 + 2）"],
    ],
    choices=[*LISTS, ["yn", "yes", "又是"]],
    settings=[["form_id"], ["t"]],
)
