"""Parts that every chart is drawn from: the picture, lines, texts, marks of verdicts; colours that print in grey."""

from collections.abc import Callable, Sequence
from hashlib import sha256

from markupsafe import Markup, escape

from reports.document import Printed, Tone

WIDTH = 442.0  # the text block of A4 paper in points; a web page scales it
NARROW = 300.0
"""The width of a chart for a telephone."""
INK, GREY, GRID, RED = "#1f2328", "#5b6168", "#d9dcdf", "#9d1c1c"
COLOURS = {Tone.PASS: "#14665a", Tone.FAIL: "#9d1c1c", Tone.UNDECIDED: "#8a5a00", Tone.NEUTRAL: "#33435c"}
_FAMILY = "'Report Hei','Noto Sans CJK SC','PingFang SC','Microsoft YaHei',sans-serif"


def svg(title: str, description: str, height: float, parts: Sequence[str], *, width: float = WIDTH) -> Markup:
    """Wrap the parts with a title and a description that are read aloud."""
    name = "chart-" + sha256(f"{title}\n{description}".encode()).hexdigest()[:10]
    name = name if width == WIDTH else f"{name}-narrow"
    return Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" class="chart" role="img" viewBox="0 0 {width:.0f} {height:.0f}" '
        'width="{width:.0f}pt" height="{height:.0f}pt" aria-labelledby="{name}-title {name}-description" '
        'font-family="{family}" font-size="9.5"><title id="{name}-title">{full}</title>'
        '<desc id="{name}-description">{description}</desc>{parts}</svg>'
    ).format(
        width=width, height=height, name=name, family=Markup(_FAMILY), full=f"{title}。{description}",  # noqa: S704 -- a constant
        description=description, parts=Markup("").join(parts),
    )  # fmt: skip


def line(x1: float, y1: float, x2: float, y2: float, colour: str, *, width: float, dash: str = "") -> Markup:
    """Draw a straight line."""
    pattern = Markup(' stroke-dasharray="{}"').format(dash) if dash else Markup("")
    return Markup('<line x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}" stroke="{}" stroke-width="{}"{}/>').format(
        x1, y1, x2, y2, colour, width, pattern
    )


def box(
    x: float, y: float, width: float, height: float, fill: str, *, edge: str = "none", thick: float = 0.8
) -> Markup:  # fmt: skip
    """Draw a rectangle."""
    return Markup(
        '<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" fill="{}" stroke="{}" stroke-width="{}"/>'
    ).format(x, y, width, height, fill, edge, thick)


def disc(x: float, y: float, radius: float, fill: str, *, edge: str = "none", opacity: float = 1.0) -> Markup:
    """Draw a filled circle."""
    return Markup(
        '<circle cx="{:.1f}" cy="{:.1f}" r="{:.2f}" fill="{}" stroke="{}" stroke-width="0.6" fill-opacity="{}"/>'
    ).format(x, y, radius, fill, edge, opacity)


def places_of(content: str | Printed, size: float) -> float:
    """Return the width of a text in points, near enough to set it: a Chinese character is as wide as it is high."""
    words = content.text if isinstance(content, Printed) else content
    return sum(size if ord(letter) > 0x2E80 else size * 0.58 for letter in words)


def fitting(content: str | Printed, size: float, room: float) -> float:
    """Return the size of letters at which a text fits its room: the given one, or a smaller one."""
    return size * min(1.0, room / max(places_of(content, size), 1.0))


def text(
    x: float, y: float, content: str | Printed, *, anchor: str = "start", size: float = 9.5, colour: str = INK
) -> Markup:  # fmt: skip
    """Write one line of text; a figure carries its key."""
    key = Markup(' data-key="{}"').format(content.key) if isinstance(content, Printed) else Markup("")
    words = content.text if isinstance(content, Printed) else content
    return Markup('<text x="{:.1f}" y="{:.1f}" text-anchor="{}" font-size="{}" fill="{}"{}>{}</text>').format(
        x, y, anchor, round(size, 2), colour, key, escape(words)
    )


def over(x: float, y: float, content: str, *, size: float, colour: str = INK) -> Markup:
    """Write a text that stays legible over what it covers: with a white edge around its letters."""
    edge = Markup(
        '<text x="{:.1f}" y="{:.1f}" text-anchor="middle" font-size="{:.2f}" fill="#fff" stroke="#fff" '
        'stroke-width="2.6" stroke-linejoin="round" aria-hidden="true">{}</text>'
    ).format(x, y, size, content)
    return edge + text(x, y, content, anchor="middle", size=size, colour=colour)


def _disc(x: float, y: float) -> Markup:
    return Markup('<circle cx="{:.1f}" cy="{:.1f}" r="3.8" fill="{}"/>').format(x, y, COLOURS[Tone.PASS])


def _diamond(x: float, y: float) -> Markup:
    return Markup('<path d="M{:.1f} {:.1f}l4.8 4.8l-4.8 4.8l-4.8 -4.8z" fill="{}"/>').format(
        x, y - 4.8, COLOURS[Tone.FAIL]
    )


def _ring(x: float, y: float) -> Markup:
    return Markup('<circle cx="{:.1f}" cy="{:.1f}" r="3.6" fill="#fff" stroke="{}" stroke-width="1.6"/>').format(
        x, y, COLOURS[Tone.UNDECIDED]
    )


def _square(x: float, y: float) -> Markup:
    return Markup('<rect x="{:.1f}" y="{:.1f}" width="7" height="7" fill="{}"/>').format(
        x - 3.5, y - 3.5, COLOURS[Tone.NEUTRAL]
    )


MARKS: dict[Tone, Callable[[float, float], Markup]] = {
    Tone.PASS: _disc, Tone.FAIL: _diamond, Tone.UNDECIDED: _ring, Tone.NEUTRAL: _square,
}  # fmt: skip
