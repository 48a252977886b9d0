"""What a layout depends on besides its data: with the same versions the same data give the same bytes."""

import platform
import zlib
from functools import cache
from importlib.metadata import version

from reports.faces import private_fontconfig

with private_fontconfig():  # WeasyPrint looks for faces when it is imported
    from weasyprint.text.ffi import ffi, harfbuzz, pango

PACKAGES = (
    "evalsvc",
    "weasyprint",
    "pydyf",
    "tinyhtml5",
    "tinycss2",
    "cssselect2",
    "fonttools",
    "jinja2",
    "markupsafe",
    "pyhanko",
    "numpy",
    "scipy",
)
"""This program with its faces, templates and styles, and the packages through which a report passes; the last two
compute the operating curves that it draws."""
ffi.cdef("const char *hb_version_string(void);")


@cache
def printed_with() -> dict[str, str]:
    """Name the versions with which this process prints."""
    number = pango.pango_version()
    python = platform.python_version_tuple()
    return {
        **{name: version(name) for name in PACKAGES},
        "python": f"{python[0]}.{python[1]}",
        "zlib": zlib.ZLIB_RUNTIME_VERSION,
        "pango": f"{number // 10000}.{number // 100 % 100}.{number % 100}",
        "harfbuzz": ffi.string(harfbuzz.hb_version_string()).decode("ascii"),
    }
