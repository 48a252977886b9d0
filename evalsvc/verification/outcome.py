"""What a check found: its steps in order, each with everything that differs, and every printed figure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sampling.errors import Complaint

OK, FAILED, SKIPPED = "ok", "failed", "skipped"
STEPS = (
    "signature",
    "embedded",
    "pages",
    "files",
    "log",
    "draw",
    "interviews",
    "logged",
    "fieldwork",
    "cases",
    "answers",
    "plan",
    "results",
    "facts",
    "figures",
)
"""The steps in the order in which they are taken; each has a name in the catalogue, `verification.step.<name>`."""
MOST_SHOWN = 200
"""Differences kept of one step: a file exchanged as a whole differs everywhere."""


@dataclass(frozen=True)
class Step:
    """One step: whether it held, what was counted, and what differs."""

    name: str
    state: str
    counts: Mapping[str, int | str] = field(default_factory=dict)
    complaints: tuple[Complaint, ...] = ()
    left_out: int = 0
    """Differences found beyond those kept."""
    notes: tuple[Complaint, ...] = ()
    """What a reader should know although nothing differs; the step holds all the same."""


@dataclass(frozen=True)
class FigureCheck:
    """One printed figure: in the report, recomputed; without a bundle nothing is recomputed."""

    key: str
    printed: str | None
    recomputed: str | None

    @property
    def equal(self) -> bool:
        """Tell whether both are there and are the same."""
        return self.printed is not None and self.printed == self.recomputed


@dataclass(frozen=True)
class Signature:
    """Who signed, when, and how far the signature holds."""

    signer: str
    signed_at: str
    intact: bool
    whole_file: bool
    trusted: bool
    fingerprint: str = ""
    """Of the root of the signer's chain, as far as the file holds it."""
    role: str = ""
    """For whom: lead, reviewer, institute."""
    stamped_at: str = ""
    """When an authority saw the signature; empty where none did."""

    @property
    def code(self) -> str:
        """Return the code of the sentence that tells of it."""
        known = f"verification.signed.{self.role or 'plain'}"
        return f"{known}_stamped" if self.stamped_at else known


@dataclass(frozen=True)
class Verification:
    """The whole outcome."""

    steps: tuple[Step, ...]
    signatures: tuple[Signature, ...]
    figures: tuple[FigureCheck, ...]
    about: Mapping[str, str]
    """What the signed file says of itself: evaluation, edition, institute, pack, public value, simulated."""
    places: Mapping[str, str] = field(default_factory=dict)
    """Names of counties and villages by their codes, as the signed file gives them."""

    @property
    def holds(self) -> bool:
        """Tell whether every step that was taken held."""
        return all(step.state != FAILED for step in self.steps)

    @property
    def complete(self) -> bool:
        """Tell whether every step was taken: without a bundle only the first ones are."""
        return all(step.state == OK for step in self.steps)

    @property
    def conclusion(self) -> str:
        """Return the code of the sentence that ends the outcome; it never says more than was shown."""
        if not self.holds:
            return "verification.fails" if self.recomputed else "verification.fails_early"
        if not self.complete:
            return "verification.holds_partly"
        return "verification.holds" if self.about.get("public_value") else "verification.holds_without_public_value"

    @property
    def recomputed(self) -> bool:
        """Tell whether the check came as far as the figures."""
        return any(figure.recomputed is not None for figure in self.figures)

    @property
    def unequal(self) -> int:
        """Count the figures that differ from the recomputed ones."""
        return sum(not figure.equal for figure in self.figures if figure.recomputed is not None)


def step_of(name: str, complaints: Sequence[Complaint], notes: Sequence[Complaint] = (), **counts: int | str) -> Step:
    """Make a step from what was found: it holds when nothing was; notes are told and fail nothing."""
    shown = tuple(complaints[:MOST_SHOWN])
    return Step(
        name, FAILED if complaints else OK, counts, shown, len(complaints) - len(shown), tuple(notes[:MOST_SHOWN])
    )


def skipped(name: str) -> Step:
    """Make a step that could not be taken."""
    return Step(name, SKIPPED)
