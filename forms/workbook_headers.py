"""Headers that mean nothing: what stands below them is ignored, which nobody wants of a misspelt one."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from difflib import get_close_matches

from pyxform import aliases, constants
from pyxform.xls2json_backends import DefinitionData

from forms.complaint import Complaint
from forms.nearest import NONE
from forms.workbook_nearest import HEADERS, header_meant
from forms.workbook_sheets import HEADER_ROW

_PREFIXES = frozenset({"bind", "body", "control", "instance", "media", "attribute"})
_KNOWN = {
    "survey": {
        *aliases.survey_header, *aliases.TRANSLATABLE_SURVEY_COLUMNS,
        "type", "name", "default", "choice_filter", "parameters", "trigger", "query", "intent", "list_name", "disabled",
        "constraint_message", "required_message",
    },
    "settings": {
        *aliases.settings_header, constants.TITLE, constants.ID_STRING, constants.NAME, constants.VERSION,
        constants.DEFAULT_LANGUAGE_KEY, constants.PUBLIC_KEY, constants.SUBMISSION_URL, constants.AUTO_SEND,
        constants.AUTO_DELETE, constants.CLIENT_EDITABLE, constants.STYLE, constants.ALLOW_CHOICE_DUPLICATES,
        constants.NAMESPACES, constants.SMS_KEYWORD, constants.SMS_SEPARATOR, constants.COMPACT_DELIMITER,
        "instance_name", "instance_id", "instance_xmlns", "clean_text_values", "omit_instanceID", "add_none_option",
        "flat", "sms_allow_media", "sms_date_format", "sms_datetime_format", "sms_response",
    },
}  # fmt: skip
_NAME = re.compile(r"\w+")
_SPELLINGS = {name: {known.lower().replace(" ", "_") for known in names} for name, names in _KNOWN.items()}


NEEDED = frozenset(
    {("survey", "type"), ("survey", "name"), ("survey", "label"), ("choices", "list_name"), ("choices", "name")}
)
"""Sheets with the columns without which there is no form."""
_FOLLOWING = {
    "workbook.no_name": ("survey", "name"),
    "workbook.no_type": ("survey", "type"),
    "workbook.no_label": ("survey", "label"),
    "workbook.list_missing": ("choices", "list_name"),
    "workbook.no_choices": ("choices", "list_name"),
    "workbook.choice_without_name": ("choices", "name"),
    "workbook.choice_without_label": ("choices", "label"),
}
"""What is found in every row that has nothing in a column."""


def follows(complaint: Complaint, lacking: Collection[tuple[str, str]]) -> bool:
    """Tell whether a complaint only follows from columns that stand there under another name."""
    if complaint.code == "workbook.column_missing":
        return any(
            (complaint.sheet or "", name) in lacking for name in _NAME.findall(str(complaint.details["missing"]))
        )
    if complaint.code in ("workbook.no_choices", "workbook.list_missing") and ("choices", "name") in lacking:
        return True
    return _FOLLOWING.get(complaint.code) in lacking


def header_warnings(sheets: DefinitionData) -> Iterator[Complaint]:
    """Name the columns that the conversion leaves out, with the header that may have been meant."""
    for name in HEADERS:
        headers = [str(each) for each in (getattr(sheets, f"{name}_header") or [{}])[0]]
        bases = {_base(each) for each in headers}
        for header in headers:
            meant = header_meant(name, header)
            if meant is not None and _base(meant) not in bases:
                yield _warning("workbook.header_translated", name, header, meant)
            elif name in _SPELLINGS:
                yield from _unknown(name, header)


def _unknown(sheet: str, header: str) -> Iterator[Complaint]:
    base, known = _base(header), _SPELLINGS[sheet]
    # pyxform writes a column without a header as None.
    if base not in known and base not in _PREFIXES and base not in ("", "none"):
        meant = get_close_matches(base, sorted(known), n=1, cutoff=0.6)
        yield _warning("workbook.header_unknown", sheet, header, meant[0] if meant else NONE)


def _base(header: str) -> str:
    return header.partition(":")[0].strip().lower().replace(" ", "_")


def _warning(code: str, sheet: str, header: str, meant: str) -> Complaint:
    details = {"header": header, "meant": meant}
    return Complaint("form", code, "", details, sheet, HEADER_ROW, header, severity="warning")
