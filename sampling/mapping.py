"""Read a mapping: which levels a client's file holds, and which columns it calls otherwise."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sampling.document_rows import with_rows
from sampling.documents import check_schema, parse_document
from sampling.errors import Complaint, complain
from sampling.levels import Level, check_levels, levels_from_json


@dataclass(frozen=True)
class FrameMapping:
    """Say which levels a file holds and which of its columns are called otherwise in the frame."""

    levels: tuple[Level, ...]
    rename: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class MappingReading:
    """Hold a mapping, or the complaints that forbid its use."""

    mapping: FrameMapping | None
    complaints: tuple[Complaint, ...]


def load_mapping(text: str, file: str = "mapping.yaml") -> MappingReading:
    """Read a mapping from YAML or JSON; every problem comes back at once.

    Parameters
    ----------
    text : str
        The document: ``levels`` and, optionally, ``rename``.
    file : str, optional
        Name for the complaints.
    """
    document = parse_document(text, file)
    complaints = list(document.complaints) or check_schema(document.value, "mapping.schema.json", file)
    if complaints:
        return MappingReading(None, with_rows(complaints, text))
    levels = levels_from_json(document.value["levels"])
    rename: dict[str, str] = document.value.get("rename") or {}
    complaints = check_levels(levels, file) + _check_rename(levels, rename, file)
    return MappingReading(None if complaints else FrameMapping(levels, rename), with_rows(complaints, text))


def _check_rename(levels: Sequence[Level], rename: Mapping[str, str], file: str) -> list[Complaint]:
    """Complain about a rename line whose target no level has, or that two lines share."""
    known = {own.name for level in levels for own in level.all_columns}
    complaints = []
    targets: set[str] = set()
    for source, target in rename.items():
        if target not in known:
            complaints.append(
                complain("frame.rename_unknown", file=file, column=f"rename.{source}", source=source, target=target)
            )
        if target in targets:
            complaints.append(
                complain("frame.rename_twice", file=file, column=f"rename.{source}", source=source, target=target)
            )
        targets.add(target)
    return complaints
