"""A drawing (SVG) as a page of PDF of just its size, with its letters embedded: what a signature shows."""

from functools import cache

from reports.faces import LAYOUT, private_fontconfig

with private_fontconfig():  # WeasyPrint looks for faces when it is imported
    import weasyprint
    from weasyprint.text.fonts import FontConfiguration


def drawn_page(svg: str, width_mm: float, height_mm: float) -> bytes:
    """Return a drawing as a PDF of one page; the same drawing gives the same bytes."""
    size = f"{width_mm}mm", f"{height_mm}mm"
    style = (
        f"@page {{ size: {size[0]} {size[1]}; margin: 0 }} body {{ margin: 0 }} "
        f"svg {{ display: block; width: {size[0]}; height: {size[1]} }}"
    )
    with LAYOUT:
        sheet = weasyprint.CSS(string=style, font_config=_fonts())
        page: bytes = weasyprint.HTML(string=f"<body>{svg}</body>").write_pdf(stylesheets=[sheet], font_config=_fonts())
    return page


@cache
def _fonts() -> FontConfiguration:
    """Load the faces once for all drawings of this process."""
    with private_fontconfig():
        return FontConfiguration()
