"""Charts as hand-written SVG, the same on paper and on a page: colours that also print in grey, with a title."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from math import ceil, floor, log10

from markupsafe import Markup, escape

from reports.document import BarChart, IntervalChart, IntervalRow, Printed, Tone

WIDTH = 442.0  # the text block of A4 paper in points; a web page scales it
ROW = 25.0
_LABEL, _FIGURE, _TOP, _BOTTOM = 86.0, 128.0, 30.0, 44.0
NARROW, _TALL, _EDGE = 300.0, 42.0, 16.0
"""A chart for a telephone: its width, the height of a row, and what is left free beside the scale."""
INK, GREY, GRID, RED = "#1f2328", "#5b6168", "#d9dcdf", "#9d1c1c"
COLOURS = {Tone.PASS: "#14665a", Tone.FAIL: "#9d1c1c", Tone.UNDECIDED: "#8a5a00", Tone.NEUTRAL: "#33435c"}
WORDS = {
    "zh": {Tone.PASS: "达标", Tone.FAIL: "不达标", Tone.UNDECIDED: "不能判定", Tone.NEUTRAL: "不作判定"},
    "en": {Tone.PASS: "met", Tone.FAIL: "not met", Tone.UNDECIDED: "undecided", Tone.NEUTRAL: "not judged"},
}
_FAMILY = "'Report Hei','Noto Sans CJK SC','PingFang SC','Microsoft YaHei',sans-serif"


@dataclass(frozen=True)
class Scale:
    """A linear scale from rates to points, with round ticks."""

    low: float
    high: float
    ticks: tuple[float, ...]
    start: float
    width: float

    def place(self, value: float) -> float:
        """Return the place of a value, held inside the frame."""
        share = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return self.start + share * self.width


def interval_chart(chart: IntervalChart, language: str = "zh") -> Markup:
    """Draw estimates with their intervals, one row each, against the threshold."""
    scale = _scale(_values(chart), _LABEL, WIDTH - _LABEL - _FIGURE)
    height = _TOP + ROW * len(chart.rows) + _BOTTOM
    parts = [_grid(scale, height), _threshold(chart, scale, height)]
    parts += [_interval_row(row, scale, _TOP + ROW * (index + 0.5)) for index, row in enumerate(chart.rows)]
    parts.append(_legend({row.tone for row in chart.rows}, height, WORDS[language[:2]]))
    return _svg(chart.caption, chart.description, height, parts)


def narrow_interval_chart(chart: IntervalChart, language: str = "zh") -> Markup:
    """Draw the same for a telephone: label and figure stand above each interval, in letters that stay legible."""
    scale = _scale(_values(chart), _EDGE, NARROW - 2 * _EDGE)
    height = _TOP + _TALL * len(chart.rows) + _BOTTOM
    parts = [_grid(scale, height, size=11), _threshold(chart, scale, height, size=12)]
    for index, row in enumerate(chart.rows):
        top = _TOP + _TALL * index
        parts += [
            _text(0, top + 15, row.label, size=12.5),
            _text(NARROW, top + 15, row.figure, anchor="end", size=12.5),
            _interval(row, scale, top + 27),
        ]
    parts.append(_legend({row.tone for row in chart.rows}, height, WORDS[language[:2]], start=0, size=12))
    return _svg(chart.caption, chart.description, height, parts, width=NARROW)


def bar_chart(chart: BarChart) -> Markup:
    """Draw horizontal bars from zero."""
    scale = _scale([0.0, *(row.value for row in chart.rows)], _LABEL, WIDTH - _LABEL - _FIGURE / 2)
    height = _TOP + ROW * len(chart.rows) + _BOTTOM / 2
    parts = [_grid(scale, height + _BOTTOM / 2)]
    for index, row in enumerate(chart.rows):
        middle = _TOP + ROW * (index + 0.5)
        end = scale.place(row.value)
        parts += [
            _text(_LABEL - 8, middle + 3.4, row.label, anchor="end"),
            Markup('<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="12" fill="{}"/>').format(
                scale.start, middle - 6, max(end - scale.start, 0.6), COLOURS[Tone.NEUTRAL]
            ),
            _text(end + 5, middle + 3.4, row.figure),
        ]
    return _svg(chart.caption, chart.description, height, parts)


def _values(chart: IntervalChart) -> list[float]:
    """Return every value that has to stand on the scale."""
    values = [value for row in chart.rows for value in (row.estimate, row.low, row.high) if value is not None]
    return [*values, chart.threshold.value] if chart.threshold else values


def _svg(title: str, description: str, height: float, parts: Sequence[str], *, width: float = WIDTH) -> Markup:
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


def _scale(values: Sequence[float], start: float, width: float) -> Scale:
    """Choose round limits: from zero, unless everything lies high."""
    smallest, largest = min(values, default=0.0), max(values, default=1.0)
    base = smallest if smallest > 0.5 else 0.0
    step = _round_step((largest - base) or 0.01)
    low = floor(base / step + 1e-9) * step
    high = max(ceil(largest / step - 1e-9) * step, low + step)
    if largest <= 1.0 < high:  # no rate is above one: make room below instead
        low, high = min(low, 1.0 - step), 1.0
    count = round((high - low) / step)
    return Scale(low, high, tuple(low + step * index for index in range(count + 1)), start, width)


def _round_step(span: float) -> float:
    """Return a step of 1, 2 or 5 times a power of ten that cuts the span into four to eight."""
    power = 10.0 ** floor(log10(max(span, 1e-6) / 5))
    return next(power * factor for factor in (1, 2, 5, 10) if span / (power * factor) <= 6)


def _grid(scale: Scale, height: float, *, size: float = 8) -> Markup:
    """Draw the upright lines and their rates."""
    bottom = height - _BOTTOM
    decimals = max(0, -floor(log10((scale.ticks[1] - scale.ticks[0]) * 100) + 1e-9))
    parts = []
    for tick in scale.ticks:
        x = scale.place(tick)
        parts.append(_line(x, _TOP - 4, x, bottom, GRID, width=0.6))
        parts.append(_text(x, bottom + 12, f"{tick * 100:.{decimals}f}%", anchor="middle", size=size, colour=GREY))
    return Markup("").join(parts)


def _threshold(chart: IntervalChart, scale: Scale, height: float, *, size: float = 8.5) -> Markup:
    """Draw the threshold with its label above."""
    if chart.threshold is None:
        return Markup("")
    x = scale.place(chart.threshold.value)
    return _line(x, _TOP - 10, x, height - _BOTTOM, RED, width=1.1, dash="5 2.5") + _text(
        x, _TOP - 15, chart.threshold.label, anchor="middle", size=size, colour=RED
    )


def _interval_row(row: IntervalRow, scale: Scale, middle: float) -> Markup:
    """Draw one row: label, interval, estimate, figure and verdict."""
    right = WIDTH - _FIGURE + 12
    parts = [
        _line(0, middle + ROW / 2, WIDTH, middle + ROW / 2, "#eceef0", width=0.5),
        _text(_LABEL - 8, middle + 3.4, row.label, anchor="end"),
        _text(right, middle + 3.4, row.figure),
        _text(WIDTH, middle + 3.4, row.verdict, anchor="end", size=8.5, colour=COLOURS[row.tone]),
        _interval(row, scale, middle),
    ]
    return Markup("").join(parts)


def _interval(row: IntervalRow, scale: Scale, middle: float) -> Markup:
    """Draw an interval and the estimate in it."""
    colour, parts = COLOURS[row.tone], list[Markup]()
    if row.low is not None and row.high is not None:
        low, high = scale.place(row.low), scale.place(row.high)
        dash = "3 2" if row.tone is Tone.UNDECIDED else ""
        parts.append(_line(low, middle, high, middle, colour, width=1.6, dash=dash))
        parts += [_line(end, middle - 4, end, middle + 4, colour, width=1.2) for end in (low, high)]
    if row.estimate is not None:
        parts.append(MARKS[row.tone](scale.place(row.estimate), middle))
    return Markup("").join(parts)


def _legend(
    tones: set[Tone], height: float, words: dict[Tone, str], *, start: float = _LABEL, size: float = 8.5
) -> Markup:
    """Explain the marks that occur."""
    parts, x, y = [], start, height - 10
    for tone in (tone for tone in Tone if tone in tones):
        parts.append(MARKS[tone](x + 4, y - 3))
        parts.append(_text(x + 13, y, words[tone], size=size, colour=GREY))
        x += 28 + (size + 0.5) * len(words[tone]) * (1 if ord(words[tone][0]) > 0x2E80 else 0.6)
    return Markup("").join(parts)


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


def _line(x1: float, y1: float, x2: float, y2: float, colour: str, *, width: float, dash: str = "") -> Markup:
    pattern = Markup(' stroke-dasharray="{}"').format(dash) if dash else Markup("")
    return Markup('<line x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}" stroke="{}" stroke-width="{}"{}/>').format(
        x1, y1, x2, y2, colour, width, pattern
    )


def _text(
    x: float, y: float, content: str | Printed, *, anchor: str = "start", size: float = 9.5, colour: str = INK
) -> Markup:  # fmt: skip
    """Write one line of text; a figure carries its key."""
    key = Markup(' data-key="{}"').format(content.key) if isinstance(content, Printed) else Markup("")
    text = content.text if isinstance(content, Printed) else content
    return Markup('<text x="{:.1f}" y="{:.1f}" text-anchor="{}" font-size="{}" fill="{}"{}>{}</text>').format(
        x, y, anchor, size, colour, key, escape(text)
    )
