"""What a frame's file says of its columns beyond their types: codes of which year, hashes by which key."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class CodeNote:
    """Say that a column holds administrative codes, how many units had another one, and where that stands."""

    column: str
    standard: str
    vintage: int
    old: str | None
    changed: int


@dataclass(frozen=True)
class IdentityNote:
    """Say that columns hold keyed hashes of identity numbers, and by which key."""

    columns: tuple[str, ...]
    algorithm: str
    key: str


@dataclass(frozen=True)
class FrameNotes:
    """Hold what is known of a frame's columns."""

    codes: tuple[CodeNote, ...] = ()
    identity: IdentityNote | None = None

    def as_json(self) -> Mapping[str, Any]:
        """Write the notes as the metadata of a frame's file hold them; nothing for what there is not."""
        codes = [vars(each) for each in self.codes]
        identity = None if self.identity is None else {**vars(self.identity), "columns": list(self.identity.columns)}
        return {key: value for key, value in (("codes", codes), ("identity", identity)) if value}


NO_NOTES = FrameNotes()


def notes_from_json(value: Mapping[str, Any]) -> FrameNotes:
    """Read notes from metadata that fit the schema."""
    codes = tuple(CodeNote(**each) for each in value.get("codes", ()))
    identity = value.get("identity")
    note = None if identity is None else IdentityNote(**{**identity, "columns": tuple(identity["columns"])})
    return FrameNotes(codes, note)
