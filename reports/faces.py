"""The faces of this package as the only ones that a report is set in: a private fontconfig configuration."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.sax.saxutils import escape

LAYOUT = threading.RLock()
"""Held while anything is laid out: neither Pango and fontconfig nor the variable below bear several threads."""
FONTS = Path(__file__).parent / "fonts"
_CONFIGURATION = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <dir>{fonts}</dir>
  <cachedir>{cache}</cachedir>
  <match target="pattern"><edit name="family" mode="append_last"><string>Report Song</string></edit></match>
</fontconfig>
"""


@contextmanager
def private_fontconfig() -> Iterator[None]:
    """Let fontconfig see the faces of this package alone while a configuration is loaded.

    The variable is read when a configuration is loaded and set back at once, so that no other program started from
    here inherits it.
    """
    with LAYOUT, TemporaryDirectory(prefix="report-fonts-") as folder:
        file = Path(folder) / "fonts.conf"
        file.write_text(_CONFIGURATION.format(fonts=escape(str(FONTS)), cache=escape(folder)), encoding="utf-8")
        before = os.environ.get("FONTCONFIG_FILE")
        os.environ["FONTCONFIG_FILE"] = str(file)
        try:
            yield
        finally:
            os.environ.pop("FONTCONFIG_FILE")
            if before is not None:
                os.environ["FONTCONFIG_FILE"] = before


def missing_characters(text: str) -> str:
    """Return the characters that none of the faces has, each once, in their order; `characters` marks them."""
    missing = {sign for sign in set(text) if ord(sign) not in _known() and sign.isprintable()}
    return "".join(dict.fromkeys(sign for sign in text if sign in missing)) if missing else ""


@cache
def _known() -> frozenset[int]:
    """Return the characters of the face that stands in for the others."""
    from fontTools.ttLib import TTFont  # noqa: PLC0415 (only names that people enter are looked at)

    with TTFont(FONTS / "ReportSong-Regular.otf", lazy=True) as face:
        return frozenset(face.getBestCmap())
