"""The bundle's files against the hashes that were signed; the draw, repeated."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from evalsvc import files
from evalsvc.editions.bundle import hash_list
from evalsvc.verification.outcome import Step, step_of
from sampling.commitment import Commitment, committed_object
from sampling.design import canonical, load_design
from sampling.errors import Complaint, SamplingError, complain
from sampling.manifest import Manifest
from sampling.verify import verify_draw

Content = Mapping[str, bytes]


def files_step(content: Content, inputs: Mapping[str, str], edition: bytes) -> Step:
    """Compare every file with the hash that the signed file names; the list of hashes has to say the same.

    Bundles of before hold edition.json too: it has to be the one inside the PDF.
    """
    complaints = []
    for name, expected in inputs.items():
        if name not in content:
            complaints.append(complain("verification.file_missing", file=name))
        elif _sha256(content[name]) != expected:
            found = _sha256(content[name])
            complaints.append(complain("verification.file_changed", file=name, expected=expected, found=found))
    named = {*inputs, files.EDITION}
    extra = [name for name in content if name not in named and not name.startswith(files.INTERVIEW_FOLDER)]
    complaints += [complain("verification.file_extra", file=name) for name in extra]
    complaints += [complain("verification.file_missing", file=name) for name in files.TABLES if name not in named]
    others = {name: data for name, data in content.items() if name not in (files.HASHES, files.EDITION)}
    if files.HASHES in content and content[files.HASHES] != hash_list(others):
        complaints.append(complain("verification.hash_list", file=files.HASHES))
    if content.get(files.EDITION, edition) != edition:
        complaints.append(complain("verification.other_edition", file=files.EDITION))
    return step_of("files", complaints, files=len(inputs))


def draw_step(content: Content, manifest: Manifest, frame_path: Path) -> Step:
    """Repeat the draw from frame and seed, and compare design and commitment with the manifest."""
    complaints = [*_design_complaints(content, manifest), *_commitment_complaints(content, manifest)]
    findings = verify_draw(manifest, frame_path)
    complaints += [
        complain(
            "verification.draw_differs",
            file=files.MANIFEST,
            column=each.place,
            expected=_short(each.expected),
            found=_short(each.found),
        )
        for each in findings
        if not each.ok
    ]
    units = sum(len(stage.units) for stage in manifest.stages)
    unseen = [each.complaint for each in findings if each.ok and each.complaint is not None]
    return step_of("draw", complaints, unseen, checks=len(findings), units=units)


def _design_complaints(content: Content, manifest: Manifest) -> list[Complaint]:
    reading = load_design(content[files.DESIGN].decode("utf-8", "replace"), files.DESIGN)
    if reading.design is None:
        return list(reading.complaints)
    if canonical(reading.design) != manifest.design:
        return [complain("verification.other_design", file=files.DESIGN)]
    return []


def _commitment_complaints(content: Content, manifest: Manifest) -> list[Complaint]:
    try:
        found = Commitment.from_json(content[files.COMMITMENT].decode("utf-8", "replace"), files.COMMITMENT)
    except SamplingError as error:
        return list(error.complaints) or [Complaint(error.code, files.COMMITMENT, details=error.details)]
    pairs = {
        "committed_at": (manifest.committed_at, found.committed_at),
        "commitment": (manifest.commitment, found.commitment),
        "time_stamp": (manifest.time_stamp, found.time_stamp),
    }
    complaints = [
        complain("verification.value_differs", file=files.COMMITMENT, column=name, expected=right, found=stated)
        for name, (right, stated) in pairs.items()
        if right != stated
    ]
    stated = {name: value for name, value in found.committed.items() if name != "secret_sha256"}
    rebuilt = {name: value for name, value in committed_object(manifest).items() if name != "secret_sha256"}
    if stated != rebuilt:
        complaints.append(complain("verification.other_commitment", file=files.COMMITMENT))
    return complaints


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 200 else text[:197] + "..."
