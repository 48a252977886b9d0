"""A move that was refused, with what was typed for it: nobody types it twice."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from evalsvc.interviews.review.moves import RETURN, Wish
from evalsvc.web import Refusal


@dataclass(frozen=True)
class RefusedWish:
    """What somebody asked for on the page of an interview, and why it was not done."""

    wish: Wish
    why: Refusal

    @property
    def comments(self) -> Mapping[str, str]:
        """Return what was typed at each question."""
        return {each.path: each.words for each in self.wish.comments}

    def words_for(self, action: str) -> str:
        """Return what was typed into the form of a move."""
        return self.wish.words if self.wish.action == action else ""

    def without_field(self, moves: Collection[str], places: Collection[str]) -> tuple[str, ...]:
        """Return what was typed and has no field on the page as it comes back: it is shown to be copied.

        `moves` are those that can be made now, `places` the paths of the questions on the page.
        """
        words = self.wish.words if self.wish.action not in moves else ""
        homeless = (each.words for each in self.wish.comments if RETURN not in moves or each.path not in places)
        return tuple(each for each in (words, *homeless) if each.strip())
