"""The public log of commitments: whether it is whole, when the draw was committed, and what else was committed."""

import hashlib
from collections.abc import Mapping, Sequence

from evalsvc import files
from evalsvc.draws import log
from evalsvc.verification.outcome import Step, step_of
from evalsvc.verification.times import back_in_time, bad_times
from sampling.chain import ChainEntry, ChainReading, read_chain
from sampling.errors import Complaint, complain
from sampling.manifest import Manifest

Lines = Sequence[ChainEntry]


def read_log(data: bytes, file: str = files.LOG) -> ChainReading:
    """Read a log, and name every break of its chain and of its times."""
    reading = read_chain(data.decode("utf-8", "replace"), file=file)
    times = {str(line.sequence): line.at for line in reading.entries}
    wrong = [*bad_times(times, file), *back_in_time(file, times)]
    return ChainReading(reading.entries, (*reading.complaints, *wrong))


def log_step(content: Mapping[str, bytes], manifest: Manifest) -> Step:
    """Tell how the log is, and check that the commitment stands in it before the draw.

    A line may be entered later than what it tells of, never earlier: a commitment between `committed_at` and the draw,
    a manifest after the draw. Other commitments of the evaluation are told: who commits often and reveals once chooses.
    """
    reading = read_log(content[files.LOG])
    lines, manifest_sha256 = reading.entries, hashlib.sha256(content[files.MANIFEST]).hexdigest()
    complaints = [*reading.complaints, *draw_lines(lines, manifest, manifest_sha256)]
    return step_of("log", complaints, other_commitments(lines, manifest), lines=len(lines))


def draw_lines(lines: Lines, manifest: Manifest, manifest_sha256: str, file: str = files.LOG) -> list[Complaint]:
    """Name what is wrong with the lines of a draw: its commitment once, before the draw; its manifest once, after."""
    subject = log.subject_of(manifest.evaluation, manifest.draw)
    own = [line for line in lines if line.subject == subject]
    entered = [line for line in own if line.kind == log.COMMITMENT]
    drawn = [line for line in own if line.kind == log.MANIFEST]
    stated = {"committed_at": manifest.committed_at, "drawn_at": manifest.drawn_at}
    complaints = [*bad_times(stated, files.MANIFEST), *back_in_time(files.MANIFEST, stated)]
    if [line.sha256 for line in entered] != [manifest.commitment]:
        complaints.append(complain("verification.log_commitment", file=file, subject=subject))
    if [line.sha256 for line in drawn] != [manifest_sha256]:
        complaints.append(complain("verification.log_manifest", file=file, subject=subject))
    for line in entered:
        where = {"subject": subject, "at": line.at}
        if line.at > manifest.drawn_at or any(each.sequence < line.sequence for each in drawn):
            complaints.append(
                complain("verification.log_late", file=file, row=line.sequence, **where, drawn_at=manifest.drawn_at)
            )
        if line.at < manifest.committed_at:
            complaints.append(
                complain("verification.log_early", file=file, row=line.sequence, **where, stated=manifest.committed_at)
            )
    complaints += [
        complain("verification.log_early", file=file, subject=subject, at=line.at, stated=manifest.drawn_at)
        for line in drawn
        if line.at < manifest.drawn_at
    ]
    return complaints


def other_commitments(lines: Lines, manifest: Manifest, file: str = files.LOG) -> list[Complaint]:
    """Tell of every other commitment of the evaluation, and whether its draw was ever carried out."""
    own = log.subject_of(manifest.evaluation, manifest.draw)
    carried_out = {line.subject for line in lines if line.kind == log.MANIFEST}
    return [
        complain(
            "verification.log_other" if line.subject in carried_out else "verification.log_never_revealed",
            file=file,
            subject=line.subject,
            at=line.at,
        )
        for line in lines
        if line.kind == log.COMMITMENT
        and line.subject != own
        and line.subject.rpartition("/")[0] == manifest.evaluation
    ]
