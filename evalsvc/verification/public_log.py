"""The public log of commitments: whether it is whole, when the draw was committed, and what else was committed."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

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
    notes = [*continuations(lines, manifest, manifest_sha256), *other_commitments(lines, manifest)]
    return step_of("log", complaints, notes, lines=len(lines))


def draw_lines(lines: Lines, manifest: Manifest, manifest_sha256: str, file: str = files.LOG) -> list[Complaint]:
    """Name what is wrong with the lines of a draw: its commitment once, before the draw; its manifest once, after.

    Lists that were made later stand between the manifest before them and the one that goes on from them.
    """
    subject = log.subject_of(manifest.evaluation, manifest.draw)
    own = [line for line in lines if line.subject == subject]
    entered = [line for line in own if line.kind == log.COMMITMENT]
    drawn = [line for line in own if line.kind == log.MANIFEST]
    stated = {"committed_at": manifest.committed_at, "drawn_at": manifest.drawn_at}
    complaints = [*bad_times(stated, files.MANIFEST), *back_in_time(files.MANIFEST, stated)]
    complaints += _entered_once("commitment", entered, manifest.commitment, subject, file)
    complaints += _manifest_lines(own, drawn, manifest, manifest_sha256, file)
    complaints += list_lines(lines, manifest, file)
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
        for line in own
        if line.kind in (log.MANIFEST, log.CONTINUATION)
        and line.sha256 == manifest_sha256
        and line.at < manifest.drawn_at
    ]
    return complaints


def _manifest_lines(own: Lines, drawn: Lines, manifest: Manifest, manifest_sha256: str, file: str) -> list[Complaint]:
    """The draw was carried out once; the manifest stands once among what goes on from it, right behind its own."""
    subject, chain = log.subject_of(manifest.evaluation, manifest.draw), _chain(own)
    places = [i for i, line in enumerate(chain) if line.sha256 == manifest_sha256]
    if len(drawn) != 1 or len(places) > 1:
        rightly = drawn if len(drawn) != 1 else [chain[i] for i in places]
        return _entered_once("manifest", rightly, manifest_sha256, subject, file)
    if not places:
        return _entered_once("manifest", chain[-1:], manifest_sha256, subject, file)
    (place,) = places
    if (chain[place - 1].sha256 if place else None) == manifest.continues:
        return []
    row, before = chain[place].sequence, manifest.continues or ""
    return [complain("verification.entered.manifest_order", file=file, row=row, subject=subject, sha256=before)]


def _entered_once(what: str, found: Lines, sha256: str, subject: str, file: str) -> list[Complaint]:
    """Say of what has to be entered once, with its hash, that it is missing, stands several times, or is another.

    Codes: ``verification.entered.commitment_missing``, ``…_twice``, ``…_other``, and so for ``manifest``, ``list``.
    """
    about: dict[str, Any] = {"file": file, "subject": subject}
    if not found:
        return [complain(f"verification.entered.{what}_missing", **about)]
    if len(found) > 1:
        rows = [line.sequence for line in found]
        return [complain(f"verification.entered.{what}_twice", **about, count=len(found), rows=rows)]
    (line,) = found
    if line.sha256 == sha256:
        return []
    return [
        complain(f"verification.entered.{what}_other", **about, row=line.sequence, expected=sha256, found=line.sha256)
    ]


def _chain(own: Lines) -> list[ChainEntry]:
    """Give a draw's manifest and those that go on from lists made later, in the order of the log."""
    return [line for line in own if line.kind in (log.MANIFEST, log.CONTINUATION)]


def continuations(lines: Lines, manifest: Manifest, manifest_sha256: str, file: str = files.LOG) -> list[Complaint]:
    """Tell of the manifests that go on from the one under check, which is right as far as it goes."""
    subject = log.subject_of(manifest.evaluation, manifest.draw)
    chain = _chain([line for line in lines if line.subject == subject])
    place = next((i for i, line in enumerate(chain) if line.sha256 == manifest_sha256), len(chain))
    later = [line for line in chain[place + 1 :] if line.kind == log.CONTINUATION]
    if not later:
        return []
    rows = ", ".join(str(line.sequence) for line in later)
    last = later[-1]
    code = "verification.log_continued"
    return [complain(code, file=file, subject=subject, rows=rows, at=last.at, sha256=last.sha256)]


def list_lines(lines: Lines, manifest: Manifest, file: str) -> list[Complaint]:
    """Name the lists made later that were not entered in the log before they were drawn from, or more than once."""
    complaints: list[Complaint] = []
    for entry in manifest.lists:
        subject = log.subject_of_list(manifest.evaluation, manifest.draw, str(entry.parent))
        found = [line for line in lines if (line.kind, line.subject) == (log.LIST, subject)]
        faults = _entered_once("list", found, entry.sha256, subject, file)
        complaints += faults
        if not faults and not entry.committed_at <= found[0].at <= manifest.drawn_at:
            at, bound, drawn = found[0].at, entry.committed_at, manifest.drawn_at
            complaints.append(
                complain("verification.log_list_time", file=file, subject=subject, at=at, stated=bound, drawn_at=drawn)
            )
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
