"""What a revision adds to a file: nothing in it comes from the clock or by chance, so that it can be made again."""

import hashlib
import re
from io import BytesIO

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader

_GAP = re.compile(rb"/ByteRange \[0 (\d+) (\d+) \d+\]")


class Update(IncrementalPdfFileWriter):
    """A revision whose identifier follows from the one before, and which leaves title and times as they were."""

    @classmethod
    def _handle_id(cls, prev: PdfFileReader) -> generic.ArrayObject:
        """Keep the first identifier; the second, which tells this revision from the others, follows from the last."""
        first, second = super()._handle_id(prev)  # type: ignore[no-untyped-call]
        if "/ID" in prev.trailer:
            second = prev.trailer["/ID"][1]
        following = hashlib.sha256(_raw(first) + _raw(second) + b"revised").digest()[:16]
        return generic.ArrayObject([generic.ByteStringObject(_raw(first)), generic.ByteStringObject(following)])

    def _update_meta(self) -> None:
        """Leave title and times as they were laid out; signatures have their own time."""

    def revised(self) -> bytes:
        """Return the file with this revision."""
        out = BytesIO()
        self.write(out)  # type: ignore[no-untyped-call]
        return out.getvalue()


def update_of(pdf: bytes) -> Update:
    """Begin a revision of a file."""
    return Update(BytesIO(pdf))


def filled(made: bytes, container: bytes) -> bytes:
    """Put a container that exists into the gap of the last signature."""
    *_, last = _GAP.finditer(made)
    start, end = int(last[1]), int(last[2])
    digits = f"<{container.hex().upper():0<{end - start - 2}}>".encode("ascii")
    return made[:start] + digits + made[end:]


def _raw(identifier: generic.PdfObject) -> bytes:
    """Return an identifier's bytes; what happens to be text is read as one."""
    if isinstance(identifier, generic.TextStringObject):
        return bytes(identifier.original_bytes)
    return bytes(identifier)  # type: ignore[call-overload, no-any-return]
