"""A form on disk with the files that lie beside it, for commands."""

from collections.abc import Iterator
from pathlib import Path

from evalsvc.instruments.reading import NO_FILES, Reading, converted, judged
from forms.answer_types import is_file_name


def read_form_file(path: Path, folder: Path | None = None) -> Reading:
    """Read a form and those of its files that lie in the folder given, or beside it, or in the folder of its media."""
    form = converted(path.read_bytes(), path.name)
    if form.definition is None:
        return judged(form, NO_FILES)
    names = (each.filename for each in form.definition.attachments)
    return judged(form, {each.name: each.read_bytes() for each in _found(names, _places(path, folder))})


def _places(path: Path, folder: Path | None) -> tuple[Path, ...]:
    if folder is not None:
        return (folder,)
    # Collect keeps the files of a form in a folder of this name.
    return (path.parent, path.parent / f"{path.stem}-media")


def _found(names: Iterator[str], places: tuple[Path, ...]) -> Iterator[Path]:
    for name in filter(is_file_name, names):
        yield from [place / name for place in places if (place / name).is_file()][:1]
