"""A picture of one's own (a seal, a hand) from a file, PNG or SVG, as what a signature shows.

An SVG becomes a picture of 600 points an inch: what a signed file shows has to be read out of it when it is made again,
and a picture is read out as it is, where a drawing with its letters is not.
"""

from io import BytesIO

from PIL import Image, UnidentifiedImageError

from reports.drawing import drawn_page
from reports.errors import ReportError
from reports.pictures import check_svg
from reports.signing.appearance import Picture
from reports.verify import opened

LARGEST_FILE, MOST_POINTS, LEAST_POINTS = 3_000_000, 3_000, 200
"""Bytes of a file, and points of a side: fewer are blurred in print."""
_POINTS_AN_INCH = 600


def picture_of(data: bytes, width_mm: float, height_mm: float) -> Picture:
    """Read a picture, for a place of a size on the page.

    Raises
    ------
    ReportError
        ``reports.picture_large``, ``reports.picture_small``; ``reports.picture_unreadable`` when it is neither PNG nor
        SVG of plain shapes
    """
    if len(data) > LARGEST_FILE:
        raise ReportError("reports.picture_large", most=f"{LARGEST_FILE} B")
    image = _from_svg(data, width_mm, height_mm) if b"<svg" in data[:2_000] else _from_png(data)
    colours, opacity = image.convert("RGB"), image.getchannel("A")
    return Picture(image.width, image.height, colours.tobytes(), opacity.tobytes())


def _from_png(data: bytes) -> Image.Image:
    try:
        with Image.open(BytesIO(data), formats=("PNG",)) as image:
            _require_bounds(image.width, image.height)  # before its points are unpacked
            image.verify()  # the layout's libraries let pillow read what was cut off
        with Image.open(BytesIO(data), formats=("PNG",)) as image:
            return image.convert("RGBA")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise ReportError("reports.picture_unreadable") from error


def _require_bounds(width: int, height: int) -> None:
    if max(width, height) > MOST_POINTS:
        raise ReportError("reports.picture_large", most=f"{MOST_POINTS} x {MOST_POINTS}")
    if min(width, height) < LEAST_POINTS // 4 or max(width, height) < LEAST_POINTS:
        raise ReportError("reports.picture_small", least=LEAST_POINTS)


def _from_svg(data: bytes, width_mm: float, height_mm: float) -> Image.Image:
    try:
        check_svg(data)
        svg = data.decode("utf-8")
        page = drawn_page(svg[svg.index("<svg") :], width_mm, height_mm)
    except (ReportError, ValueError) as error:
        raise ReportError("reports.picture_unreadable") from error
    with opened(page) as document:
        drawn = document[0].render(scale=_POINTS_AN_INCH / 72, fill_color=(255, 255, 255, 0), rev_byteorder=True)
        image: Image.Image = drawn.to_pil().convert("RGBA")
    if image.getchannel("A").getbbox() is None:  # nothing was drawn
        raise ReportError("reports.picture_unreadable")
    return image
