"""Intervals of domains against a threshold: a row each; many rows stand closer, very many on several charts."""

from dataclasses import dataclass, replace

from markupsafe import Markup

from reports.charts.parts import COLOURS, GREY, MARKS, NARROW, RED, WIDTH, fitting, line, places_of, svg, text
from reports.charts.scale import Scale, grid, scale_of
from reports.charts.words import VERDICTS, WORDS
from reports.document import IntervalChart, IntervalRow, Tone

ROW, CLOSE = 25.0, 13.0
"""Heights of a row: of few, and of so many that the chart fills its page."""
MOST_WIDE_APART = 20
MOST_ON_A_PAGE = 40
_LABEL, _FIGURE, _TOP, _BOTTOM = 86.0, 128.0, 30.0, 44.0
_TALL, _EDGE = 42.0, 16.0
"""For a telephone: the height of a row, and what is left free beside the scale."""


@dataclass(frozen=True)
class _Setting:
    """How high a row is, and how large its letters are."""

    row: float
    letters: float


def interval_chart(chart: IntervalChart, language: str = "zh") -> Markup:
    """Draw estimates with their intervals, one row each, against the threshold."""
    setting = _Setting(ROW, 9.5) if len(chart.rows) <= MOST_WIDE_APART else _Setting(CLOSE, 8.5)
    scale = scale_of(_values(chart), _LABEL, WIDTH - _LABEL - _FIGURE)
    height = _TOP + setting.row * len(chart.rows) + _BOTTOM
    parts = [grid(scale, _TOP, height - _BOTTOM), _threshold(chart, scale, height)]
    for index, row in enumerate(chart.rows):
        parts.append(_interval_row(row, scale, _TOP + setting.row * (index + 0.5), setting))
    parts.append(_legend({row.tone for row in chart.rows}, height, VERDICTS[language[:2]]))
    return svg(chart.caption, chart.description, height, parts)


def narrow_interval_chart(chart: IntervalChart, language: str = "zh") -> Markup:
    """Draw the same for a telephone: label and figure stand above each interval, in letters that stay legible."""
    scale = scale_of(_values(chart), _EDGE, NARROW - 2 * _EDGE)
    height = _TOP + _TALL * len(chart.rows) + _BOTTOM
    parts = [grid(scale, _TOP, height - _BOTTOM, size=11), _threshold(chart, scale, height, size=12)]
    for index, row in enumerate(chart.rows):
        top = _TOP + _TALL * index
        parts += [
            text(0, top + 15, row.label, size=12.5),
            text(NARROW, top + 15, row.figure, anchor="end", size=12.5),
            _interval(row, scale, top + 27),
        ]
    parts.append(_legend({row.tone for row in chart.rows}, height, VERDICTS[language[:2]], start=0, size=12))
    return svg(chart.caption, chart.description, height, parts, width=NARROW)


def parts_of(chart: IntervalChart, language: str = "zh", most: int = MOST_ON_A_PAGE) -> tuple[IntervalChart, ...]:
    """Cut a chart of very many rows into charts of nearly equal length, one for each page, all on the same scale."""
    count = -(-len(chart.rows) // most)
    if count <= 1:
        return (chart,)
    values = _values(chart)
    ends = [round(len(chart.rows) * number / count) for number in range(count + 1)]
    return tuple(
        replace(
            chart,
            caption=chart.caption + WORDS[language[:2]]["part"].format(number + 1, count),
            rows=chart.rows[ends[number] : ends[number + 1]],
            note=chart.note if number == count - 1 else "",
            span=(min(values), max(values)),
        )
        for number in range(count)
    )


def _values(chart: IntervalChart) -> list[float]:
    """Return every value that has to stand on the scale."""
    values = [value for row in chart.rows for value in (row.estimate, row.low, row.high) if value is not None]
    values += chart.span or ()
    return [*values, chart.threshold.value] if chart.threshold else values


def _threshold(chart: IntervalChart, scale: Scale, height: float, *, size: float = 8.5) -> Markup:
    """Draw the threshold with its label above."""
    if chart.threshold is None:
        return Markup("")
    x = scale.place(chart.threshold.value)
    return line(x, _TOP - 10, x, height - _BOTTOM, RED, width=1.1, dash="5 2.5") + text(
        x, _TOP - 15, chart.threshold.label, anchor="middle", size=size, colour=RED
    )


def _interval_row(row: IntervalRow, scale: Scale, middle: float, setting: _Setting) -> Markup:
    """Draw one row: label, interval, estimate, figure and verdict."""
    room = _FIGURE - 12 - places_of(row.verdict, 8.5) - 5
    parts = [
        line(0, middle + setting.row / 2, WIDTH, middle + setting.row / 2, "#eceef0", width=0.5),
        text(_LABEL - 8, middle + 3.4, row.label, anchor="end", size=fitting(row.label, setting.letters, _LABEL - 10)),
        text(WIDTH - _FIGURE + 12, middle + 3.4, row.figure, size=fitting(row.figure, setting.letters, room)),
        text(WIDTH, middle + 3.4, row.verdict, anchor="end", size=8.5, colour=COLOURS[row.tone]),
        _interval(row, scale, middle),
    ]
    return Markup("").join(parts)


def _interval(row: IntervalRow, scale: Scale, middle: float) -> Markup:
    """Draw an interval and the estimate in it."""
    colour, parts = COLOURS[row.tone], list[Markup]()
    if row.low is not None and row.high is not None:
        low, high = scale.place(row.low), scale.place(row.high)
        dash = "3 2" if row.tone is Tone.UNDECIDED else ""
        parts.append(line(low, middle, high, middle, colour, width=1.6, dash=dash))
        parts += [line(end, middle - 4, end, middle + 4, colour, width=1.2) for end in (low, high)]
    if row.estimate is not None:
        parts.append(MARKS[row.tone](scale.place(row.estimate), middle))
    return Markup("").join(parts)


def _legend(
    tones: set[Tone], height: float, words: dict[Tone, str], *, start: float = _LABEL, size: float = 8.5
) -> Markup:
    """Explain the marks that occur."""
    parts, x, y = list[Markup](), start, height - 10
    for tone in (tone for tone in Tone if tone in tones):
        parts.append(MARKS[tone](x + 4, y - 3))
        parts.append(text(x + 13, y, words[tone], size=size, colour=GREY))
        x += 28 + places_of(words[tone], size + 0.5)
    return Markup("").join(parts)
