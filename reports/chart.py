"""Charts as hand-written SVG, the same on paper and on a page: colours that also print in grey, with a title.

The kinds are in `reports.charts`; what pages and documents draw by name stands here.
"""

from reports.charts.bars import bar_chart
from reports.charts.draw import draw
from reports.charts.intervals import ROW, interval_chart, narrow_interval_chart, parts_of
from reports.charts.parts import COLOURS, MARKS, NARROW, WIDTH
from reports.charts.words import VERDICTS as WORDS

__all__ = [
    "COLOURS", "MARKS", "NARROW", "ROW", "WIDTH", "WORDS",
    "bar_chart", "draw", "interval_chart", "narrow_interval_chart", "parts_of",
]  # fmt: skip
