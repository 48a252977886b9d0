"""An edition as files for work: Word for editing before release, a workbook of its tables; neither is the report.

What writes them is loaded when it is used: it takes a second.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from evalsvc import files
from evalsvc.editions.bundle import sha256, write_bundle
from evalsvc.editions.figures import key_of
from evalsvc.editions.material import results_json
from evalsvc.editions.report import document_of
from evalsvc.editions.results_csv import results_csv

WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SHEETS_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def docx_of(edition: bytes, template: bytes | None = None) -> bytes:
    """Return an edition as DOCX, by the institute's own template where it has one."""
    from reports.word import write_word  # noqa: PLC0415 (loads docxtpl and WeasyPrint)

    return write_word(document_of(json.loads(edition)), template)


def xlsx_of(edition: bytes) -> bytes:
    """Return the tables of an edition as XLSX, with the full numbers behind the printed ones."""
    from reports.sheet import write_sheets  # noqa: PLC0415 (loads openpyxl)

    facts = json.loads(edition)
    return write_sheets(document_of(facts), sha256(edition), dict(numbers_of(facts)))


def data_of(edition: bytes) -> bytes:
    """Return what an edition is printed from, as files in a ZIP: its facts, and its results as JSON and as a table."""
    facts = json.loads(edition)
    results = {files.RESULTS: results_json(facts["estimates"]), files.RESULTS_TABLE: results_csv(facts)}
    return write_bundle({files.EDITION: edition, **results}.items())


def numbers_of(facts: Mapping[str, Any]) -> Iterator[tuple[str, int | float]]:
    """Yield every number of an edition under the key by which it is printed."""
    for row in facts["estimates"]:
        for field, value in row.items():
            if _is_number(value):
                yield key_of(row, field), value
    for name in ("frame", "draw", "fieldwork", "villages", "cases"):
        yield from _counts(facts[name], name)


def _counts(value: object, path: str) -> Iterator[tuple[str, int | float]]:
    """Yield the counts below a path; an entry of a list is named by its code."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _counts(inner, f"{path}/{name}")
    elif isinstance(value, list):
        for entry in value:
            if isinstance(entry, Mapping) and "code" in entry:
                yield from _counts(entry, f"{path}/{entry['code']}")
    elif isinstance(value, int | float) and _is_number(value):
        yield path, value


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
