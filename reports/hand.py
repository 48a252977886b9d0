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
    below = " ".join(part for part in (hand.signed, hand.mark) if part)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 190 70" role="img" fill="{_INK}">'
        f"<title>{escape(f'{hand.name} {below}')}</title>"
        f'<text x="6" y="38" font-size="{_fitting(hand.name, _NAME):.2f}" font-family="Report Kai, Report Song">{escape(hand.name)}</text>'
        f'<path d="M2 47H188" stroke="{_INK}" stroke-width="0.8" fill="none"/>'
        f'<text x="6" y="61" font-size="{_fitting(below, _BELOW):.2f}" font-family="Report Song">{escape(below)}</text></svg>'
    )


def _fitting(text: str, largest: float) -> float:
    """Return the size at which a text stays in the drawing: Chinese letters are as wide as high, others narrower."""
    width = sum(0.6 if letter.isascii() else 1.0 for letter in text)
    return min(largest, 178 / max(width, 1.0))


def hand_pdf(hand: Hand) -> bytes:
    """Return the signature as a PDF of one page of just its size, with its letters embedded."""
    return drawn_page(hand_svg(hand), WIDTH_MM, HEIGHT_MM)
