"""What a signature shows on the page: a drawing of ours (seal, name), or a picture of one's own; laid on like ink."""

from dataclasses import dataclass
from tempfile import NamedTemporaryFile
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.content import ImportedPdfPage, PdfContent, ResourceType
from pyhanko.pdf_utils.layout import BoxConstraints
from pyhanko.stamp import StaticStampStyle

_INK = "/Ink"
_SHOWN = "/Shown"


@dataclass(frozen=True)
class Picture:
    """A picture of eight bits in red, green and blue, with how opaque each point is; row by row from the top."""

    width: int
    height: int
    colours: bytes
    opacity: bytes


@dataclass(frozen=True)
class Appearance:
    """What a signature shows (a page of PDF, or a picture), and what it says in the signature panel."""

    shown: bytes | Picture
    reason: str
    location: str = ""


def style_of(shown: bytes | Picture) -> StaticStampStyle:
    """Return how a signature's field is drawn."""
    content = _Drawing(shown) if isinstance(shown, bytes) else _Raster(shown)
    return StaticStampStyle(background=content, border_width=0)


def picture_in(field: generic.DictionaryObject) -> Picture | None:
    """Read the picture that a signed field shows; None where it shows something else."""
    try:
        image = field["/AP"]["/N"]["/Resources"]["/XObject"][_SHOWN]
        if image["/Subtype"] != "/Image":
            return None
        return Picture(int(image["/Width"]), int(image["/Height"]), bytes(image.data), bytes(image["/SMask"].data))
    except (KeyError, TypeError, ValueError):
        return None


class _Drawing(ImportedPdfPage):
    """A page laid on another as ink is: what stands below shows through."""

    def __init__(self, page: bytes) -> None:
        """Keep the page; pyHanko reads it from a file."""
        super().__init__("")  # type: ignore[no-untyped-call]
        self._page = page

    def render(self) -> bytes:
        """Return the content, multiplied with what it covers."""
        with NamedTemporaryFile(suffix=".pdf") as file:
            file.write(self._page)
            file.flush()
            self.file_name = file.name
            content: bytes = super().render()
        # The page gets a name by chance; here it has the same each time.
        pictures = self.resources.xobject
        by_chance = content.removesuffix(b" Do").decode("ascii")
        pictures[generic.pdf_name(_SHOWN)] = pictures.pop(generic.pdf_name(by_chance))
        return _inked(self, f"{_SHOWN} Do")


class _Raster(PdfContent):
    """A picture laid on as ink is."""

    def __init__(self, picture: Picture) -> None:
        """Give the picture its own size; the field's box scales it."""
        self._picture = picture
        super().__init__(box=BoxConstraints(width=picture.width, height=picture.height))

    def render(self) -> bytes:
        """Return the content, multiplied with what it covers."""
        picture = self._picture
        mask = self._image(picture.opacity, "/DeviceGray", {})
        image = self._image(picture.colours, "/DeviceRGB", {"/SMask": mask})
        self.set_resource(ResourceType.XOBJECT, generic.pdf_name(_SHOWN), image)
        return _inked(self, f"q {picture.width} 0 0 {picture.height} 0 0 cm {_SHOWN} Do Q")

    def _image(self, data: bytes, colours: str, more: dict[str, Any]) -> Any:
        entries = {
            "/Type": generic.pdf_name("/XObject"),
            "/Subtype": generic.pdf_name("/Image"),
            "/Width": _number(self._picture.width),
            "/Height": _number(self._picture.height),
            "/BitsPerComponent": _number(8),
            "/ColorSpace": generic.pdf_name(colours),
            **more,
        }
        stream = generic.StreamObject(
            {generic.pdf_name(name): value for name, value in entries.items()}, stream_data=data
        )
        stream.compress()  # type: ignore[no-untyped-call]
        return self._ensure_writer.add_object(stream)


def _number(value: int) -> generic.NumberObject:
    return generic.NumberObject(value)  # type: ignore[no-untyped-call]


def _inked(content: PdfContent, drawn: str) -> bytes:
    multiply = generic.DictionaryObject({generic.pdf_name("/BM"): generic.pdf_name("/Multiply")})  # type: ignore[no-untyped-call]
    content.set_resource(ResourceType.EXT_G_STATE, generic.pdf_name(_INK), multiply)
    return f"{_INK} gs {drawn}".encode("ascii")
