"""A library of forms: the shipped one, or that with an institute's own folder laid over it.

The folder holds items in `bank/NAME.md` and forms in `forms/NAME.md`. What has the name of something shipped, an item,
a kind, a list of choices or a form, comes in its place; the rest comes beside it. A library with a fault anywhere gives
no form at all: a shipped question must not be asked where an institute's own was meant.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from forms.complaint import Complaint
from forms.errors import FormsError
from forms.library.compose import NO_BLANKS, SETTINGS, Bank, LibraryError, compose
from forms.library.tables import read_tables

ITEMS, FORMS, ENDING = "bank", "forms", ".md"


@dataclass(frozen=True)
class Library:
    """Forms by name, as they include the items of a bank, with their titles; and what is wrong with them."""

    forms: Mapping[str, str]
    titles: Mapping[str, Mapping[str, str]]
    """By name of the form, then by language."""
    bank: Bank
    complaints: tuple[Complaint, ...] = ()
    """Each with its `file` among the details."""

    def text_of(self, name: str, blanks: Mapping[str, str] = NO_BLANKS) -> bytes:
        """Compose a form, its blanks filled with the words that are given.

        Raises
        ------
        KeyError
            No form has the name.
        LibraryError
            Something is wrong with the library.
        """
        if self.complaints:
            raise LibraryError(*self.complaints)
        return compose(self.forms[name], self.bank, blanks).encode("utf-8")


def laid_over(shipped: Library, folder: Path) -> Library:
    """Lay an institute's folder over the shipped library; everything that is wrong with it is told at once."""
    complaints: list[Complaint] = []
    items, own = dict(_texts(folder, ITEMS, complaints)), dict(_texts(folder, FORMS, complaints))
    if not items and not own and not complaints:
        complaints.append(_complaint("form.library_empty", folder.name))
    library = replace(
        shipped,
        forms={**shipped.forms, **own},
        titles={**shipped.titles, **{name: _titles(name, text) for name, text in own.items()}},
        bank=_extended(shipped.bank, items, complaints),
    )
    if not complaints:
        complaints.extend(_not_composed(library))
    return replace(library, complaints=tuple(complaints))


def _texts(folder: Path, part: str, complaints: list[Complaint]) -> Iterator[tuple[str, str]]:
    """Read the texts of one part by name, those that hold tables."""
    found = sorted((folder / part).glob(f"*{ENDING}"))
    for path in (each for each in found if not each.name.startswith(".")):
        file = f"{part}/{path.name}"
        try:
            text = path.read_text("utf-8-sig")
            tables = read_tables(text)
        except UnicodeDecodeError:
            complaints.append(_complaint("form.library_encoding", file))
        except OSError:
            complaints.append(_complaint("form.library_unreadable", file))
        except FormsError as error:
            complaints.extend(_of_file(error, file))
        else:
            if any(tables.values()):
                yield path.name.removesuffix(ENDING), text
            else:
                complaints.append(_complaint("form.library_no_tables", file))


def _extended(shipped: Bank, items: Mapping[str, str], complaints: list[Complaint]) -> Bank:
    try:
        return shipped.extended(Bank.of(items))
    except FormsError as error:
        complaints.extend(_of_file(error, f"{ITEMS}/{error.details.get('item', '')}{ENDING}"))
        return shipped


def _not_composed(library: Library) -> Iterator[Complaint]:
    for name in library.forms:
        try:
            library.text_of(name)
        except FormsError as error:
            yield from _of_file(error, f"{FORMS}/{name}{ENDING}")


def _titles(name: str, text: str) -> dict[str, str]:
    settings = read_tables(text).get(SETTINGS, [])
    title = settings[0].get("form_title", name) if settings else name
    return {"zh": title, "en": title}


def _of_file(error: FormsError, file: str) -> list[Complaint]:
    return [replace(each, details={**each.details, "file": file}) for each in error.complaints]


def _complaint(code: str, file: str) -> Complaint:
    return Complaint("form", code, details={"file": file})
