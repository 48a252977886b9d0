"""The texts of a report: ours, and file by file those of an institute's own folder over them."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files as resources
from pathlib import Path
from typing import Any

from evalsvc.config import PREFIX, ConfigurationError
from evalsvc.editions.chapters.contents import CONTENTS, MOST_TEXTS, Contents, read_contents
from evalsvc.editions.chapters.faults import TextFault, refuse
from evalsvc.editions.chapters.grammar import LONGEST_TEXT, faults
from evalsvc.editions.chapters.kinds import FOLDERS, LANGUAGES, SHARED
from evalsvc.errors import InvalidError
from sampling.errors import Complaint, complain

SETTING = f"{PREFIX}REPORT_TEXTS"
LARGEST_FILE = 4 * LONGEST_TEXT
"""Bytes of one file."""
ENDINGS = (".md", ".toml")


@dataclass(frozen=True)
class Texts:
    """The texts of one kind of report in one language, by the names of their files."""

    kind: str
    language: str
    files: Mapping[str, str]

    def as_json(self) -> dict[str, Any]:
        """Return them as edition.json holds them."""
        return {"kind": FOLDERS[self.kind], "language": self.language, "files": dict(sorted(self.files.items()))}


def texts_of(kind: str, language: str, folder: Path | None = None) -> Texts:
    """Return the texts of a kind: those of the folder, and ours where it has none of that name.

    Raises
    ------
    InvalidError
        ``report_text.no_kind``: there are none in that language; ``report_text.refused`` with every mistake.
    """
    ours = shipped(kind, language)
    own, shared, complaints = dict[str, str](), dict[str, str](), list[Complaint]()
    if folder is not None:
        own, complaints = _read_folder(folder / language / FOLDERS[kind])
        shared, more = _read_folder(folder / language / SHARED)
        complaints += more
    found = {**ours, **shared, **own}
    contents, more = _checked(found, language, FOLDERS[kind])
    refuse([*complaints, *more, *_unused(own, contents, language, FOLDERS[kind])])
    used = (CONTENTS, *(() if contents is None else contents.texts))
    return Texts(kind, language, {name: found[name] for name in used})


def shipped(kind: str, language: str) -> dict[str, str]:
    """Return our texts of a kind.

    Raises
    ------
    InvalidError
        ``report_text.no_kind``
    """
    if (kind, language) not in kinds_shipped():
        raise InvalidError("report_text.no_kind", kind=kind[:40], language=language[:20])
    return {**_shipped(language, SHARED), **_shipped(language, FOLDERS[kind])}


@cache
def _shipped(language: str, folder: str) -> Mapping[str, str]:
    place = resources("evalsvc.editions").joinpath("texts", language, folder)
    return {each.name: each.read_text(encoding="utf-8") for each in place.iterdir() if each.name.endswith(ENDINGS)}


@cache
def kinds_shipped() -> tuple[tuple[str, str], ...]:
    """Return every kind with every language in which we have its texts."""
    place = resources("evalsvc.editions").joinpath("texts")
    return tuple(
        (kind, language)
        for kind, folder in FOLDERS.items()
        for language in LANGUAGES
        if place.joinpath(language, folder).is_dir()
    )


def write_shipped(folder: Path) -> int:
    """Write our texts into a folder as a start for one's own; return how many files.

    Raises
    ------
    InvalidError
        ``report_text.folder_not_empty``
    """
    if folder.exists() and any(folder.iterdir()):
        raise InvalidError("report_text.folder_not_empty", folder=str(folder))
    folders = {(language, FOLDERS[kind]) for kind, language in kinds_shipped()}
    folders |= {(language, SHARED) for _, language in kinds_shipped()}
    written = 0
    for language, name in sorted(folders):
        place = folder / language / name
        place.mkdir(parents=True)
        for file, text in _shipped(language, name).items():
            (place / file).write_text(text, encoding="utf-8")
            written += 1
    return written


def place_of(language: str, folder: str, name: str) -> str:
    """Return where a text stands: those that several kinds use in a folder of their own."""
    shared = language in LANGUAGES and name in _shipped(language, SHARED)
    return f"{language}/{SHARED if shared else folder}/{name}"


def require_usable(folder: Path | None) -> None:
    """Refuse a folder of texts that is not there or has a mistake.

    Raises
    ------
    ConfigurationError
        ``config.report_texts``: there is no such folder.
    InvalidError
        ``report_text.refused`` with every complaint.
    """
    if folder is None:
        return
    if not folder.is_dir():
        raise ConfigurationError("config.report_texts", name=SETTING, folder=str(folder))
    complaints = list(_strange_folders(folder))
    for kind, language in kinds_shipped():
        try:
            texts_of(kind, language, folder)
        except InvalidError as error:
            complaints += error.complaints  # type: ignore[arg-type]  # they are those of `refuse`
    refuse(complaints)


def other_texts(stated: Mapping[str, Any]) -> list[str]:
    """Name the files among an edition's texts that are not those of this program, compared by their hashes."""
    kind = next((name for name, folder in FOLDERS.items() if folder == stated["kind"]), "")
    try:
        ours = shipped(kind, stated["language"])
    except InvalidError:
        ours = {}
    return sorted(name for name, text in stated["files"].items() if _hash(text) != _hash(ours.get(name, "")))


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def checked_contents(files: Mapping[str, str], language: str, folder: str) -> Contents:
    """Return what a report consists of, once every text of it is there and none has a mistake that shows by itself.

    Raises
    ------
    InvalidError
        ``report_text.refused``
    """
    contents, complaints = _checked(files, language, folder)
    refuse(complaints)
    if contents is None:
        raise InvalidError("report_text.refused", [], count=0)
    return contents


def _checked(files: Mapping[str, str], language: str, folder: str) -> tuple[Contents | None, list[Complaint]]:
    place = place_of(language, folder, CONTENTS)
    try:
        contents = read_contents(files.get(CONTENTS, ""))
    except TextFault as fault:
        return None, [fault.at(place)]
    complaints = [
        complain("report_text.missing_text", file=place, row=1, name=name[:80])
        for name in contents.texts
        if name not in files or name == CONTENTS
    ]
    for name in contents.texts:
        complaints += [fault.at(place_of(language, folder, name)) for fault in faults(files.get(name, ""))]
    complaints += [
        fault.at(place) for words in (contents.title, contents.subtitle, contents.salutation) for fault in faults(words)
    ]
    return contents, complaints


def _unused(own: Mapping[str, str], contents: Contents | None, language: str, folder: str) -> list[Complaint]:
    """Name files of an institute that no contents list: a slip in a name would go unnoticed."""
    if contents is None:
        return []
    used, shared = {CONTENTS, *contents.texts}, _shipped(language, SHARED)
    return [
        complain(
            "report_text.shared" if name in shared else "report_text.unused", file=f"{language}/{folder}/{name}", row=1
        )
        for name in own
        if name not in used or name in shared
    ]


def _read_folder(place: Path) -> tuple[dict[str, str], list[Complaint]]:
    """Read the files of one kind; hidden ones are left out, as are folders."""
    named = f"{place.parent.name}/{place.name}/"
    found: dict[str, str] = {}
    complaints = []
    listed = sorted(place.iterdir()) if place.is_dir() else []
    for path in [path for path in listed if path.is_file() and not path.name.startswith(".")][: 2 * MOST_TEXTS]:
        if not path.name.endswith(ENDINGS):
            complaints.append(complain("report_text.unused", file=f"{named}{path.name}", row=1))
            continue
        try:
            found[path.name] = _read(path)
        except TextFault as fault:
            complaints.append(fault.at(f"{named}{path.name}"))
    return found, complaints


def _read(path: Path) -> str:
    if path.stat().st_size > LARGEST_FILE:
        raise TextFault("report_text.long", found=path.stat().st_size, most=LARGEST_FILE)
    try:
        return path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        raise TextFault("report_text.not_utf8") from error


def _strange_folders(folder: Path) -> Iterator[Complaint]:
    """Name folders that are of no language or of no kind."""
    known = {f"{language}/{name}" for language in LANGUAGES for name in (*FOLDERS.values(), SHARED)}
    for outer in sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith(".")):
        for inner in sorted(path for path in outer.iterdir() if path.is_dir()):
            if f"{outer.name}/{inner.name}" not in known:
                listed = "、".join(sorted(known))
                yield complain("report_text.no_folder", file=f"{outer.name}/{inner.name}", row=1, known=listed)
