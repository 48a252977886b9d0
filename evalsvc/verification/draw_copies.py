"""Copies of the public log against one draw: committed to before it was drawn, and drawn once."""

import hashlib
from collections.abc import Mapping
from typing import Any

from evalsvc.draws import log
from evalsvc.verification.outcome import Step, step_of
from evalsvc.verification.public_copy import contradictions, empty_copies
from evalsvc.verification.public_log import Lines, continuations, draw_lines, other_commitments, read_log
from sampling.chain import ChainReading
from sampling.errors import Complaint, complain
from sampling.manifest import Manifest


def draw_in_copies(copies: Mapping[str, bytes], manifest: Manifest, manifest_text: str) -> Step:
    """Look for commitment and manifest in each copy, by its file's name.

    One copy has to hold both. Others may be older, when one that holds both begins with their lines: a copy made before
    the draw shows that the commitment stood there already.
    """
    sha256 = hashlib.sha256(manifest_text.encode()).hexdigest()
    readings = {name: read_log(data, name) for name, data in copies.items()}
    complaints = [each for reading in readings.values() for each in reading.complaints]
    complaints += empty_copies(readings)
    contradicting = contradictions({name: reading.entries for name, reading in readings.items()})
    complaints += contradicting
    doubtful = {each.details["file"] for each in contradicting}
    notes: list[Complaint] = []
    whole = [name for name, reading in readings.items() if _holds_manifest(reading, manifest)]
    for name, reading in readings.items():
        lines = reading.entries
        if name in whole or not whole:
            found = draw_lines(lines, manifest, sha256, name)
            complaints += found
            notes += () if found else _entered(name, lines, manifest)
            notes += continuations(lines, manifest, sha256, name)
            notes += other_commitments(lines, manifest, name)
        elif lines and name not in doubtful:
            notes.append(complain("verification.log_begins", file=name, lines=len(lines), at=lines[-1].at))
    return step_of("log", complaints, notes, copies=len(copies))


def _holds_manifest(reading: ChainReading, manifest: Manifest) -> bool:
    subject = log.subject_of(manifest.evaluation, manifest.draw)
    return any((line.kind, line.subject) == (log.MANIFEST, subject) for line in reading.entries)


def _entered(name: str, lines: Lines, manifest: Manifest) -> list[Complaint]:
    """Tell when the commitment was entered, and when the manifest was."""
    subject = log.subject_of(manifest.evaluation, manifest.draw)
    at = {line.kind: line for line in lines if line.subject == subject}
    committed, drawn = at[log.COMMITMENT], at[log.MANIFEST]
    details: dict[str, Any] = {
        "row": committed.sequence,
        "at": committed.at,
        "drawn_row": drawn.sequence,
        "drawn_at": drawn.at,
    }
    code = "verification.log_in_order" if manifest.public_value else "verification.log_in_order_alone"
    return [complain(code, file=name, subject=subject, **details)]
