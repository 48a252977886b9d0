"""The order in which the nodes of a form come to rest: what a value depends on stands before it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from forms.complaint import Complaint
from forms.paths import parent_of

CIRCLE = "form.circle"
"""Questions that depend on each other, or one that depends on itself."""


@dataclass(frozen=True)
class Order:
    """Paths in order, the complaints about circles, and whether rows of a repeat depend on other rows."""

    paths: tuple[str, ...]
    complaints: tuple[Complaint, ...]
    across_rows: bool


def order_of(
    paths: Iterable[str], references: Mapping[str, Mapping[str, bool]], repeats: Mapping[str, tuple[str, ...]]
) -> Order:
    """Put `paths` in order; `references` gives for each what it names, true where only through a predicate."""
    search = _Search(references, repeats)
    for path in paths:
        search.visit(path)
    return Order(tuple(search.done), tuple(search.complaints), search.across_rows)


class _Search:
    """Depth first without recursion: a form may have thousands of questions in one chain."""

    def __init__(self, references: Mapping[str, Mapping[str, bool]], repeats: Mapping[str, tuple[str, ...]]) -> None:
        self._references = references
        self._repeats = repeats
        self._open: dict[str, None] = {}
        self._open_circles: set[str] = set()
        self.done: dict[str, None] = {}
        self.complaints: list[Complaint] = []
        self.across_rows = False

    def visit(self, start: str) -> None:
        """Bring one path and all it depends on into the order."""
        if start in self.done:
            return
        stack = [(start, iter(self._needed(start)))]
        self._open[start] = None
        while stack:
            path, needed = stack[-1]
            following = next(needed, None)
            if following is None:
                stack.pop()
                del self._open[path]
                self.done[path] = None
            elif following in self._open:
                self._circle(following)
            elif following not in self.done:
                self._open[following] = None
                stack.append((following, iter(self._needed(following))))

    def _needed(self, path: str) -> list[str]:
        """Give what stands before a path: the nodes around it, what its expressions name, and the nodes around that."""
        needed = list(self._around(path))
        for reference, soft in self._references.get(path, {}).items():
            if reference == path:
                self._depends_on_itself(path, soft)
            elif soft and self._share_rows(path, reference):
                self.across_rows = True
            else:
                needed += [*self._around(reference), *([reference] if reference in self._references else [])]
        return [p for p in dict.fromkeys(needed) if p != path]

    def _around(self, path: str) -> list[str]:
        around = []
        above = parent_of(path)
        while above:
            if above in self._references:
                around.append(above)
            above = parent_of(above)
        return around[::-1]

    def _depends_on_itself(self, path: str, soft: bool) -> None:
        """Take another row's value of the same question, as running totals do; a value cannot follow from itself."""
        self.across_rows = self.across_rows or soft
        if not soft and path not in self._open_circles:
            self._open_circles.add(path)
            self.complaints.append(Complaint("form", CIRCLE, path, {"path": f"{path} → {path}"}))

    def _share_rows(self, path: str, other: str) -> bool:
        return bool(set(self._repeats.get(path, ())) & set(self._repeats.get(other, ())))

    def _circle(self, back_to: str) -> None:
        chain = list(self._open)
        circle = chain[chain.index(back_to) :]
        self.complaints.append(Complaint("form", CIRCLE, back_to, {"path": " → ".join([*circle, back_to])}))
