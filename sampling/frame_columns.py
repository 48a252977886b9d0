"""Find a frame's columns in the header of a client's file."""

import difflib
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sampling.errors import Complaint, complain

COMPARED, SHOWN = 1000, 100
"""Columns of a file that a missing one is compared with, and that a complaint names: a header may have any number."""
_LONG_NUMBER = re.compile(r"\d{15,}[\dXx]?")


@dataclass(frozen=True)
class Wanted:
    """Say what to look for in a file.

    Parameters
    ----------
    names : tuple of str
        Columns of the frame that the file must hold.
    optional : frozenset of str
        Those among them that it may lack.
    hidden : frozenset of str
        Those whose values no complaint may show.
    unique : str
        The column whose values hardly repeat.
    sources : mapping
        Column of the frame: what the file calls it, where it does not use the same name.
    """

    names: tuple[str, ...]
    unique: str
    sources: Mapping[str, str] = field(default_factory=dict)
    optional: frozenset[str] = frozenset()
    hidden: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Columns:
    """Say which position of the file's header each frame column comes from."""

    positions: Mapping[str, int]
    sources: Mapping[str, str]
    unused: tuple[str, ...]
    complaints: tuple[Complaint, ...]


def match_columns(header: Sequence[str], wanted: Wanted, file: str) -> Columns:
    """Find each frame column in a header, by its own name or by a rename line; offer the nearest for a missing one."""
    # A list without a header has a row of data there, which may hold a person's number.
    shown = [_LONG_NUMBER.sub("…", name.strip(" \u3000\u00a0\ufeff\t\r\n")) for name in header]
    names = [unicodedata.normalize("NFC", name) for name in shown]
    complaints = [
        complain("frame.duplicate_header", file=file, row=1, column=name)
        for name, count in Counter(names).items()
        if name and count > 1
    ]
    places = {name: place for place, name in reversed(list(enumerate(names)))}
    renamed = wanted.sources
    sources = {name: renamed[name] if renamed.get(name) in places else name for name in wanted.names}
    found = {name: source for name, source in sources.items() if source in places}
    taken = set(found.values())
    unused = tuple(name for name in names if name and name not in taken)
    for name in wanted.names:
        if renamed.get(name) in places and name in places:
            complaints.append(complain("frame.column_twice", file=file, row=1, column=name, source=renamed[name]))
        if name not in found and name not in wanted.optional:
            complaints.append(_missing_column(name, renamed.get(name), unused, file))
    return Columns({name: places[source] for name, source in found.items()}, found, unused, tuple(complaints))


def _missing_column(name: str, source: str | None, unused: Sequence[str], file: str) -> Complaint:
    """Name a missing column, the likeliest column of the file and the rename line that would join them."""
    near = difflib.get_close_matches(source or name, unused[:COMPARED], n=1, cutoff=0.5)
    columns = ", ".join(unused[:SHOWN]) + (", …" if len(unused) > SHOWN else "")
    if near:
        line = f"rename: {{{near[0]}: {name}}}"
        return complain(
            "frame.missing_column_near", file=file, row=1, column=name, nearest=near[0], line=line, columns=columns
        )
    if source is not None or not unused:
        return complain(
            "frame.missing_source", file=file, row=1, column=name, source=source or name, columns=columns or "–"
        )
    line = f"rename: {{...: {name}}}"
    return complain("frame.missing_column", file=file, row=1, column=name, line=line, columns=columns)
