"""What the page of a check shows: what differs first, what agrees folded, every figure in words."""

from dataclasses import dataclass

from evalsvc.verification.figure_names import Group, NamedFigure, grouped, named
from evalsvc.verification.outcome import FAILED, Step, Verification

MOST_DIFFERING = 300
"""Differing figures that are listed one by one; a report exchanged as a whole differs in all of them."""


@dataclass(frozen=True)
class CheckView:
    """An outcome in the order in which it is read."""

    outcome: Verification
    failed: tuple[Step, ...]
    others: tuple[Step, ...]
    differing: tuple[NamedFigure, ...]
    left_out: int
    """Differing figures beyond those listed."""
    agreeing: tuple[Group, ...]
    """Figures that were recomputed and are the same; without a bundle all figures, none of them recomputed."""

    @property
    def recomputed(self) -> bool:
        """Tell whether figures were recomputed at all."""
        return any(each.recomputed is not None for each in self.outcome.figures)

    @property
    def agreeing_number(self) -> int:
        """Count the figures that are folded."""
        return sum(len(each.figures) for each in self.agreeing)


def check_view(outcome: Verification, language: str) -> CheckView:
    """Order an outcome for its page."""
    figures = [named(each, outcome.places, language) for each in outcome.figures]
    differing = [each for each in figures if _differs(each)]
    return CheckView(
        outcome=outcome,
        failed=tuple(each for each in outcome.steps if each.state == FAILED),
        others=tuple(each for each in outcome.steps if each.state != FAILED),
        differing=tuple(differing[:MOST_DIFFERING]),
        left_out=max(0, len(differing) - MOST_DIFFERING),
        agreeing=grouped([each for each in figures if not _differs(each)]),
    )


def _differs(figure: NamedFigure) -> bool:
    return figure.check.recomputed is not None and not figure.check.equal
