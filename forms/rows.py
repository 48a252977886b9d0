"""Which rows of repeats there are: in which row each stands, and which are left when some are not relevant."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from forms.structure import Node

Gone = Callable[[str, int], bool]


class RowNumbers:
    """Rows by their places; `outer` gives for each row of a repeat the place of the row around it (0 without one)."""

    def __init__(self, repeats: Iterable[Node]) -> None:
        self._around = {repeat.path: repeat.repeats for repeat in repeats}
        self.outer: dict[str, list[int]] = {path: [] for path in self._around}
        self._gone: Gone | None = None
        self._left: dict[str, Mapping[int, list[int]]] = {}
        self._positions: dict[str, list[int]] = {}

    @property
    def row_count(self) -> int:
        """Give the number of rows of all repeats."""
        return sum(map(len, self.outer.values()))

    def enter_row(self, path: str, outer: int) -> int:
        """Note a further row, and give its place."""
        self.outer[path].append(outer)
        self._left.pop(path, None)
        self._positions.pop(path, None)
        return len(self.outer[path]) - 1

    def recount(self, gone: Gone) -> None:
        """Take note that rows have left the tree; `gone` tells which have."""
        self._gone = gone
        self._left.clear()
        self._positions.clear()

    def rows_of(self, path: str, outer: int) -> list[int]:
        """Give the places of the rows of a repeat that are left in a row around them."""
        left = self._left.get(path)
        if left is None:
            left = self._left[path] = self._count_left(path)
        return left.get(outer, [])

    def _count_left(self, path: str) -> Mapping[int, list[int]]:
        left: dict[int, list[int]] = {}
        for place, outer in enumerate(self.outer[path]):
            if self._gone is None or not self._gone(path, place):
                left.setdefault(outer, []).append(place)
        return left

    def position_of(self, path: str, place: int) -> float:
        """Give the position of a row among those that are left, counted from 1."""
        positions = self._positions.get(path)
        if positions is None:
            self.rows_of(path, 0)
            positions = self._positions[path] = [0] * len(self.outer[path])
            for rows in self._left[path].values():
                for number, each in enumerate(rows, start=1):
                    positions[each] = number
        return float(positions[place])

    def forget_rows(self, path: str, outer: set[int]) -> dict[str, set[int]]:
        """Forget the rows of a repeat in these rows around it, and all rows inside of them; give their places."""
        places = {place for place, around in enumerate(self.outer[path]) if around in outer}
        forgotten = {path: places}
        for inner, around in self._around.items():
            if around[-1:] == (path,):
                forgotten |= self.forget_rows(inner, places)
                moved = _moved(len(self.outer[path]), places)
                self.outer[inner] = [moved[each] for each in self.outer[inner]]
        self.outer[path] = [around for place, around in enumerate(self.outer[path]) if place not in places]
        self._left.clear()
        self._positions.clear()
        return forgotten


def _moved(count: int, gone: set[int]) -> list[int]:
    """Give for every place the place it has when those that are gone have left."""
    moved, place = [], 0
    for each in range(count):
        moved.append(place)
        place += each not in gone
    return moved
