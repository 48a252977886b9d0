"""Read the files that results were made from back into values: out of the service's store, or out of a bundle."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from evalsvc import files
from evalsvc.editions.facts import Material
from evalsvc.evaluations.rule_pack import read_pack
from evalsvc.planning.frame_facts import household_attributes
from evalsvc.planning.layout import layout_of
from evalsvc.results.answers import Answers
from evalsvc.results.assembly import Sources
from evalsvc.results.records import CaseRow, FieldworkRow, InterviewRow, JudgementRow, read_records
from evalsvc.results.values import Row
from sampling.errors import Complaint, SamplingError, complain
from sampling.frame import Frame
from sampling.manifest import Manifest


@dataclass(frozen=True)
class Read:
    """Hold the sources that a set of files gives, or what is wrong with the files."""

    sources: Sources | None
    complaints: tuple[Complaint, ...]


def read_sources(content: Mapping[str, bytes], frame: Frame, answers: Mapping[str, Answers]) -> Read:
    """Read manifest, pack, interviews, fieldwork, cases, judgements, and look the drawn households up in the frame."""
    manifest, complaints = read_manifest_file(content[files.MANIFEST])
    pack, more = read_pack(content[files.PACK], files.PACK)
    fieldwork, wrong = read_records(FieldworkRow, content[files.FIELDWORK], files.FIELDWORK)
    cases, unreadable = read_records(CaseRow, content[files.CASES], files.CASES)
    interviews, unlisted = read_records(InterviewRow, content[files.INTERVIEWS], files.INTERVIEWS)
    judgements, undecidable = read_records(JudgementRow, content[files.JUDGEMENTS], files.JUDGEMENTS)
    complaints += [*more, *wrong, *unreadable, *unlisted, *undecidable]
    if manifest is None or pack is None or complaints:
        return Read(None, tuple(complaints))
    drawn = {unit.id for unit in manifest.stages[-1].units}
    attributes = household_attributes(frame, drawn)
    return Read(Sources(manifest, attributes, fieldwork, answers, cases, pack, interviews, judgements), ())


def read_manifest_file(data: bytes) -> tuple[Manifest | None, list[Complaint]]:
    """Read a manifest; a file that is none is a complaint."""
    try:
        return Manifest.from_json(data.decode("utf-8"), files.MANIFEST), []
    except UnicodeDecodeError:
        return None, [complain("results.encoding", file=files.MANIFEST, row=1)]
    except SamplingError as error:
        return None, list(error.complaints) or [Complaint(error.code, files.MANIFEST, details=error.details)]


def material_of(
    sources: Sources, frame: Frame, rows: list[Row], inputs: Mapping[str, str], code_version: str
) -> Material:
    """Put together what the facts of an edition are composed from."""
    layout, complaints = layout_of(sources.manifest, files.MANIFEST)
    if layout is None:
        raise SamplingError("results.layout", complaints)
    return Material(sources, frame, layout, rows, inputs, code_version)


def rows_in(data: bytes) -> list[Row]:
    """Return the rows of results.json."""
    rows: list[Row] = json.loads(data)["estimates"]
    return rows


def results_json(rows: list[Row]) -> bytes:
    """Write results.json from its rows, to the byte as the estimation writes it."""
    return (
        json.dumps({"version": 1, "estimates": rows}, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    ).encode()
