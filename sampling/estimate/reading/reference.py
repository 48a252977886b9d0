"""Read a name in an expression: an earlier statement, and which of its rows is meant.

`a` is a statement with one row in each domain. `a[region=north]` picks the rows of a domain, `a[level=E]`,
`a[variable=x]` and `a[p=0.5]` those of a level, a variable or a p; several picks stand side by side. Texts with commas,
brackets, quotes or an equals sign are quoted, also in backticks; a quoted `'level'` is a column of that name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

QUOTED = r"'[^']*'|\"[^\"]*\"|`[^`]*`"
PICKS = rf"\[(?:[^\]'\"`]|{QUOTED})*\]"
"""What may stand behind a name, as a regular expression."""
SUBJECT = ("variable", "level", "p")
"""Picks that are no columns."""
_PLAIN = r"[^=,'\"`\[\]]*[^\s=,'\"`\[\]]"
_PICK = re.compile(rf"\s*(?P<key>{QUOTED}|{_PLAIN})\s*=\s*(?P<value>{QUOTED}|{_PLAIN})\s*(?:,|$)")


@dataclass(frozen=True)
class Reference:
    """Hold what a name means: the statement `id`, and the picked variable, level, p and `by` columns."""

    id: str
    variable: str | None = None
    level: str | None = None
    p: float | None = None
    columns: tuple[tuple[str, str], ...] = ()

    @property
    def key(self) -> str:
        """Write the reference in one way, however the expression wrote it."""
        picks = [f"{name}={value!r}" for name in SUBJECT if (value := getattr(self, name)) is not None]
        picks += [f"{name!r}={value!r}" for name, value in self.columns]
        return f"{self.id}[{', '.join(picks)}]" if picks else self.id


def read_reference(name: str, picks: str | None) -> Reference | None:
    """Read a name and the brackets behind it; None where these are no picks, or name one thing twice."""
    if picks is None:
        return Reference(name)
    text, subject, columns, at = picks[1:-1], dict[str, str](), dict[str, str](), 0
    while at < len(text) or not (subject or columns):
        match = _PICK.match(text, at)
        if match is None:
            return None
        key, value = match.group("key"), _bare(match.group("value"))
        chosen = subject if key in SUBJECT else columns
        if _bare(key) in chosen:
            return None
        chosen[_bare(key)] = value
        at = match.end()
    share = subject.get("p")
    p = None if share is None else _number(share)
    if share is not None and p is None:
        return None
    return Reference(name, subject.get("variable"), subject.get("level"), p, tuple(sorted(columns.items())))


def _bare(text: str) -> str:
    return text[1:-1] if text[:1] in ("'", '"', "`") else text


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
