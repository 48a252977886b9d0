"""How a report looks: by GB/T 9704 where nothing is said, or in an institute's own colour, with its own sign."""

import re
import struct
from dataclasses import dataclass

from reports.errors import ReportError
from reports.pictures import check_svg

MOST_BYTES = 400_000
"""Of a logo: it stands in every report of a batch."""
MOST_POINTS = 4_000
"""Of a side of a logo of points."""
LEAST_CONTRAST = 4.5
"""Of words in the accent colour on white (WCAG 2.1, 1.4.3)."""
LONGEST_RUNNING = 40
FACES = {"hei": "Report Hei", "song": "Report Title Song", "kai": "Report Kai"}
COVERS = ("left", "band")
_COLOUR = re.compile(r"#[0-9a-f]{6}")
_PNG = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True)
class Logo:
    """The sign of an institute, SVG or PNG, and what is read in its place.

    Raises
    ------
    ReportError
        ``reports.logo`` for what is too large, is neither, or reaches for anything outside itself.
    """

    content: bytes
    alternative: str

    def __post_init__(self) -> None:
        """Look at the bytes before they come near a page."""
        if len(self.content) > MOST_BYTES:
            raise ReportError("reports.logo", reason=f"{len(self.content):,} > {MOST_BYTES:,} bytes")
        if not self.alternative.strip():
            raise ReportError("reports.logo", reason="alternative")
        if self.media_type == "image/png":
            _check_png(self.content)
        else:
            check_svg(self.content)

    @property
    def media_type(self) -> str:
        """Return the type that the first bytes tell."""
        return "image/png" if self.content.startswith(_PNG) else "image/svg+xml"


@dataclass(frozen=True)
class Look:
    """An institute's own layout: its colour, its sign, the face of headings, what stands above pages, its cover.

    Raises
    ------
    ReportError
        ``reports.look`` with the name of what cannot be used.
    """

    accent: str = "#14505c"
    """The colour of rules, headings and the cover; dark enough for words on white."""
    logo: Logo | None = None
    heading_face: str = "hei"
    running: str = ""
    """Words in the head of every page, left of the report's number; the title where there are none."""
    cover: str = "left"
    """`left`: white with a bar of colour; `band`: the upper part of the page in colour."""

    def __post_init__(self) -> None:
        """Refuse what could not be read or printed."""
        if not _COLOUR.fullmatch(self.accent) or contrast_on_white(self.accent) < LEAST_CONTRAST:
            raise ReportError("reports.look", field="accent", value=self.accent)
        if self.heading_face not in FACES:
            raise ReportError("reports.look", field="heading_face", value=self.heading_face)
        if self.cover not in COVERS:
            raise ReportError("reports.look", field="cover", value=self.cover)
        if len(self.running) > LONGEST_RUNNING:
            raise ReportError("reports.look", field="running", value=self.running)


def contrast_on_white(colour: str) -> float:
    """Return the contrast of a colour on white by WCAG 2.1, from 1 to 21."""
    parts = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 1.05 / (0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] + 0.05)


def _check_png(content: bytes) -> None:
    """Refuse a picture whose first chunk does not tell a size that a page can hold."""
    if len(content) < 33 or content[12:16] != b"IHDR":
        raise ReportError("reports.logo", reason="PNG")
    width, height = struct.unpack(">II", content[16:24])
    if not (0 < width <= MOST_POINTS and 0 < height <= MOST_POINTS):
        raise ReportError("reports.logo", reason=f"{width} x {height}")
