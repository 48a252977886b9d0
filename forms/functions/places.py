"""Positions on the earth: distance, area, inside or not."""

from __future__ import annotations

import math
from itertools import pairwise

from forms.functions.registry import function
from forms.values import Value, texts_of, to_number

EARTH_RADIUS = 6_378_100.0
"""Radius in metres as the clients of OpenRosa use it."""
Point = tuple[float, float]


def points_of(*values: Value) -> list[Point]:
    """Read points: `latitude longitude [altitude accuracy]`, several of them parted by semicolons or nodes.

    What is no point is left out: as an answer it has a complaint of its own.
    """
    parts = (part for value in values for text in texts_of(value) for part in text.split(";"))
    return [point for point in map(_point, parts) if point is not None]


def _point(text: str) -> Point | None:
    numbers = [to_number(part) for part in text.split()[:2]]
    return (numbers[0], numbers[1]) if len(numbers) == 2 and all(map(math.isfinite, numbers)) else None


@function("distance", "number", (1, None), "any")
def distance(_: object, *values: Value) -> float:
    """Give the length of a line in metres on the sphere, to centimetres as the clients do."""
    points = points_of(*values)
    return _to_centimetres(sum(_between(a, b) for a, b in pairwise(points)))


def _between(a: Point, b: Point) -> float:
    """Give the great-circle distance by the law of cosines: coarse over some metres, but what the clients compute."""
    latitude_a, latitude_b = math.radians(a[0]), math.radians(b[0])
    across = math.cos(latitude_a) * math.cos(latitude_b) * math.cos(math.radians(a[1] - b[1]))
    cosine = math.sin(latitude_a) * math.sin(latitude_b) + across
    return EARTH_RADIUS * math.acos(max(-1.0, min(1.0, cosine)))


@function("enclosed-area", "number", (1, 1), "any")
@function("area", "number", (1, 1), "any")
def area(_: object, value: Value) -> float:
    """Give the area inside a line in square metres on the sphere (Chamberlain and Duquette 2007, equation 1)."""
    points = points_of(value)
    if len(points) < 3:
        return 0.0
    total = sum(
        math.radians(b[1] - a[1]) * (2 + math.sin(math.radians(a[0])) + math.sin(math.radians(b[0])))
        for a, b in pairwise([*points, points[0]])
    )
    return _to_centimetres(abs(total) * EARTH_RADIUS**2 / 2)


def _to_centimetres(value: float) -> float:
    return math.floor(value * 100 + 0.5) / 100


@function("geofence", "boolean", (2, 2), "any")
def geofence(_: object, point: Value, shape: Value) -> bool:
    """Tell whether a point lies inside a shape (even-odd rule)."""
    where, corners = points_of(point), points_of(shape)
    if not where or len(corners) < 3:
        return False
    y, x = where[0]
    inside = False
    for (y1, x1), (y2, x2) in zip(corners, corners[1:] + corners[:1], strict=True):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            inside = not inside
    return inside


@function("intersects", "boolean", (1, 1), "any")
def intersects(_: object, trace: Value) -> bool:
    """Tell whether a line crosses itself."""
    points = points_of(trace)
    segments = list(pairwise(points))
    closed = len(points) > 2 and points[0] == points[-1]
    return any(
        _cross(*segments[i], *segments[j])
        for i in range(len(segments))
        for j in range(i + 2, len(segments))
        if not (closed and i == 0 and j == len(segments) - 1)
    )


def _cross(a: Point, b: Point, c: Point, d: Point) -> bool:
    return _side(a, b, c) * _side(a, b, d) <= 0 and _side(c, d, a) * _side(c, d, b) <= 0


def _side(a: Point, b: Point, c: Point) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
