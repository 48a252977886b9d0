"""Scales with round ticks, and the lines that show them."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

from markupsafe import Markup

from reports.charts.parts import GREY, GRID, line, text


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


def scale_of(values: Sequence[float], start: float, width: float) -> Scale:
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


def grid(scale: Scale, top: float, bottom: float, *, size: float = 8) -> Markup:
    """Draw the upright lines and their rates."""
    decimals = max(0, -floor(log10((scale.ticks[1] - scale.ticks[0]) * 100) + 1e-9))
    parts = []
    for tick in scale.ticks:
        x = scale.place(tick)
        parts.append(line(x, top - 4, x, bottom, GRID, width=0.6))
        parts.append(text(x, bottom + 12, f"{tick * 100:.{decimals}f}%", anchor="middle", size=size, colour=GREY))
    return Markup("").join(parts)
