"""The part of a long list that a page shows."""

import pytest

from evalsvc.paging import LINES_PER_PAGE, Page, Window


@pytest.mark.parametrize(
    ("total", "wished", "page", "pages", "offset"),
    [
        (0, 1, 1, 1, 0),
        (LINES_PER_PAGE, 1, 1, 1, 0),
        (LINES_PER_PAGE + 1, 2, 2, 2, LINES_PER_PAGE),
        (LINES_PER_PAGE + 1, 9, 2, 2, LINES_PER_PAGE),
        (LINES_PER_PAGE + 1, -3, 1, 2, 0),
    ],
)
def test_a_page_that_does_not_exist_becomes_the_nearest(
    total: int, wished: int, page: int, pages: int, offset: int
) -> None:
    window = Window(total, wished)
    assert (window.page, window.pages, window.offset) == (page, pages, offset)
    assert window.page_of(("a",)) == Page(("a",), total, page, pages)
