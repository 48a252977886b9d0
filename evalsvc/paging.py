"""Long lists in pages: which part of a list a reader sees, counted the same way everywhere."""

from dataclasses import dataclass
from math import ceil
from typing import Generic, TypeVar

LINES_PER_PAGE = 50
Line = TypeVar("Line")


@dataclass(frozen=True)
class Page(Generic[Line]):
    """One page of a list: its lines, how many there are in all, its number from 1 and the number of pages."""

    lines: tuple[Line, ...]
    total: int
    page: int
    pages: int


@dataclass(frozen=True)
class Window:
    """The part of a list of `total` lines that a page shows; a page that does not exist becomes the nearest one."""

    total: int
    wished: int

    @property
    def pages(self) -> int:
        """Return the number of pages; an empty list has one."""
        return max(1, ceil(self.total / LINES_PER_PAGE))

    @property
    def page(self) -> int:
        """Return the number of the page that is shown."""
        return min(max(1, self.wished), self.pages)

    @property
    def offset(self) -> int:
        """Return how many lines lie before the page."""
        return (self.page - 1) * LINES_PER_PAGE

    def page_of(self, lines: tuple[Line, ...]) -> Page[Line]:
        """Put the lines that were read into the page."""
        return Page(lines, self.total, self.page, self.pages)
