"""What pyxform says, as complaints with sheet, row and column where they can be found."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from string import Formatter

from pyxform.errors import ErrorCode, PyXFormError

from forms.complaint import Complaint, Severity
from forms.workbook_sentences import SENTENCES
from forms.workbook_sheets import HEADER_ROW

_ABOUT_HEADERS = frozenset(
    {
        "workbook.header_missing",
        "workbook.column_missing",
        "workbook.header_twice",
        "workbook.header_name",
        "workbook.language_column",
    }
)
_ROW = re.compile(r"\[row : (\d+|unknown)\]\s*")
_SHEET = re.compile(r"(?:On the|for sheet:) '(\w+)'")
_COLUMNS = (
    re.compile(r"the '([^']+)' (?:value|column)"),
    re.compile(r"The entity list name '[^']*' does not have an? '?(\w+)'?"),
    re.compile(r"The following column\(s\) are not supported by this version of pyxform: '([^']*)'"),
    re.compile(r"The entity (list[ _]name) '[^']*' has a reference"),
)
_SIMILAR = re.compile(r"sheets with similar names were found: '([^']*)'")
_LANGUAGE = "Language '"
_CODES = {
    "RANGE_001": "workbook.range_number",
    "RANGE_002": "workbook.range_zero",
    "RANGE_003": "workbook.range_large",
    "RANGE_004": "workbook.range_multiple",
    "RANGE_005": "workbook.range_between",
    "RANGE_006": "workbook.tick_list",
    "RANGE_007": "workbook.tick_list_two",
    "RANGE_008": "workbook.tick_appearance",
    "RANGE_009": "workbook.tick_numbers",
    "RANGE_010": "workbook.tick_between",
    "RANGE_011": "workbook.tick_multiple",
    "RANGE_012": "workbook.tick_ends",
    "SURVEY_003": "workbook.incremental",
    "SURVEY_004": "workbook.parameters_form",
    "SURVEY_005": "workbook.parameters_unknown",
    "SURVEY_006": "workbook.reference_geometry",
    "SURVEY_007": "workbook.capture_accuracy",
    "SURVEY_008": "workbook.warning_accuracy",
    "SURVEY_009": "workbook.mock_accuracy",
    "ENTITY_001": "workbook.entity_sheet_missing",
    "ENTITY_002": "workbook.entity_property_twice",
    "ENTITY_003": "workbook.entity_of_group",
    "ENTITY_004": "workbook.entity_list_missing",
    "ENTITY_005": "workbook.entity_label_missing",
    "ENTITY_006": "workbook.entity_update_missing",
    "ENTITY_007": "workbook.entity_id_missing",
    "ENTITY_008": "workbook.entity_prefix_missing",
    "ENTITY_009": "workbook.entity_scope_taken",
    "ENTITY_011": "workbook.entity_scope_save",
    "ENTITY_012": "workbook.entity_scope_reference",
    "ENTITY_013": "workbook.entity_prefix_twice",
    "HEADER_005": "workbook.entity_header",
    "NAMES_010": "workbook.entity_name_underscores",
    "NAMES_011": "workbook.entity_name_period",
    "NAMES_012": "workbook.entity_name_reserved",
    "NAMES_014": "workbook.entity_list_twice",
    "NAMES_015": "workbook.entity_list_unnamed",
    "ENTITY": "workbook.entity",
    "RANGE": "workbook.range",
    "SURVEY": "workbook.parameters",
    "HEADER_001": "workbook.header_missing",
    "HEADER_002": "workbook.header_twice",
    "HEADER_003": "workbook.column_missing",
    "HEADER_004": "workbook.header_name",
    "LABEL_001": "workbook.choice_without_label",
    "NAMES_001": "workbook.name_twice",
    "NAMES_002": "workbook.name_differs_in_case",
    "NAMES_003": "workbook.repeat_name",
    "NAMES_004": "workbook.repeat_name",
    "NAMES_005": "workbook.name_meta",
    "NAMES_006": "workbook.choice_without_name",
    "NAMES_007": "workbook.choice_name_twice",
    "NAMES_008": "workbook.bad_name",
    "NAMES_009": "workbook.bad_name",
    "NAMES_013": "workbook.sheet_misspelt",
    "PYREF_001": "workbook.reference_syntax",
    "PYREF_002": "workbook.reference_syntax",
    "PYREF_003": "workbook.reference_unknown",
    "PYREF_004": "workbook.reference_ambiguous",
    "SURVEY_001": "workbook.end_without_begin",
    "SURVEY_002": "workbook.begin_without_end",
}
_PLACES = {
    "workbook.end_without_begin": ("survey", "type"),
    "workbook.begin_without_end": ("survey", "type"),
    "workbook.parameters": ("survey", "parameters"),
    "workbook.range": ("survey", "parameters"),
}
"""Where the complaints stand whose message names no column."""


def from_error(problem: PyXFormError) -> tuple[Complaint, ...]:
    """Give the complaints of one error; a message of several lines that each name a row is several complaints."""
    text = str(problem)
    parts = _split(text)
    return tuple(_complaint(part, "error") for part in parts)


def from_warnings(warnings: Iterable[str]) -> Iterator[Complaint]:
    """Give the complaints of the warnings; one about languages has a line for each."""
    for text in warnings:
        lines = text.splitlines() if text.startswith(_LANGUAGE) else [text]
        yield from (_complaint(line, "warning") for line in lines)


def _split(text: str) -> list[str]:
    starts = [m.start() for m in _ROW.finditer(text)]
    if len(starts) < 2 or starts[0] != 0:
        return [text]
    return [text[a:b].strip() for a, b in zip(starts, [*starts[1:], len(text)], strict=True)]


def _complaint(text: str, severity: Severity) -> Complaint:
    row = _ROW.search(text)
    code, sheet, column, details = _recognised(text)
    found_sheet = _SHEET.search(text) or _SIMILAR.search(text)
    found_column = next((found for pattern in _COLUMNS if (found := pattern.search(text))), None)
    told = row is not None and row.group(1).isdigit()
    number = int(row.group(1)) if row and told else HEADER_ROW if code in _ABOUT_HEADERS else None
    return Complaint(
        "form",
        code,
        details={**details, "reason": _ROW.sub("", text).strip(), **({"row": number} if number else {})},
        sheet=found_sheet.group(1) if found_sheet else sheet or _sheet(details),
        row=number,
        column=found_column.group(1) if found_column else column or _header(details),
        severity=severity,
    )


def _sheet(details: Mapping[str, str | int]) -> str | None:
    """Give the sheet that a message names among its other words."""
    return str(details["sheet"]) if "sheet" in details else None


def _header(details: Mapping[str, str | int]) -> str | None:
    """Give the header that a complaint about headers speaks of."""
    return str(details.get("header") or details.get("missing") or "").strip("'") or None


def _recognised(text: str) -> tuple[str, str | None, str | None, dict[str, str | int]]:
    for code, template in _templates():
        match = template.search(text)
        if match:
            return code, *_PLACES.get(code, (None, None)), dict(match.groupdict())
    for sentence in SENTENCES:
        match = sentence.pattern.search(text)
        if match:
            return (
                sentence.code,
                sentence.sheet,
                sentence.column,
                {k: v.strip() for k, v in match.groupdict().items() if v},
            )
    return "workbook.other", None, None, {}


@lru_cache(maxsize=1)
def _templates() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Turn pyxform's own message templates into patterns, so that a message tells its code again."""
    patterns = ((_our_code(code.name), "".join(_pattern(code.value.msg))) for code in ErrorCode)
    return tuple((name, re.compile(pattern, re.DOTALL)) for name, pattern in patterns)


def _our_code(name: str) -> str:
    """Give our code of pyxform's: its own, or that of its family."""
    return _CODES.get(name) or _CODES.get(name.partition("_")[0], "workbook.other")


def _pattern(message: str) -> Iterator[str]:
    seen: set[str] = set()
    for literal, name, _, _ in Formatter().parse(message):
        yield re.escape(literal)
        if name and name not in seen:
            seen.add(name)
            yield f"(?P<{name}>.*?)"
        elif name:
            yield ".*?"
