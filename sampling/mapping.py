"""Read a mapping: which levels a client's files hold, and which columns they call otherwise."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sampling.document_rows import with_rows
from sampling.documents import check_schema, parse_document
from sampling.errors import Complaint, complain
from sampling.frame_notes import NO_NOTES, FrameNotes
from sampling.levels import Level, check_levels, levels_from_json
from sampling.mapping_codes import CodeRule, check_codes, codes_from_json

SCHEMA = "mapping.schema.json"
IDENTITY = "identity"


@dataclass(frozen=True)
class LevelFile:
    """Say in which file a level stands, with the levels above it that have no file of their own.

    Parameters
    ----------
    level : str
        Name of the level, the lowest one in the file.
    file : str
        Name of the file.
    parent : str or None
        What the file calls the id of the level above those in it; None where it uses the frame's name.
    rename : mapping
        Column of the file: column of the frame; these stand before those of the whole mapping.
    """

    level: str
    file: str
    parent: str | None = None
    rename: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class FrameMapping:
    """Say which levels the files hold and which of their columns are called otherwise in the frame.

    Parameters
    ----------
    files : tuple of LevelFile
        Outermost first; none for one flat list.
    codes : tuple of CodeRule
        Columns that hold administrative codes.
    identities : frozenset of str
        Columns that hold identity numbers, of which the frame keeps keyed hashes.
    notes : FrameNotes
        What a file that is a frame already says of its columns, which the new one says too.
    """

    levels: tuple[Level, ...]
    rename: Mapping[str, str] = field(default_factory=dict)
    files: tuple[LevelFile, ...] = ()
    codes: tuple[CodeRule, ...] = ()
    identities: frozenset[str] = frozenset()
    notes: FrameNotes = NO_NOTES


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
        The document: ``levels`` and, optionally, ``rename``, ``files`` and ``codes``.
    file : str, optional
        Name for the complaints.
    """
    document = parse_document(text, file)
    complaints = list(document.complaints) or check_schema(document.value, SCHEMA, file)
    if complaints:
        return MappingReading(None, with_rows(complaints, text))
    levels = levels_from_json(document.value["levels"])
    rename: dict[str, str] = document.value.get("rename") or {}
    files = _files_from_json(document.value.get("files") or {}, levels)
    complaints = check_levels(levels, file) + _check_rename(levels, rename, file, "rename")
    complaints += _check_files(levels, document.value.get("files") or {}, file)
    codes = codes_from_json(document.value.get("codes") or {}, levels)
    complaints += check_codes(codes, levels, file)
    identities = _identities(document.value["levels"])
    mapping = None if complaints else FrameMapping(levels, rename, files, codes, identities)
    return MappingReading(mapping, with_rows(complaints, text))


def _identities(levels: Sequence[Mapping[str, Mapping[str, str]]]) -> frozenset[str]:
    """Name the columns of type ``identity``; in the frame they are text."""
    return frozenset(
        name for level in levels for name, kind in (level.get("columns") or {}).items() if kind == IDENTITY
    )


def _files_from_json(value: Mapping[str, Mapping[str, object]], levels: Sequence[Level]) -> tuple[LevelFile, ...]:
    """Build the lines of ``files``, outermost level first."""
    files = []
    for level in levels:
        if level.name in value:
            entry = value[level.name]
            parent, rename = entry.get("parent"), entry.get("rename")
            own = dict(rename) if isinstance(rename, Mapping) else {}
            files.append(LevelFile(level.name, str(entry["file"]), None if parent is None else str(parent), own))
    return tuple(files)


def _check_files(levels: Sequence[Level], value: Mapping[str, Mapping[str, object]], file: str) -> list[Complaint]:
    """Complain about files of levels that there are not, of no lowest level, and of a parent that there is not."""
    complaints = []
    names = [level.name for level in levels]
    seen: set[str] = set()
    for name, entry in value.items():
        place, source = f"files.{name}", str(entry["file"])
        if name not in names:
            known = ", ".join(names)
            complaints.append(complain("frame.file_of_no_level", file=file, column=place, level=name, levels=known))
            continue
        if source in seen:
            complaints.append(complain("frame.file_of_two_levels", file=file, column=place, source=source))
        seen.add(source)
        if entry.get("parent") and not any(each in value for each in names[: names.index(name)]):
            complaints.append(complain("frame.file_without_parent", file=file, column=place, level=name))
        complaints += _check_rename(levels, _renames(entry), file, f"{place}.rename")
    if value and names[-1] not in value:
        complaints.append(complain("frame.file_of_lowest_level", file=file, column="files", level=names[-1]))
    return complaints


def _renames(entry: Mapping[str, object]) -> Mapping[str, str]:
    rename = entry.get("rename")
    return rename if isinstance(rename, Mapping) else {}


def _check_rename(levels: Sequence[Level], rename: Mapping[str, str], file: str, place: str) -> list[Complaint]:
    """Complain about a rename line whose target no level has, or that two lines share."""
    known = {own.name for level in levels for own in level.all_columns}
    complaints = []
    targets: set[str] = set()
    for source, target in rename.items():
        column = f"{place}.{source}"
        if target not in known:
            complaints.append(complain("frame.rename_unknown", file=file, column=column, source=source, target=target))
        if target in targets:
            complaints.append(complain("frame.rename_twice", file=file, column=column, source=source, target=target))
        targets.add(target)
    return complaints
