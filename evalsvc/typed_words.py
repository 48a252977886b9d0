"""Words that people type into a form, as they are kept: lines end as files here do, no unseen signs."""

from unicodedata import category


def plain_lines(text: str) -> str:
    """End lines as files here do; browsers send two signs."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def has_unseen_signs(text: str) -> bool:
    """Tell whether a text holds control characters other than ends of lines and tabs, or halves of characters."""
    return any(category(sign) in {"Cc", "Cs"} and sign not in "\n\t" for sign in text)
