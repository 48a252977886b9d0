"""Words that are there in one language of a form and not in another: clients show `-` in their place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pyxform.xls2json_backends import DefinitionData

from forms.complaint import Complaint
from forms.workbook_cells import cell
from forms.workbook_sheets import FIRST_ROW, HEADER_ROW

_SHOWN = {
    "survey": frozenset({"label", "caption", "hint", "guidance_hint", "constraint_message", "required_message"}),
    "choices": frozenset({"label", "caption"}),
}
"""The columns whose words people read."""
_MEDIA = frozenset({"media", "image", "audio", "video", "big-image"})


@dataclass(frozen=True)
class _Column:
    header: str
    kind: str
    language: str


def language_warnings(sheets: DefinitionData) -> Iterator[Complaint]:
    """Name the cells that are empty in one language and filled in another, and the languages a sheet has no column for.

    A column without a language is that of the default one.
    """
    columns, languages = _columns_of(sheets), languages_of(sheets)
    if len(languages) < 2:
        return
    for name, found in columns.items():
        yield from _lacking(name, found, languages)
        for number, row in enumerate(getattr(sheets, name) or (), start=FIRST_ROW):
            yield from _empty(row, found, name, number)


def languages_of(sheets: DefinitionData) -> list[str]:
    """Give the languages that there are columns for."""
    return list(dict.fromkeys(each.language for found in _columns_of(sheets).values() for each in found))


def _columns_of(sheets: DefinitionData) -> dict[str, list[_Column]]:
    settings: Mapping[str, str] = (sheets.settings or ({},))[0]
    default = cell(settings, "default_language") or "default"
    return {name: _columns(getattr(sheets, f"{name}_header"), shown, default) for name, shown in _SHOWN.items()}


def _columns(header: Sequence[Mapping[str, object]] | None, shown: frozenset[str], default: str) -> list[_Column]:
    parted = [(str(each), _parts(str(each))) for each in (header or ({},))[0]]
    return [_Column(each, kind, language or default) for each, (kind, language) in parted if kind in shown]


def _parts(header: str) -> tuple[str, str]:
    """Part a header into what stands below it and the language."""
    kind, _, language = header.partition("::" if "::" in header else ":")
    return kind.strip().lower().replace(" ", "_"), language.strip(" :")


def _lacking(sheet: str, found: list[_Column], languages: list[str]) -> Iterator[Complaint]:
    """Name the languages that only the other sheet has; what else a sheet lacks pyxform tells."""
    there = {each.language for each in found}
    for language in languages:
        if there and language not in there:
            details = {"language": language, "header": "label", "sheet": sheet}
            header = f"label::{language}"
            yield Complaint("form", "workbook.language_column", "", details, sheet, HEADER_ROW, header, "warning")


def _empty(row: Mapping[str, str], found: list[_Column], sheet: str, number: int) -> Iterator[Complaint]:
    for kind in dict.fromkeys(each.kind for each in found):
        own = [each for each in found if each.kind == kind]
        lacking = [each for each in own if not row.get(each.header, "").strip()]
        if len(lacking) == len(own):
            continue
        for each in lacking:
            if not _has_media(row, each.language):
                name = cell(row, "name") or cell(row, "type")
                details: dict[str, str | int] = {
                    "language": each.language, "header": each.header, "name": name, "row": number,
                }  # fmt: skip
                yield Complaint(
                    "form", "workbook.words_missing", "", details, sheet, number, each.header, "warning"
                )  # fmt: skip


def _has_media(row: Mapping[str, str], language: str) -> bool:
    """Tell whether a picture or recording stands for the words in this language."""
    return any(text.strip() and _parts(each)[0] in _MEDIA and each.endswith(language) for each, text in row.items())
