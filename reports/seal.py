"""The round seal of an institute as a vector picture: ring, name along the ring, star, and what marks a sample.

As seals are cut: one ring, the letters of the name narrower than they are high, near the ring, the star in the middle.
"""

import math
from dataclasses import dataclass
from xml.sax.saxutils import escape

from reports.drawing import drawn_page

DIAMETER_MM = 42
"""Usual diameter of an institute's round seal."""
_RED = "#c8161d"
_RADIUS = 100.0
_NAME_EDGE = 92.0
"""Where the letters of the name end, close to the ring."""
_LETTER_HEIGHT, _LETTER_WIDTH, _SLENDER = 29.0, 23.0, 1.55
"""The largest letters, and how many times as high as wide the narrow ones of a long name are."""
_STEP_LIMIT, _ARC = 25.5, 262.0
"""Largest angle between two letters, so that short names stay together at the top; angle of all of them (degrees)."""


@dataclass(frozen=True)
class Seal:
    """What a seal shows; `mark` is written below the star, `foot` in small letters under it."""

    institute: str
    mark: str = ""
    foot: str = ""


def seal_svg(seal: Seal) -> str:
    """Return the seal as SVG, 200 units wide."""
    # Institute and date of the closing lie across the middle; below them nothing covers the words.
    mark = _line(seal.mark, 74, 17) + _line(seal.foot, 87, 9.5)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-104 -104 208 208" role="img" fill="{_RED}">'
        f"<title>{escape(' '.join(part for part in (seal.institute, seal.mark, seal.foot) if part))}</title>"
        f'<circle r="{_RADIUS}" fill="none" stroke="{_RED}" stroke-width="5.5"/>'
        f'<path d="{_star(0, -6, 30)}"/>{_name(seal.institute)}{mark}</svg>'
    )


def seal_pdf(seal: Seal) -> bytes:
    """Return the seal as a PDF of one page of just its size, with its letters embedded."""
    return drawn_page(seal_svg(seal), DIAMETER_MM, DIAMETER_MM)


def _name(institute: str) -> str:
    """Set the name along the upper arc, each letter upright to the centre."""
    step = min(_STEP_LIMIT, _ARC / max(len(institute), 1))
    width = min(_LETTER_WIDTH, math.radians(step) * (_NAME_EDGE - _LETTER_HEIGHT / 2) * 0.94)
    height = min(_LETTER_HEIGHT, width * _SLENDER)
    first = -step * (len(institute) - 1) / 2
    return "".join(
        f'<g transform="rotate({first + place * step:.3f}) translate(0,{0.88 * height - _NAME_EDGE:.2f}) '
        f'scale({width / height:.3f},1)">{_letters(letter, 0, height)}</g>'
        for place, letter in enumerate(institute)
    )


def _line(text: str, y: float, size: float) -> str:
    return _letters(text, y, size) if text else ""


def _letters(text: str, y: float, size: float) -> str:
    return (
        f'<text x="0" y="{y:.2f}" font-size="{size:.2f}" text-anchor="middle" '
        f'font-family="Report Title Song, Report Song">{escape(text)}</text>'
    )


def _star(x: float, y: float, radius: float) -> str:
    """Draw a five-pointed star; the inner radius is that of the regular pentagram."""
    inner = radius * math.sin(math.pi / 10) / math.sin(3 * math.pi / 10)
    points = [
        (x + length * math.sin(k * math.pi / 5), y - length * math.cos(k * math.pi / 5))
        for k, length in enumerate([radius, inner] * 5)
    ]
    return "M" + "L".join(f"{px:.3f},{py:.3f}" for px, py in points) + "Z"
