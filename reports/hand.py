"""What a person's signature shows where no picture of the own hand is given: the name, and when it was signed."""

from dataclasses import dataclass
from xml.sax.saxutils import escape

from reports.drawing import drawn_page

WIDTH_MM, HEIGHT_MM = 38, 14
_INK = "#14316b"
_NAME, _BELOW = 37.0, 11.5
"""Sizes of the letters where they fit, in units of which the drawing is 190 wide."""


@dataclass(frozen=True)
class Hand:
    """A person's name, when they signed (as it is written), and what marks a sample."""

    name: str
    signed: str
    mark: str = ""


def hand_svg(hand: Hand) -> str:
    """Return the signature as SVG, 190 by 70 units: the name over a line, below it the time."""
    name, below = hand.name, " ".join(part for part in (hand.signed, hand.mark) if part)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 190 70" role="img" fill="{_INK}">'
        f"<title>{escape(f'{name} {below}')}</title>"
        f"{_line(name, 39, _NAME, 'Report Kai, Report Song')}"
        f'<path d="M6 48.5H184" stroke="{_INK}" stroke-width="0.7" stroke-linecap="round" fill="none"/>'
        f"{_line(below, 63, _BELOW, 'Report Song')}</svg>"
    )


def _line(text: str, y: float, largest: float, faces: str) -> str:
    """Write a line that stays in the drawing: Chinese letters are as wide as high, others narrower."""
    width = sum(0.6 if letter.isascii() else 1.0 for letter in text)
    size = min(largest, 176 / max(width, 1.0))
    return f'<text x="8" y="{y}" font-size="{size:.2f}" font-family="{faces}">{escape(text)}</text>'


def hand_pdf(hand: Hand) -> bytes:
    """Return the signature as a PDF of one page of just its size, with its letters embedded."""
    return drawn_page(hand_svg(hand), WIDTH_MM, HEIGHT_MM)
