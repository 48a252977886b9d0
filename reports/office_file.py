"""Office files whose bytes follow from their content alone: no time of writing stands in them."""

import io
import re
import zipfile
from datetime import UTC, datetime

FIXED_TIME = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a ZIP can name."""
EPOCH = datetime(1980, 1, 1, tzinfo=UTC)
CORE = "docProps/core.xml"
_TIMES = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*")


def repacked(data: bytes, at: datetime = EPOCH) -> bytes:
    """Pack an office file again: its parts keep their order, its own times are those given."""
    stamp = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            content = old.read(entry)
            fixed = zipfile.ZipInfo(entry.filename, FIXED_TIME)
            fixed.compress_type = zipfile.ZIP_DEFLATED
            fixed.external_attr = 0o644 << 16
            new.writestr(fixed, _TIMES.sub(rb"\g<1>" + stamp, content) if entry.filename == CORE else content)
    return packed.getvalue()
