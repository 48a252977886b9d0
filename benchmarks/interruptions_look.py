"""What the server holds of an interview, beside what was answered and what the phone had put on its disk."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from xml.etree import ElementTree

from sqlalchemy import select

from benchmarks.interruptions_interview import Interview as Told
from evalsvc.interviews.models import Interview, InterviewFile
from evalsvc.service import Service

SEGMENT = re.compile(r"(?<=[^\]])(?=/|$)")
AUDIT, POSITION, MADE = "audit.csv", "here", frozenset({"photo", "signature", "drawn"})
NUMBERS_OF_A_POSITION = 4


@dataclass(frozen=True)
class Held:
    """What the server holds of a household."""

    instance_ids: tuple[str, ...]
    sha256: str
    """Of the XML."""
    answers: Mapping[str, str]
    """By path, every step with its number."""
    files: Mapping[str, str]
    """SHA-256 by name."""


def held(service: Service, unit: str) -> Held | None:
    """Read a household's interview; None while there is none, or not all of its files."""
    with service.database.reading() as session:
        rows = session.scalars(select(Interview).where(Interview.unit_id == unit)).all()
        ids = [row.id for row in rows]
        named = select(InterviewFile).where(InterviewFile.interview_id.in_(ids))
        files = {row.name: row.sha256 for row in session.scalars(named)}
    if not rows or any(sha256 is None for sha256 in files.values()):
        return None
    for sha256 in files.values():
        service.store.get(sha256)  # which compares the bytes with their hash
    answers = dict(leaves(ElementTree.fromstring(service.store.get(rows[0].sha256))))
    return Held(tuple(row.instance_id for row in rows), rows[0].sha256, answers, files)


def leaves(element: ElementTree.Element, path: str = "", number: int = 1) -> Iterator[tuple[str, str]]:
    """Give every answer by its path."""
    own = f"{path}/{element.tag.rpartition('}')[2]}[{number}]"
    if len(element) == 0:
        yield own, element.text or ""
    seen: dict[str, int] = {}
    for child in element:
        seen[child.tag] = seen.get(child.tag, 0) + 1
        yield from leaves(child, own, seen[child.tag])


def faults(told: Told, sealed: Collection[str], found: Held) -> Iterator[str]:
    """Say what is there twice, what was lost, and what has other bytes than the phone had."""
    if len(found.instance_ids) > 1:
        yield f"{told.unit}: {len(found.instance_ids)} interviews"
    for path, given in {**told.given, **kept_unseen(told, found)}.items():
        there = answer_of(found, path)
        if not is_the_same(given, there, found.files):
            yield f"{told.unit} {path}: answered {given}, sent {there or 'nothing'}"
    if found.sha256 not in sealed:
        yield f"{told.unit}: the XML is not what the phone had kept"
    for name, sha256 in found.files.items():
        if sha256 not in sealed:
            yield f"{told.unit} {name}: not a file that the phone had kept"


def kept_unseen(told: Told, found: Held) -> dict[str, str]:
    """Return the answers that had reached the disk before a blow without having been shown as saved."""
    return {path: given for path, given in told.unsure.items() if answer_of(found, path)}


def answer_of(found: Held, path: str) -> str:
    """Return what the server holds of a question; empty where that is nothing."""
    return found.answers.get(SEGMENT.sub("[1]", path), "")


def is_the_same(given: str, there: str, files: Collection[str]) -> bool:
    """Compare an answer with what was sent; files and positions are made on the phone."""
    if given == POSITION:
        return len(there.split()) == NUMBERS_OF_A_POSITION
    if given in MADE:
        return there in files
    # Several choices are sent in the order in which the form lists them.
    return sorted(given.split(" ")) == sorted(there.split(" "))
