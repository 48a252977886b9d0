"""The texts of a form in all its languages."""

from __future__ import annotations

import re
from collections.abc import Mapping

from lxml import etree

from forms.markup import local_name

UNNAMED = ""
_CODE_IN_NAME = re.compile(r"\(([A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)\)\s*$")
_ITEXT_CALL = re.compile(r"^\s*jr:itext\(\s*(['\"])(.*)\1\s*\)\s*$")

Translations = Mapping[str, Mapping[str, str]]


def language_code(name: str) -> str:
    """Give the code of a language: the one in brackets, as in `中文 (zh)`, else the name itself."""
    found = _CODE_IN_NAME.search(name)
    return found.group(1) if found else name


def translations_of(model: etree._Element) -> tuple[dict[str, dict[str, str]], dict[str, str], str]:
    """Read itext: texts by id and language code, names by language code, code of the default language."""
    texts: dict[str, dict[str, str]] = {}
    names: dict[str, str] = {}
    default = UNNAMED
    for translation in model.iterfind("{*}itext/{*}translation"):
        name = translation.get("lang", UNNAMED)
        code = language_code(name)
        names[code] = name
        if translation.get("default") is not None or default == UNNAMED:
            default = code
        for text in translation.iterfind("{*}text"):
            texts.setdefault(text.get("id", ""), {})[code] = _plain_value(text)
    return texts, names, default


def _plain_value(text: etree._Element) -> str:
    for value in text.iterfind("{*}value"):
        if value.get("form") is None:
            return readable(value)
    return ""


def readable(element: etree._Element) -> str:
    """Give the text of a label; a value that is shown inside it appears as `${name}`."""
    parts = [element.text or ""]
    for child in element:
        if local_name(child) == "output":
            reference = child.get("value") or child.get("ref") or ""
            parts.append("${" + reference.strip().rpartition("/")[2] + "}")
        else:
            parts.append(readable(child))
        parts.append(child.tail or "")
    return "".join(parts).strip()


def resolve(reference: str, translations: Translations) -> dict[str, str]:
    """Give the texts of `jr:itext('id')`; any other reference is itself the text."""
    call = _ITEXT_CALL.match(reference)
    return dict(translations.get(call.group(2), {})) if call else {UNNAMED: reference}


def texts_of(owner: etree._Element, name: str, translations: Translations) -> dict[str, str]:
    """Give the texts of the child `name` (label, hint) of a control."""
    child = owner.find("{*}" + name)
    if child is None:
        return {}
    reference = child.get("ref")
    if reference is not None:
        return resolve(reference, translations) if "itext" in reference else {UNNAMED: reference}
    plain = readable(child)
    return {UNNAMED: plain} if plain else {}
