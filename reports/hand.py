"""What a person's signature shows where no picture of the own hand is given: the name, and when it was signed."""

from dataclasses import dataclass
from xml.sax.saxutils import escape

from reports.drawing import drawn_page

WIDTH_MM, HEIGHT_MM = 38, 14
_INK = "#14316b"
_NAME, _BELOW = 30.0, 10.5
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
        f"{_line(name, 38, _NAME, 'Report Kai, Report Song')}"
        f'<path d="M2 47H188" stroke="{_INK}" stroke-width="0.8" fill="none"/>'
        f"{_line(below, 61, _BELOW, 'Report Song')}</svg>"
    )


def _line(text: str, y: float, largest: float, faces: str) -> str:
    """Write a line that stays in the drawing: Chinese letters are as wide as high, others narrower."""
    width = sum(0.6 if letter.isascii() else 1.0 for letter in text)
    size = min(largest, 178 / max(width, 1.0))
    return f'<text x="6" y="{y}" font-size="{size:.2f}" font-family="{faces}">{escape(text)}</text>'


def hand_pdf(hand: Hand) -> bytes:
    """Return the signature as a PDF of one page of just its size, with its letters embedded."""
    return drawn_page(hand_svg(hand), WIDTH_MM, HEIGHT_MM)
