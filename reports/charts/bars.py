"""Horizontal bars: lengths from zero, and answers that make 100 %."""

from collections.abc import Iterator

from markupsafe import Markup

from reports.charts.kinds import Answer, AnswerChart, AnswerRow
from reports.charts.parts import COLOURS, GREY, INK, NARROW, WIDTH, box, fitting, places_of, svg, text
from reports.charts.scale import Scale, grid, scale_of
from reports.document import BarChart, Tone

ROW, TALL = 25.0, 42.0
_LABEL, _FIGURE, _TOP, _BOTTOM = 86.0, 128.0, 30.0, 44.0
_COUNT = 52.0
SHADES = ("#123f5a", "#3f7ca3", "#86b3cd", "#c3dae7", "#e6eff4")
"""From the first answer to the last, each lighter than the one before, so that grey print keeps their order."""
LIGHT_FROM = 2
"""The first shade on which letters have to be dark."""


def bar_chart(chart: BarChart) -> Markup:
    """Draw horizontal bars from zero."""
    scale = scale_of([0.0, *(row.value for row in chart.rows)], _LABEL, WIDTH - _LABEL - _FIGURE / 2)
    height = _TOP + ROW * len(chart.rows) + _BOTTOM / 2
    parts = [grid(scale, _TOP, height - _BOTTOM / 2)]
    for index, row in enumerate(chart.rows):
        middle = _TOP + ROW * (index + 0.5)
        parts.append(text(_LABEL - 8, middle + 3.4, row.label, anchor="end"))
        parts.append(_bar(scale, row.value, middle))
        parts.append(text(scale.place(row.value) + 5, middle + 3.4, row.figure))
    return svg(chart.caption, chart.description, height, parts)


def narrow_bar_chart(chart: BarChart) -> Markup:
    """Draw the same for a telephone: label and figure stand above each bar."""
    scale = scale_of([0.0, *(row.value for row in chart.rows)], 12, NARROW - 28)
    height = _TOP + TALL * len(chart.rows) + _BOTTOM / 2
    parts = [grid(scale, _TOP, height - _BOTTOM / 2, size=11)]
    for index, row in enumerate(chart.rows):
        top = _TOP + TALL * index
        parts += [
            text(0, top + 15, row.label, size=12.5),
            text(NARROW, top + 15, row.figure, anchor="end", size=12.5),
            _bar(scale, row.value, top + 27),
        ]
    return svg(chart.caption, chart.description, height, parts, width=NARROW)


def _bar(scale: Scale, value: float, middle: float) -> Markup:
    length = max(scale.place(value) - scale.start, 0.6)
    return box(scale.start, middle - 6, length, 12, COLOURS[Tone.NEUTRAL])


def answer_chart(chart: AnswerChart) -> Markup:
    """Draw answers as bars of 100 %, with their legend above and how many were asked at the end."""
    legend, top = _legend(chart.answers, WIDTH, 8.5)
    parts = [legend]
    width = WIDTH - _LABEL - _COUNT
    for index, row in enumerate(chart.rows):
        middle = top + ROW * (index + 0.5)
        parts.append(text(_LABEL - 8, middle + 3.4, row.label, anchor="end", size=fitting(row.label, 9.5, _LABEL - 10)))
        parts += _shares(chart.answers, row, (_LABEL, middle - 8, width, 16), 8.5)
        parts.append(text(WIDTH, middle + 3.4, row.count, anchor="end", size=8.5, colour=GREY))
    return svg(chart.caption, chart.description, top + ROW * len(chart.rows) + 6, parts)


def narrow_answer_chart(chart: AnswerChart) -> Markup:
    """Draw the same for a telephone."""
    legend, top = _legend(chart.answers, NARROW, 12)
    parts = [legend]
    for index, row in enumerate(chart.rows):
        y = top + (TALL + 4) * index
        parts.append(text(0, y + 14, row.label, size=12.5))
        parts.append(text(NARROW, y + 14, row.count, anchor="end", size=12, colour=GREY))
        parts += _shares(chart.answers, row, (0, y + 20, NARROW, 18), 11)
    return svg(chart.caption, chart.description, top + (TALL + 4) * len(chart.rows) + 6, parts, width=NARROW)


def _shares(
    answers: tuple[Answer, ...], row: AnswerRow, frame: tuple[float, float, float, float], size: float
) -> Iterator[Markup]:
    """Draw the parts of one bar; a text that does not fit its part is left to the table."""
    x, y, width, height = frame
    for number, (answer, share) in enumerate(zip(answers, row.shares, strict=True)):
        length = width * share.value
        if length > 0:
            yield box(x, y, length, height, _paint(answer, number))
        if length > places_of(share.figure, size) + 5:
            colour = INK if answer.blank or number >= LIGHT_FROM else "#fff"
            yield text(
                x + length / 2, y + height / 2 + size * 0.36, share.figure, anchor="middle", size=size, colour=colour
            )
        x += length
    yield box(frame[0], y, width, height, "none", edge=GREY, thick=0.6)


def _paint(answer: Answer, number: int) -> str:
    return "#fff" if answer.blank else SHADES[min(number, len(SHADES) - 1)]


def _legend(answers: tuple[Answer, ...], width: float, size: float) -> tuple[Markup, float]:
    """Draw what each shade stands for, in as many lines as it takes; return it and where the bars begin."""
    parts, x, y = list[Markup](), 0.0, size + 4
    for number, answer in enumerate(answers):
        long = 20 + places_of(answer.label, size) + 12
        if x and x + long > width:
            x, y = 0.0, y + size * 1.6
        parts.append(box(x, y - size + 1, 12, size, _paint(answer, number), edge=GREY, thick=0.6))
        parts.append(text(x + 17, y, answer.label, size=size, colour=GREY))
        x += long
    return Markup("").join(parts), y + 10
