"""Outlines of areas whose borders nobody has given: the smallest convex area that holds all their units."""

from collections.abc import Iterable

Point = tuple[float, float]


def convex_outline(points: Iterable[Point]) -> tuple[Point, ...]:
    """Return the corners of the convex hull, against the clock from the lowest; fewer than three points have none.

    Andrew's monotone chain (1979).
    """
    ordered = sorted(set(points))
    corners = (*_chain(ordered)[:-1], *_chain(ordered[::-1])[:-1])
    return corners if len(corners) > 2 else ()


def _chain(points: list[Point]) -> list[Point]:
    """Walk along the points and keep the corners that turn left."""
    corners: list[Point] = []
    for point in points:
        while len(corners) > 1 and _turn(corners[-2], corners[-1], point) <= 0:
            corners.pop()
        corners.append(point)
    return corners


def _turn(first: Point, second: Point, third: Point) -> float:
    """Tell by its sign whether the way over three points turns left."""
    return (second[0] - first[0]) * (third[1] - first[1]) - (second[1] - first[1]) * (third[0] - first[0])
