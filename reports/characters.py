"""Characters that no face has: printed as 〔U+30EDE〕, so that nobody takes an empty box for a letter.

The character itself stays in the tree that is read aloud, and its number in the words of the page.
"""

from markupsafe import Markup, escape

from reports.faces import missing_characters


def marked(text: str) -> str:
    """Return text with a visible mark in place of each character that no face has."""
    for character in missing_characters(text):
        text = text.replace(character, mark_of(character))
    return text


def marked_html(text: str) -> Markup:
    """Return text for a page; each mark holds the character that is read in its place."""
    whole = str(escape(text))
    for character in missing_characters(text):
        spot = Markup('<span data-tag="Span" data-actual="{}">{}</span>').format(character, mark_of(character))
        whole = whole.replace(character, _kept(str(spot), character))
    return Markup(whole)  # noqa: S704 -- escaped above


def mark_of(character: str) -> str:
    """Return the mark of one character: its number in Unicode, in brackets."""
    return f"〔U+{ord(character):04X}〕"


def _kept(spot: str, character: str) -> str:
    """Write the character inside an attribute by its number, where nothing replaces it again."""
    return spot.replace(character, f"&#{ord(character)};")
