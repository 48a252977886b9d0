"""Headers that mean nothing: what stands below them is ignored, which nobody wants of a misspelt one."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from pyxform import aliases, constants
from pyxform.xls2json_backends import DefinitionData

from forms.complaint import Complaint
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
_SPELLINGS = {name: {known.lower().replace(" ", "_") for known in names} for name, names in _KNOWN.items()}


def header_warnings(sheets: DefinitionData) -> Iterator[Complaint]:
    """Name the columns that the conversion leaves out, with the header that may have been meant."""
    for name, known in _SPELLINGS.items():
        for header in (getattr(sheets, f"{name}_header") or [{}])[0]:
            base = str(header).partition(":")[0].strip().lower().replace(" ", "_")
            # pyxform writes a column without a header as None.
            if base in known or base in _PREFIXES or base in ("", "none"):
                continue
            meant = get_close_matches(base, sorted(known), n=1, cutoff=0.6)
            details = {"header": str(header), "meant": meant[0] if meant else "—"}
            yield Complaint(
                "form", "workbook.header_unknown", "", details, name, HEADER_ROW, str(header), severity="warning"
            )
