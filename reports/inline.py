"""The parts of a line as HTML: each figure with its key, each note in place, each language told."""

from types import MappingProxyType

from markupsafe import Markup

from reports.characters import marked_html
from reports.document import Code, CommandLine, Footnote, Foreign, Inline, Printed, Strong, Text

_SHAPES = MappingProxyType(
    {Strong: "<strong>{}</strong>", Code: "<code>{}</code>", CommandLine: '<code class="line">{}</code>'}
)


def inline_html(content: Text) -> Markup:
    """Return text as HTML, without a space at its end: WeasyPrint 70 may break the last line for it."""
    parts: tuple[Inline, ...] = content if isinstance(content, tuple) else (content,)
    return Markup("").join(_part(part) for part in parts).rstrip(" ")


def _part(part: Inline) -> Markup:
    if isinstance(part, str):
        return marked_html(part)
    if isinstance(part, Footnote):
        return Markup('<span class="footnote" data-tag="Note">{}</span>').format(inline_html(part.content))
    text = marked_html(part.text)
    if isinstance(part, Printed):
        return Markup('<span class="figure" data-key="{}">{}</span>').format(part.key, text)
    if isinstance(part, Foreign):
        return Markup('<span lang="{}">{}</span>').format(part.language, text)
    return Markup(_SHAPES[type(part)]).format(text)  # noqa: S704 -- constants
