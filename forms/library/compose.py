"""Forms composed of items: the words of a question are written once, and every form that asks it takes them over.

A form is a text of tables like any XLSForm, with more than one of them:

- a row `include` in `survey` stands for the rows of the item with that name; its cell `with` gives words to the item's
  placeholders (`about=team; zh=驻村工作队` fills `{{about}}` and `{{zh}}`);
- a type that is the name of a kind stands for the cells of that row of `kinds`;
- a row whose column `bind::evalsvc:fill` has a name is a blank: the words given under that name become its text;
- lists of choices come from the items, those only that a question of the form has; `kept` names the choices of a list
  that a form leaves.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from forms.complaint import Complaint
from forms.errors import FormsError
from forms.library.tables import Row, Sheets, read_tables, write_tables

SURVEY, CHOICES, KINDS, KEPT, SETTINGS = "survey", "choices", "kinds", "kept", "settings"
INCLUDE = "include"
FILL, CALCULATION = "bind::evalsvc:fill", "calculation"
COLUMNS = {
    SURVEY: (
        "type", "name", "label::中文 (zh)", "label::English (en)", "hint::中文 (zh)", "hint::English (en)", "required",
        "relevant", "constraint", "constraint_message::中文 (zh)", "constraint_message::English (en)", "calculation",
        "choice_filter", "repeat_count", "appearance", "parameters", "bind::evalsvc:indicator",
        "bind::evalsvc:personal", "bind::evalsvc:assignment", "bind::evalsvc:about", "bind::evalsvc:fill",
        "bind::evalsvc:unit",
    ),
    CHOICES: ("list_name", "name", "label::中文 (zh)", "label::English (en)"),
}  # fmt: skip
_LIST = re.compile(r"(?:select_one|select_multiple|rank) (\S+)")
_PLACE = re.compile(r"\{\{(\w+)\}\}")
_DEEPEST = 8
NO_BLANKS: Mapping[str, str] = MappingProxyType({})


class LibraryError(FormsError):
    """A form that names what its bank does not have."""


@dataclass(frozen=True)
class Bank:
    """Items to compose forms of: rows to include, lists of choices, kinds of question, each by its name."""

    items: Mapping[str, Sequence[Row]]
    choices: Mapping[str, Sequence[Row]]
    kinds: Mapping[str, Row]

    @classmethod
    def of(cls, texts: Mapping[str, str]) -> Bank:
        """Read a bank from the texts of its items by name; a list of choices may stand in one of them only."""
        read = {name: read_tables(text) for name, text in texts.items()}
        choices: dict[str, list[Row]] = {}
        for name, sheets in read.items():
            for list_name, rows in _lists(sheets).items():
                if list_name in choices:
                    raise _error("form.library_list_twice", list=list_name, item=name)
                choices[list_name] = rows
        kinds = {
            row.get("kind", ""): _without(row, "kind") for sheets in read.values() for row in sheets.get(KINDS, ())
        }
        return cls({name: sheets[SURVEY] for name, sheets in read.items() if SURVEY in sheets}, choices, kinds)

    def extended(self, other: Bank) -> Bank:
        """Give a bank with another's items as well; what both have is taken from the other."""
        return Bank({**self.items, **other.items}, {**self.choices, **other.choices}, {**self.kinds, **other.kinds})


def compose(form: str, bank: Bank, blanks: Mapping[str, str] = NO_BLANKS) -> str:
    """Compose a form: an XLSForm as text that needs nothing else; blanks without words stay empty."""
    sheets = read_tables(form)
    missing = next((name for name in (SETTINGS, SURVEY) if name not in sheets), None)
    if missing is not None:
        raise _error("form.library_sheet_missing", sheet=missing)
    survey = [_written(_of_kind(row, bank.kinds), blanks) for row in _included(sheets[SURVEY], bank, 0)]
    choices = _choices(survey, {**bank.choices, **_lists(sheets)}, sheets.get(KEPT, ()))
    return write_tables({SETTINGS: sheets[SETTINGS], SURVEY: survey, CHOICES: choices}, COLUMNS)


def _included(rows: Sequence[Row], bank: Bank, depth: int) -> Iterator[Row]:
    for row in rows:
        if row.get("type") != INCLUDE:
            yield row
            continue
        name = row.get("name", "")
        if name not in bank.items or depth == _DEEPEST:
            raise _error("form.library_item_unknown", item=name)
        words = {key.strip(): word.strip() for key, _, word in (part.partition("=") for part in _parts(row))}
        yield from _included([_filled(each, words, name) for each in bank.items[name]], bank, depth + 1)


def _parts(row: Row) -> list[str]:
    return row.get("with", "").split(";")


def _filled(row: Row, words: Mapping[str, str], item: str) -> Row:
    def word(place: re.Match[str]) -> str:
        if place[1] not in words:
            raise _error("form.library_word_missing", item=item, word=place[1])
        return words[place[1]]

    return {column: text for column, cell in row.items() if (text := _PLACE.sub(word, cell))}


def _of_kind(row: Row, kinds: Mapping[str, Row]) -> Row:
    kind = kinds.get(row.get("type", ""))
    return row if kind is None else {**kind, **row, "type": kind["type"]}


def _written(row: Row, blanks: Mapping[str, str]) -> Row:
    words = " ".join(blanks.get(row.get(FILL, ""), "").split())
    return {**row, CALCULATION: _literal(words)} if words else row


def _literal(words: str) -> str:
    """Give words as a text of an expression, which has no way to write both sorts of straight quotes."""
    return f"'{words}'" if "'" not in words else '"{}"'.format(words.replace('"', "”"))


def _choices(survey: Sequence[Row], lists: Mapping[str, Sequence[Row]], kept: Sequence[Row]) -> list[Row]:
    """Give the lists that questions have, in the order in which they are met."""
    only = {row.get("list_name", ""): row.get("names", "").split() for row in kept}
    met = dict.fromkeys(found[1] for row in survey if (found := _LIST.match(row.get("type", ""))))
    missing = next((name for name in (*met, *only) if name not in lists), None)
    if missing is not None:
        raise _error("form.library_list_unknown", list=missing)
    return [row for name in met for row in lists[name] if name not in only or row.get("name") in only[name]]


def _lists(sheets: Sheets) -> dict[str, list[Row]]:
    lists: dict[str, list[Row]] = {}
    for row in sheets.get(CHOICES, ()):
        lists.setdefault(row.get("list_name", ""), []).append(row)
    return lists


def _without(row: Row, column: str) -> Row:
    return {name: cell for name, cell in row.items() if name != column}


def _error(code: str, **details: str) -> LibraryError:
    return LibraryError(Complaint("form", code, details=details))
