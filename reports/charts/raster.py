"""A chart as pixels, for files whose readers do not draw SVG: by the same faces as on paper."""

import io

import pypdfium2
from markupsafe import Markup

from reports.faces import LAYOUT
from reports.pdf import lay_out

RESOLUTION = 220
"""Dots an inch."""


def png_of(chart: Markup, width: float, height: float) -> bytes:
    """Return a chart of so many points as PNG."""
    page = Markup(
        "<style>@page {{ size: {}pt {}pt; margin: 0 }} body {{ margin: 0 }} svg {{ display: block }}</style>{}"
    )
    with LAYOUT:
        pdf = lay_out(page.format(width, height, chart))
        document = pypdfium2.PdfDocument(pdf)
        try:
            picture = document[0].render(scale=RESOLUTION / 72).to_pil()
        finally:
            document.close()
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", dpi=(RESOLUTION, RESOLUTION))
    return buffer.getvalue()
