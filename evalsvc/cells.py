"""Cells of tables that know their column: a narrow window shows each row as a card, where no head stands above."""

import re
from collections.abc import Iterator, Sequence

from markupsafe import Markup, escape

ROW = re.compile(r"<tr\b.*?</tr>", re.DOTALL)
CELL = re.compile(r"<(td|th)\b([^>]*)>(\s*</td>)?")
SPAN = re.compile(r'\bcolspan="(\d+)"')

Head = str | tuple[str, str]
"""A column's name, or its name and the class of its cells."""


def labelled(rows: str, heads: Sequence[Head]) -> Markup:
    """Write on each cell the name of its column, and on each empty one that it is empty.

    Parameters
    ----------
    rows : str
        Rows as templates write them; text in them is escaped, so that every sign of a tag is a tag's.
    heads : sequence of Head
        The columns from the left.
    """
    names = [head if isinstance(head, str) else head[0] for head in heads]
    return Markup(ROW.sub(lambda row: "".join(_pieces(row[0], names)), str(rows)))  # noqa: S704 -- markup comes in


def _pieces(row: str, names: Sequence[str]) -> Iterator[str]:
    """Copy a row with its cells labelled; a cell over several columns belongs to none of them."""
    end, column = 0, 0
    for cell in CELL.finditer(row):
        tag, attributes, blank = cell.groups()
        span = SPAN.search(attributes)
        name = "" if span or column >= len(names) else names[column]
        label = f' data-label="{escape(name)}"' if name else ""
        yield row[end : cell.start()]
        yield f"<{tag}{attributes}{label}{' data-blank' if blank else ''}>{blank or ''}"
        end, column = cell.end(), column + (int(span[1]) if span else 1)
    yield row[end:]
