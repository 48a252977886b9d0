"""Pictures of one's own: read within bounds, shown where the drawn seal would be, made again to the byte."""

from io import BytesIO

import pypdfium2
import pytest
from PIL import Image, ImageDraw
from pyhanko.pdf_utils.reader import PdfFileReader

from reports.errors import ReportError
from reports.redraw import compare_drawing
from reports.seal import DIAMETER_MM
from reports.signing.appearance import Appearance
from reports.signing.check import check_signatures
from reports.signing.own_picture import MOST_POINTS, picture_of
from reports.signing.places import place_of
from reports.signing.roles import INSTITUTE
from tests.unit.reports.conftest import SEALED, sealed

RING = (
    '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100">'
    '<circle cx="50" cy="50" r="45" fill="none" stroke="#c8161d" stroke-width="4"/></svg>'
)


def png(width: int = 400, height: int = 400, kind: str = "PNG") -> bytes:
    image, out = Image.new("RGBA", (width, height), (255, 255, 255, 0)), BytesIO()
    ImageDraw.Draw(image).ellipse((10, 10, width - 10, height - 10), outline=(200, 22, 29, 255), width=12)
    (image if kind == "PNG" else image.convert("RGB")).save(out, kind)
    return out.getvalue()


@pytest.mark.parametrize("data", [png(), RING.encode()], ids=["png", "svg"])
def test_an_own_seal_is_shown_and_made_again_to_the_byte(plain_pdf, signer, data) -> None:
    shown = Appearance(picture_of(data, DIAMETER_MM, DIAMETER_MM), SEALED.reason)
    signed = sealed(plain_pdf, signer, shown)
    assert check_signatures(signed).holds
    assert compare_drawing(signed, plain_pdf, lambda *_: SEALED).same
    before, after = shown_pages(plain_pdf), shown_pages(signed)
    differing = [number for number, page in enumerate(before) if page != after[number]]
    assert differing == [place_of(PdfFileReader(BytesIO(plain_pdf)), INSTITUTE).page]
    red = [point for point in after[differing[0]].get_flattened_data() if point[0] > 150 and max(point[1:3]) < 90]
    assert len(red) > 100


def shown_pages(data: bytes) -> list[Image.Image]:
    document = pypdfium2.PdfDocument(data)
    document.init_forms()
    return [page.render(may_draw_forms=True).to_pil().convert("RGB") for page in document]


def test_a_drawing_becomes_sharp_enough_for_print() -> None:
    picture = picture_of(RING.encode(), DIAMETER_MM, DIAMETER_MM)
    assert picture.width == picture.height == pytest.approx(DIAMETER_MM / 25.4 * 600, abs=2)
    assert picture.opacity[0] == 0


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "unreadable"),
        (b"GIF89a", "unreadable"),
        (png(kind="JPEG"), "unreadable"),
        (png()[:200], "unreadable"),
        (png(60, 60), "small"),
        (png(MOST_POINTS + 1, 300), "large"),
        (b" " * 3_000_001, "large"),
        (b"<svg", "unreadable"),
        (RING.replace("circle", "image").encode(), "unreadable"),
        (RING.replace("</svg>", "<script/></svg>").encode(), "unreadable"),
        (RING.replace('stroke-width="4"', 'stroke="none"').replace('stroke="#c8161d"', "").encode(), "unreadable"),
    ],
)
def test_what_is_no_picture_to_be_shown_is_refused(data, code) -> None:
    with pytest.raises(ReportError, match=f"reports.picture_{code}"):
        picture_of(data, DIAMETER_MM, DIAMETER_MM)
