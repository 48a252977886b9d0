"""The library of forms of a service: the shipped one, or that with the institute's own folder laid over it."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from evalsvc.config import PREFIX, ConfigurationError
from evalsvc.errors import InvalidError
from evalsvc.words import sentence
from forms.complaint import Complaint
from forms.library import Library, laid_over, shipped

SETTING = f"{PREFIX}LIBRARY_DIRECTORY"


def library_of(folder: Path | None) -> Library:
    """Return the library of a folder as it is now, with what is wrong with it; without a folder the shipped one.

    Raises
    ------
    ConfigurationError
        ``config.library_directory``: there is no such folder.
    """
    if folder is None:
        return shipped()
    if not folder.is_dir():
        raise ConfigurationError("config.library_directory", name=SETTING, folder=str(folder))
    return laid_over(shipped(), folder)


def usable_library(folder: Path | None, language: str) -> Library:
    """Return the library of a folder once nothing is wrong with it.

    Raises
    ------
    ConfigurationError
        As `library_of` does.
    InvalidError
        ``instrument.library_refused`` with every complaint
    """
    library = library_of(folder)
    if library.complaints:
        complaints = of_files(library.complaints, language)
        raise InvalidError("instrument.library_refused", complaints, folder=str(folder), count=len(complaints))
    return library


def of_files(complaints: Iterable[Complaint], language: str) -> list[Complaint]:
    """Say of each complaint about a library which file it is about."""
    return [
        replace(
            each,
            code="instrument.library_file",
            details={**each.details, "reason": sentence(each.code, each.details, language)},
        )
        for each in complaints
    ]
