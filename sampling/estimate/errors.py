"""Say what is wrong with a plan or its data, as codes with details; the sentences stand in the catalogue."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

Detail = str | int | float | bool | None


@dataclass(frozen=True)
class Complaint:
    """Hold one fault of a plan or its data: a stable code and what the sentence needs."""

    code: str
    details: Mapping[str, Detail] = field(default_factory=dict)


class EstimateError(Exception):
    """Carry the complaints that stop an estimation as a whole."""

    code = "estimate.refused"

    def __init__(self, complaints: Iterable[Complaint]) -> None:
        self.complaints = tuple(complaints)
        super().__init__("; ".join(f"{c.code} {dict(c.details)}" for c in self.complaints))


class DataRefusedError(EstimateError):
    """Refuse data that do not fit the plan: missing columns, bad weights, an impossible design."""

    code = "estimate.data_refused"


class GrammarError(Exception):
    """Mark a text that is no valid condition or expression; `position` counts characters from 0."""

    def __init__(self, reason: str, position: int, word: str) -> None:
        self.reason, self.position, self.word = reason, position, word
        super().__init__(f"{reason} at {position}: {word!r}")


class NoFitError(Exception):
    """Mark a statistic that cannot be fitted to the rows of a domain; `code` is the reason beside its row."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)
