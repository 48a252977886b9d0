"""Whether a signed file draws what its data say: laid out and signed again, the very same bytes have to come.

The words of a page can be right while a white box with another figure covers them. Layout and signatures are repeatable
to the byte (`pdf.build`, `signing.replay`), so equal bytes leave no room for boxes, pictures, notes or scripts. Where
the bytes differ, the pages are compared one by one, so that a reader learns where to look.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from io import BytesIO
from itertools import zip_longest

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader

from reports.errors import ReportError
from reports.signing.places import page_references
from reports.signing.replay import replay
from reports.signing.signature import Appearances

_DRAWS_NOTHING = frozenset({"/Parent", "/P", "/V", "/StructParent", "/StructParents", "/Length", "/Filter"})
"""Entries that lead back to the whole document or to the signature, or say how a stream is packed."""


@dataclass(frozen=True)
class Drawing:
    """Whether a file is the new layout with its signature and nothing else; the pages (from 1) that draw otherwise."""

    same: bool
    pages: tuple[int, ...] = ()


def compare_drawing(pdf: bytes, layout: bytes, appearances: Appearances) -> Drawing:
    """Compare a file with a new layout of its data; `appearances` tells what each signature shows."""
    try:
        expected = _signed_like(pdf, layout, appearances)
        if expected == pdf:
            return Drawing(True)
        return Drawing(False, tuple(_differing_pages(pdf, expected)))
    except MemoryError:
        raise
    except Exception:  # a stranger's file that cannot be taken apart is not the one that this program makes
        return Drawing(False)


def _signed_like(pdf: bytes, layout: bytes, appearances: Appearances) -> bytes:
    """Sign the new layout as the file was signed, as far as that can be told."""
    try:
        return replay(pdf, layout, appearances).made
    except ReportError:
        return layout


def _differing_pages(pdf: bytes, expected: bytes) -> Iterator[int]:
    for number, (found, right) in enumerate(zip_longest(_pages(pdf), _pages(expected)), start=1):
        if found != right:
            yield number


def _pages(pdf: bytes) -> list[bytes]:
    """Return a fingerprint of each page: its content, the resources it draws with, its boxes, its annotations."""
    reader = PdfFileReader(BytesIO(pdf))
    prints = _Fingerprints()
    return [prints.of(page.get_object()) for page in page_references(reader.root["/Pages"])]


@dataclass
class _Fingerprints:
    """Fingerprints of one file's objects; what several pages share is read once."""

    known: dict[tuple[int, int], bytes] = field(default_factory=dict)

    def of(self, value: generic.PdfObject) -> bytes:
        """Return the hash of a value and of all it refers to."""
        if isinstance(value, generic.IndirectObject):
            place = (value.idnum, value.generation)
            if place not in self.known:
                self.known[place] = b"above"  # what refers back to itself ends here
                self.known[place] = self.of(value.get_object())  # type: ignore[no-untyped-call]
            return self.known[place]
        if isinstance(value, generic.DictionaryObject):
            parts = [str(name).encode() + self.of(value.raw_get(name)) for name in sorted(value) if self._draws(name)]
            content = value.data if isinstance(value, generic.StreamObject) else b""
            return _hash(b"dictionary", *parts, content)
        if isinstance(value, generic.ArrayObject):
            return _hash(b"array", *(self.of(value.raw_get(place)) for place in range(len(value))))
        return _hash(type(value).__name__.encode(), repr(value).encode())

    @staticmethod
    def _draws(name: str) -> bool:
        return name not in _DRAWS_NOTHING


def _hash(*parts: bytes) -> bytes:
    """Hash parts so that their borders count."""
    return sha256(b"".join(sha256(part).digest() for part in parts)).digest()
