"""The round seal of an institute as a vector picture: ring, name along the ring, star, and what marks a sample."""

import math
from dataclasses import dataclass
from xml.sax.saxutils import escape

from reports.drawing import drawn_page

DIAMETER_MM = 42
"""Usual diameter of an institute's round seal."""
_RED = "#c8161d"
_RADIUS = 100.0
_NAME_RADIUS = 77.0
_STEP_LIMIT = 24.0
"""Largest angle between two characters, degrees: short names stay together at the top."""


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
        f'<circle r="{_RADIUS}" fill="none" stroke="{_RED}" stroke-width="5"/>'
        f'<circle r="{_RADIUS - 6}" fill="none" stroke="{_RED}" stroke-width="1"/>'
        f'<path d="{_star(0, -8, 27)}"/>{_name(seal.institute)}{mark}</svg>'
    )


def seal_pdf(seal: Seal) -> bytes:
    """Return the seal as a PDF of one page of just its size, with its letters embedded."""
    return drawn_page(seal_svg(seal), DIAMETER_MM, DIAMETER_MM)


def _name(institute: str) -> str:
    """Set the name along the upper arc, each character upright to the centre."""
    step = min(_STEP_LIMIT, 250.0 / max(len(institute), 1))
    size = min(27.0, step * math.pi / 180 * _NAME_RADIUS * 0.98)
    first = -step * (len(institute) - 1) / 2
    baseline = -_NAME_RADIUS + size * 0.36
    return "".join(
        f'<g transform="rotate({first + place * step:.3f})">{_letters(character, baseline, size)}</g>'
        for place, character in enumerate(institute)
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
