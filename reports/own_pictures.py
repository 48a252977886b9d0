"""The pictures that pages ask for by an address of their own: the institute's sign, the word across every page."""

from dataclasses import dataclass

from markupsafe import escape

from reports.document import Document

LOGO, ACROSS = "logo:", "across:"
_ANGLE = -52
_WIDTH, _HEIGHT = 210, 297


@dataclass(frozen=True)
class Drawn:
    """A picture's bytes and their type."""

    content: bytes
    media_type: str


def pictures_of(document: Document) -> dict[str, Drawn]:
    """Return the pictures by the addresses that the templates use."""
    pictures = {}
    if document.look and document.look.logo:
        pictures[LOGO] = Drawn(document.look.logo.content, document.look.logo.media_type)
    if document.cover.across:
        pictures[ACROSS] = Drawn(_across(document.cover.across).encode("utf-8"), "image/svg+xml")
    return pictures


def _across(word: str) -> str:
    """Draw a word slanting over a page, in a grey that leaves every word above it legible."""
    wide = sum(0.62 if sign.isascii() else 1.12 for sign in word)
    size = min(62.0, 250 / max(wide, 1))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}">'
        f'<text x="{_WIDTH / 2}" y="{_HEIGHT / 2 + size / 3:.1f}" font-size="{size:.1f}" text-anchor="middle" '
        f'font-family="Report Hei" letter-spacing="{size * 0.1:.1f}" fill="#ececef" '
        f'transform="rotate({_ANGLE} {_WIDTH / 2} {_HEIGHT / 2})">{escape(word)}</text></svg>'
    )
