"""Lines of Chinese text filled to both edges: WeasyPrint 70 stretches spaces only, and Chinese has none.

`install` replaces one function of WeasyPrint by one that spreads the rest of a line over all its characters, at most an
eighth of an em each; lines that would need more, and lines without Chinese, are left to WeasyPrint.
"""

from collections.abc import Iterator
from typing import Any

from weasyprint.formatting_structure import boxes
from weasyprint.layout import inline

_LARGEST = 0.125
_original = inline.justify_line


def install() -> None:
    """Put the function in place; a second call changes nothing."""
    inline.justify_line = justify_line


def justify_line(context: Any, line: Any, extra_width: float) -> None:
    """Spread the rest of a line between its characters."""
    texts = [box for box in _text_boxes(line) if box.text]
    characters = sum(len(box.text) for box in texts)
    if characters < 2 or not any(_is_chinese(box.text) for box in texts) or _has_atoms(line):
        _original(context, line, extra_width)
        return
    each = extra_width / (characters - 1)
    if each > _LARGEST * texts[0].style["font_size"]:
        return
    _spread(line, each, 0.0)


def _spread(box: Any, each: float, shift: float) -> float:
    """Widen the text boxes inside a box, move what follows, and return how far."""
    box.position_x += shift
    before = shift
    for child in box.children:
        if isinstance(child, boxes.TextBox):
            child.position_x += shift
            if child.text:
                shift += _widen(child, each)
        elif isinstance(child, boxes.InlineBox):
            shift = _spread(child, each, shift)
        else:
            child.translate(shift, 0)
    if isinstance(box, boxes.InlineBox):
        box.width += shift - before
    return shift


def _widen(box: Any, each: float) -> float:
    """Give a text box wider letters, which are set when it is drawn, and return by how much it grew."""
    style = box.style.copy()
    spacing = style["letter_spacing"]
    style["letter_spacing"] = (0 if spacing == "normal" else spacing) + each
    box.style = style
    growth = float(each * len(box.text))
    box.width += growth
    return growth


def _text_boxes(box: Any) -> Iterator[Any]:
    """Yield the text boxes of a line in order."""
    for child in box.children:
        if isinstance(child, boxes.TextBox):
            yield child
        elif isinstance(child, boxes.InlineBox):
            yield from _text_boxes(child)


def _has_atoms(box: Any) -> bool:
    """Tell whether a line holds blocks or pictures, whose places are not ours to change."""
    for child in box.children:
        if isinstance(child, boxes.AtomicInlineLevelBox):
            return True
        if isinstance(child, boxes.InlineBox) and _has_atoms(child):
            return True
    return False


def _is_chinese(text: str) -> bool:
    return any("\u3000" <= character <= "\u9fff" for character in text)
