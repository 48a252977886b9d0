"""How a sample decides: the chance of each verdict against the true rate, as three lines."""

from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup

from reports.charts.kinds import Chances, OperatingChart
from reports.charts.parts import COLOURS, GREY, GRID, MARKS, NARROW, RED, WIDTH, line, places_of, svg, text
from reports.charts.scale import Scale, grid, scale_of
from reports.charts.words import WORDS
from reports.document import Tone

DASHES = {Tone.PASS: "", Tone.FAIL: "6 3", Tone.UNDECIDED: "2 2", Tone.NEUTRAL: "1 3"}
"""Lines differ in their dashes too, and bear the marks of the verdicts."""
TOP, MARKED = 34.0, 5
"""Where the frame begins, and how many marks a line bears."""


@dataclass(frozen=True)
class _Frame:
    """The place of the curves."""

    width: float
    left: float
    high: float
    size: float

    @property
    def bottom(self) -> float:
        return TOP + self.high

    def level(self, chance: float) -> float:
        return self.bottom - self.high * min(max(chance, 0.0), 1.0)


WIDE = _Frame(WIDTH, 40, 190, 8.5)
TALL = _Frame(NARROW, 40, 210, 11)


def operating_chart(chart: OperatingChart, language: str = "zh", *, narrow: bool = False) -> Markup:
    """Draw the lines of all verdicts, the threshold, and a legend."""
    frame, words = TALL if narrow else WIDE, WORDS[language[:2]]
    scale = scale_of([*chart.rates, chart.threshold.value], frame.left, frame.width - frame.left - 16)
    x = scale.place(chart.threshold.value)
    label = min(max(x, places_of(chart.threshold.label, frame.size) / 2), frame.width - 30)
    parts = [
        grid(scale, TOP, frame.bottom, size=frame.size),
        *_levels(frame),
        line(x, TOP - 4, x, frame.bottom, RED, width=1.1, dash="5 2.5"),
        text(label, TOP - 8, chart.threshold.label, anchor="middle", size=frame.size, colour=RED),
        *(part for each in chart.lines for part in _curve(chart.rates, each, scale, frame)),
        text(0, 12, words["chance"], size=frame.size, colour=GREY),
        text(
            frame.width, frame.bottom + frame.size + 18, words["true_rate"], anchor="end", size=frame.size, colour=GREY
        ),
        *_legend(chart.lines, frame),
    ]
    return svg(chart.caption, chart.description, frame.bottom + 2 * frame.size + 34, parts, width=frame.width)


def _levels(frame: _Frame) -> Iterator[Markup]:
    """Draw the level lines of the chances, every quarter."""
    for quarter in range(5):
        y = frame.level(quarter / 4)
        yield line(frame.left, y, frame.width - 16, y, GRID, width=0.6)
        yield text(frame.left - 5, y + 3, f"{quarter * 25}%", anchor="end", size=frame.size, colour=GREY)


def _curve(rates: tuple[float, ...], each: Chances, scale: Scale, frame: _Frame) -> Iterator[Markup]:
    places = [(scale.place(rate), frame.level(chance)) for rate, chance in zip(rates, each.values, strict=True)]
    path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in places)
    dash = Markup(' stroke-dasharray="{}"').format(DASHES[each.tone]) if DASHES[each.tone] else Markup("")
    yield Markup('<path d="{}" fill="none" stroke="{}" stroke-width="1.6"{}/>').format(path, COLOURS[each.tone], dash)
    order = list(Tone).index(each.tone)
    step = max(len(places) // MARKED, 1)
    for place in places[order * step // len(Tone) :: step]:  # set off from each other, so that marks rarely meet
        yield MARKS[each.tone](*place)


def _legend(lines: tuple[Chances, ...], frame: _Frame) -> Iterator[Markup]:
    x, y = frame.left, frame.bottom + 2 * frame.size + 26
    for each in lines:
        dash = DASHES[each.tone]
        yield line(x, y - 3, x + 22, y - 3, COLOURS[each.tone], width=1.6, dash=dash)
        yield MARKS[each.tone](x + 11, y - 3)
        yield text(x + 27, y, each.label, size=frame.size, colour=GREY)
        x += 27 + places_of(each.label, frame.size) + 14
