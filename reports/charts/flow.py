"""The way of the drawn units through the fieldwork: boxes of those who go on, and beside them those who left."""

from dataclasses import dataclass

from markupsafe import Markup

from reports.charts.kinds import FlowBox, FlowChart, FlowStep
from reports.charts.parts import GREY, INK, NARROW, WIDTH, box, fitting, line, places_of, svg, text

FILL, ASIDE = "#eef2f5", "#fff"


@dataclass(frozen=True)
class _Form:
    """Where the boxes stand and how large they are."""

    width: float
    main: float
    aside: float
    start: float
    height: float
    size: float

    @property
    def middle(self) -> float:
        return self.start + self.main / 2

    @property
    def beside(self) -> float:
        return self.width - self.aside - self.start


WIDE = _Form(WIDTH, 150, 170, 30, 30, 9.5)
TALL = _Form(NARROW, 138, 138, 0, 40, 11.5)
GAP = 14.0


def flow_chart(chart: FlowChart, *, narrow: bool = False) -> Markup:
    """Draw the boxes with their arrows; a narrow one is for telephones."""
    form = TALL if narrow else WIDE
    parts, y = list[Markup](), 4.0
    for number, step in enumerate(chart.steps):
        below = y + _room(step, form)
        parts += _step(step, form, y)
        if number < len(chart.steps) - 1:
            parts.append(_arrow(form.middle, y + form.height, form.middle, below, down=True))
        y = below
    return svg(chart.caption, chart.description, y - GAP + 4, parts, width=form.width)


def _room(step: FlowStep, form: _Form) -> float:
    """Return how far below a step the next one begins: those who leave go out between the two."""
    leaving = len(step.aside) * (form.height + 6)
    return form.height + max(GAP * 1.6, leaving + GAP if leaving else 0)


def _step(step: FlowStep, form: _Form, y: float) -> list[Markup]:
    parts = [_box(step.box, form, (form.start, y), form.main, FILL)]
    for number, each in enumerate(step.aside):
        top = y + form.height + 6 + number * (form.height + 6)
        middle = top + form.height / 2
        parts.append(_arrow(form.middle, middle, form.beside, middle, down=False))
        parts.append(_box(each, form, (form.beside, top), form.aside, ASIDE))
    return parts


def _box(entry: FlowBox, form: _Form, corner: tuple[float, float], width: float, fill: str) -> Markup:
    """Draw a box: label at the start, figure at the end; below each other where both do not fit one line."""
    x, y = corner
    room = width - 16
    frame = box(x, y, width, form.height, fill, edge=GREY)
    if places_of(entry.label, form.size) + places_of(entry.figure, form.size) + 8 <= room and form is WIDE:
        base = y + form.height / 2 + form.size * 0.36
        return (
            frame
            + text(x + 8, base, entry.label, size=form.size)
            + text(x + width - 8, base, entry.figure, anchor="end", size=form.size)
        )
    step = form.height / 2
    return (
        frame
        + text(x + 8, y + step - form.size * 0.1, entry.label, size=fitting(entry.label, form.size, room))
        + text(x + width - 8, y + 2 * step - form.size * 0.5, entry.figure, anchor="end", size=form.size)
    )


def _arrow(x1: float, y1: float, x2: float, y2: float, *, down: bool) -> Markup:
    """Draw an arrow down or to the right; its head ends where the box begins."""
    head = f"M{x2 - 3.2:.1f} {y2 - 6:.1f}h6.4l-3.2 6z" if down else f"M{x2 - 6:.1f} {y2 - 3.2:.1f}v6.4l6 -3.2z"
    shaft = line(x1, y1, x2, y2 - 5, INK, width=0.9) if down else line(x1, y1, x2 - 5, y2, INK, width=0.9)
    return shaft + Markup('<path d="{}" fill="{}"/>').format(head, INK)
