"""Read a client's file by its mapping, and offer a better mapping where columns are missing; no database."""

from collections.abc import Sequence
from pathlib import Path

from evalsvc.errors import Complaint, InvalidError
from evalsvc.frames.usual import NEAR, as_yaml, suggestion
from evalsvc.frames.values import CheckedFrame
from sampling.documents import parse_document
from sampling.errors import SamplingError
from sampling.errors import complain as complaint
from sampling.frame import import_frame, open_frame
from sampling.frame_hash import hash_frame
from sampling.identity import IdentityKey
from sampling.mapping import FrameMapping, load_mapping

MAPPING_FILE = "mapping.yaml"
NAMES_JOIN = "、"


def check_files(
    sources: Path | Sequence[Path],
    mapping_text: str,
    out: Path,
    *,
    mapping_name: str = MAPPING_FILE,
    key: IdentityKey | None = None,
) -> CheckedFrame:
    """Read files by a mapping and write the frame; one file that is a frame already needs no mapping.

    Parameters
    ----------
    sources : Path or sequence of Path
        One list, parts of one list, or a list for each level.
    out : Path
        Where the frame's Parquet file is written.
    key : IdentityKey, optional
        Needed where the mapping has columns of identity numbers.

    Raises
    ------
    InvalidError
        ``frame.refused`` with every complaint, or ``frame.mapping_needed``.
    """
    files = (sources,) if isinstance(sources, Path) else tuple(sources)
    name = NAMES_JOIN.join(path.name for path in files)
    mapping = _mapping(files[0], mapping_text, mapping_name)
    reading = import_frame(files, mapping, out, key=key)
    if reading.frame is None or reading.profile is None:
        raise InvalidError("frame.refused", reading.complaints, file=name, count=len(reading.complaints))
    return CheckedFrame(
        frame=reading.frame,
        profile=reading.profile,
        frame_sha256=hash_frame(reading.frame).sha256,
        sources=files,
        source_name=name,
        mapping_text=mapping_text,
        encoding=reading.encoding,
        unused_columns=reading.unused_columns,
    )


def _mapping(path: Path, text: str, name: str) -> FrameMapping:
    if not text.strip():
        return _own_mapping(path)
    reading = load_mapping(text, name)
    if reading.mapping is None:
        raise InvalidError("frame.refused", reading.complaints, file=name, count=len(reading.complaints))
    return reading.mapping


def _own_mapping(path: Path) -> FrameMapping:
    """Take the levels that a frame's Parquet file carries; its rows are checked like any other's."""
    try:
        frame = open_frame(path)
        return FrameMapping(frame.levels, notes=frame.notes)
    except SamplingError:
        found = suggestion(path)
        needed = complaint("frame.mapping_needed", file=path.name, suggested=found.mapping or "")
        problems = found.unread or (needed,)
        raise InvalidError("frame.refused", problems, file=path.name, count=len(problems)) from None


def offered_mapping(mapping_text: str, complaints: Sequence[Complaint]) -> str | None:
    """Return a mapping that may fit: the one given with its missing columns renamed, or one for a file without any."""
    if not mapping_text.strip():
        return next((str(each.details["suggested"]) for each in complaints if each.details.get("suggested")), None)
    mapping = load_mapping(mapping_text, MAPPING_FILE).mapping
    if mapping is None or not any(each.code == NEAR for each in complaints):
        return None
    return as_yaml(mapping, complaints, parse_document(mapping_text, MAPPING_FILE).value)
