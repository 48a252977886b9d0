"""The sample on a map: drawn units as discs by what was drawn in them, the frame faint behind, outlines of areas."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import cos, floor, log10, radians, sqrt

from markupsafe import Markup

from reports.charts.kinds import SampleMap
from reports.charts.parts import GREY, GRID, INK, NARROW, WIDTH, disc, line, over, places_of, svg, text
from reports.charts.words import WORDS

TALLEST = 1.15
"""Height of a map by its width, at most."""
LARGEST, CROWDED = 6.5, 0.13
"""Radius of the largest disc, points; where many units were drawn, by the width and the root of their number."""
FAINT, FILL = "#b9c0c6", "#1f5f7d"
KILOMETRES_PER_DEGREE = 111.32
EDGE = 10.0


@dataclass(frozen=True)
class _Ground:
    """From coordinates to points: the same scale both ways, north above."""

    low_x: float
    high_y: float
    points: float
    flat: float
    """How much shorter a degree of longitude is than one of latitude, 1 in the plane."""
    width: float
    height: float
    largest: float
    """Radius of the disc where most was drawn, points."""

    def place(self, x: float, y: float) -> tuple[float, float]:
        return EDGE + (x - self.low_x) * self.flat * self.points, EDGE + (self.high_y - y) * self.points


def sample_map(chart: SampleMap, language: str = "zh", *, narrow: bool = False) -> Markup:
    """Draw the map, its legend and, for degrees, a scale."""
    size = 11.0 if narrow else 8.5
    ground = _ground(chart, NARROW if narrow else WIDTH)
    most = max((each.drawn for each in chart.places), default=0)
    parts = [*_outlines(chart, ground), *_places(chart, ground, most), *_labels(chart, ground, size)]
    legend, height = _legend(chart, ground, most, (language, size))
    return svg(chart.caption, chart.description, height, [*parts, *legend], width=ground.width)


def _ground(chart: SampleMap, width: float) -> _Ground:
    """Fit everything into the width, and below the greatest height."""
    corners = [corner for each in chart.outlines for corner in each.corners]
    points = [(each.x, each.y) for each in chart.places] + corners
    xs, ys = [x for x, _ in points] or [0.0], [y for _, y in points] or [0.0]
    flat = cos(radians((min(ys) + max(ys)) / 2)) if chart.degrees else 1.0
    across, down = (max(xs) - min(xs)) * flat or 1e-9, max(ys) - min(ys) or 1e-9
    room = width - 2 * EDGE
    scale = min(room / across, room * TALLEST / down)
    drawn = sum(each.drawn > 0 for each in chart.places)
    largest = min(LARGEST, max(CROWDED * width / sqrt(drawn or 1), 2.4))
    return _Ground(
        min(xs) - (room / scale - across) / 2 / flat, max(ys), scale, flat, width, down * scale + 2 * EDGE, largest
    )


def _outlines(chart: SampleMap, ground: _Ground) -> Iterator[Markup]:
    for outline in chart.outlines:
        if outline.corners:
            path = "M" + "L".join("{:.1f} {:.1f}".format(*ground.place(x, y)) for x, y in outline.corners) + "z"
            yield Markup('<path d="{}" fill="#f6f7f8" stroke="{}" stroke-width="0.7"/>').format(path, GRID)


def _labels(chart: SampleMap, ground: _Ground, size: float) -> Iterator[Markup]:
    """Write the name of each area in its middle, inside the picture."""
    for outline in chart.outlines:
        if outline.corners:
            places = [ground.place(x, y) for x, y in outline.corners]
            x, y = (sum(each) / len(places) for each in zip(*places, strict=True))
            half = places_of(outline.label, size) / 2
            yield over(min(max(x, half), ground.width - half), y, outline.label, size=size)


def _places(chart: SampleMap, ground: _Ground, most: int) -> Iterator[Markup]:
    """Draw the frame first, then the drawn units, the largest first, so that none hides another."""
    for each in chart.places:
        if not each.drawn:
            yield disc(*ground.place(each.x, each.y), 0.8, FAINT)
    for each in sorted((each for each in chart.places if each.drawn), key=lambda each: -each.drawn):
        yield disc(
            *ground.place(each.x, each.y), _radius(each.drawn, most, ground.largest), FILL, edge="#fff", opacity=0.75
        )


def _radius(drawn: int, most: int, largest: float) -> float:
    """Let the area of a disc say how much was drawn."""
    return max(largest * sqrt(drawn / most), 1.2)


def _legend(chart: SampleMap, ground: _Ground, most: int, setting: tuple[str, float]) -> tuple[list[Markup], float]:
    """Say what discs and dots stand for, in as many lines as it takes; return it and the height of the whole."""
    language, size = setting
    words = WORDS[language[:2]]
    entries = [
        (_radius(step, most, ground.largest), FILL, f"{words['drawn']} {step} {chart.unit}") for step in _steps(most)
    ]
    if any(not each.drawn for each in chart.places):
        entries.append((0.8, FAINT, words["not_drawn"]))
    parts, x, y = list[Markup](), EDGE, ground.height + size + 8
    for radius, fill, label in entries:
        long = 2 * LARGEST + 8 + places_of(label, size) + 12
        if x > EDGE and x + long > ground.width:
            x, y = EDGE, y + size * 1.8
        parts += [
            disc(x + LARGEST, y - size * 0.36, radius, fill),
            text(x + 2 * LARGEST + 5, y, label, size=size, colour=GREY),
        ]
        x += long
    if chart.degrees and len(chart.places) > 1:
        parts += _scale(ground, words["kilometres"], size)
    return parts, y + 8


def _steps(most: int) -> Sequence[int]:
    """Return up to three counts for the legend: the most, and round ones below."""
    return sorted({most, max(most // 2, 1), max(most // 5, 1)}) if most else ()


def _scale(ground: _Ground, unit: str, size: float) -> Iterator[Markup]:
    """Draw a bar of a round length in kilometres at the lower right."""
    per_point = KILOMETRES_PER_DEGREE / ground.points
    power = 10.0 ** floor(log10(per_point * ground.width / 4))
    long = next(power * factor for factor in (5, 2, 1) if power * factor <= per_point * ground.width / 4 or factor == 1)
    end, y = ground.width - EDGE, ground.height - 2
    yield line(end - long / per_point, y, end, y, INK, width=1.2)
    yield text(end, y - 4, f"{long:g} {unit}", anchor="end", size=size, colour=GREY)
