"""What a part of a page is, in the words of ISO 32000-1, 14.8.4 (standard structure types)."""

from typing import Any

PLAIN = {
    "section": "Sect", "main": "Part", "header": "Sect", "blockquote": "BlockQuote", "p": "P", "ul": "L", "ol": "L",
    "li": "LI", "li::marker": "Lbl", "table": "Table", "thead": "THead", "tbody": "TBody", "tr": "TR", "th": "TH",
    "td": "TD", "caption": "Caption", "a": "Link", "code": "Code", "img": "Figure",
    "{http://www.w3.org/2000/svg}svg": "Figure", "span::footnote-call": "Reference", "span::footnote-marker": "Lbl",
}  # fmt: skip
HEADINGS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6}
OWN = "data-tag"
"""The attribute by which a template says what a part is, where its element does not."""
HIDDEN = "aria-hidden"
SCOPES = {"col": "Column", "colgroup": "Column", "row": "Row", "rowgroup": "Row"}


def role_of(element_tag: str, element: Any) -> str:
    """Return the type of an element, or nothing where its words belong to what it stands in."""
    if "::" not in element_tag and (own := element.get(OWN)):
        return str(own)
    if element_tag in PLAIN:
        return PLAIN[element_tag]
    if element_tag in HEADINGS:
        return f"H{HEADINGS[element_tag]}"
    # A run in another language is a part of its own, so that it is read by another voice.
    return "Span" if "::" not in element_tag and element.get("lang") else ""


def alternative_of(element: Any) -> str:
    """Return what is read in place of a picture: its title in SVG, its alternative text otherwise."""
    title = element.find("{http://www.w3.org/2000/svg}title")
    text = element.get("alt") if title is None else title.text
    return str(text or "")
