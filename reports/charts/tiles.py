"""A map for a frame that says of no unit where it lies: a tile for each area, a square for each of its units."""

from collections.abc import Iterator
from math import ceil, sqrt

from markupsafe import Markup

from reports.charts.kinds import Tile, TileMap
from reports.charts.parts import GREY, GRID, NARROW, WIDTH, box, fitting, places_of, svg, text
from reports.charts.words import WORDS

FILL, PLAIN = "#1f5f7d", "#e3e7ea"
GAP = 10.0
TALL = 74.0
"""Height of a tile, points; its label and figure stand in the upper part."""
HEAD = 18.0


def tile_map(chart: TileMap, language: str = "zh", *, narrow: bool = False) -> Markup:
    """Draw four tiles in a row, two on a telephone."""
    width, size = (NARROW, 11.5) if narrow else (WIDTH, 8.5)
    across = 2 if narrow else 4
    wide = (width - GAP * (across - 1)) / across
    parts = list[Markup]()
    for number, tile in enumerate(chart.tiles):
        row, column = divmod(number, across)
        parts += _tile(tile, column * (wide + GAP), row * (TALL + GAP), wide, size)
    height = ceil(len(chart.tiles) / across) * (TALL + GAP)
    return svg(
        chart.caption, chart.description, height + size + 10, [*parts, *_legend(height, language, size)], width=width
    )


def _tile(tile: Tile, x: float, y: float, wide: float, size: float) -> Iterator[Markup]:
    """Draw one area: the drawn units are the first squares, for nothing is known of where they lie."""
    yield box(x, y, wide, TALL, "#fff", edge=GRID)
    room = wide - 12 - places_of(tile.figure, size)
    yield text(x + 5, y + 13, tile.label, size=fitting(tile.label, size, room))
    yield text(x + wide - 5, y + 13, tile.figure, anchor="end", size=size, colour=GREY)
    across = max(ceil(sqrt(tile.units * (wide - 10) / (TALL - HEAD - 6))), 1)
    step = min((wide - 10) / across, (TALL - HEAD - 6) / max(ceil(tile.units / across), 1), 11)
    for number in range(tile.units):
        row, column = divmod(number, across)
        fill = FILL if number < tile.drawn else PLAIN
        yield box(x + 5 + column * step, y + HEAD + 2 + row * step, step * 0.84, step * 0.84, fill)


def _legend(top: float, language: str, size: float) -> Iterator[Markup]:
    words, x, y = WORDS[language[:2]], 0.0, top + size
    for fill, label in ((FILL, words["drawn"]), (PLAIN, words["not_drawn"])):
        yield box(x, y - size * 0.85, size * 0.85, size * 0.85, fill)
        yield text(x + size + 4, y, label, size=size, colour=GREY)
        x += size + 4 + places_of(label, size) + 16
