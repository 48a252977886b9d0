"""Reports of a batch, laid out side by side in worker processes: the server goes on answering meanwhile."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from evalsvc.editions import composing
from evalsvc.editions.composing import Desk, Prepared
from evalsvc.editions.printing import print_report
from evalsvc.editions.queries import edition_by_number
from evalsvc.editions.values import WISHED, EditionRecord
from evalsvc.errors import coded
from evalsvc.evaluations.queries import EvaluationRecord
from evalsvc.service import Service

ALONE = 3
"""Reports that are laid out in this process: worker processes take seconds to start."""
MOST_WORKERS = 4


@dataclass(frozen=True)
class Made:
    """One report of a batch: composed, refused with an error, or neither where it was given up meanwhile."""

    number: int
    prepared: Prepared | None
    error: Exception | None = None


def prepared(
    service: Service, evaluation: EvaluationRecord, desk: Desk, editions: Sequence[EditionRecord]
) -> Iterator[Made]:
    """Compose reports, and yield each as soon as it is laid out."""
    composed = (_composed(service, evaluation, desk, each.number) for each in editions)
    if len(editions) <= ALONE:
        yield from (_alone(desk, each) for each in composed)
        return
    yield from _in_workers(desk, composed)


@dataclass(frozen=True)
class _Composed:
    number: int
    edition: bytes | None
    error: Exception | None = None


def _composed(service: Service, evaluation: EvaluationRecord, desk: Desk, number: int) -> _Composed:
    """Compose edition.json of a report that still waits."""
    with service.database.reading() as session:
        edition = edition_by_number(session, evaluation.id, number)
        if edition.state != WISHED:
            return _Composed(number, None)
        head = composing.head_of_next(session, evaluation, edition, service.config.public_url)
    try:
        return _Composed(number, desk.edition(head, service.config.report_texts))
    except Exception as error:
        if coded(error) is None:
            raise
        return _Composed(number, None, error)


def _alone(desk: Desk, given: _Composed) -> Made:
    if given.edition is None:
        return Made(given.number, None, given.error)
    return Made(given.number, desk.kept(given.edition, print_report(given.edition)))


def _in_workers(desk: Desk, composed: Iterator[_Composed]) -> Iterator[Made]:
    from reports.workers import in_workers  # noqa: PLC0415 (loads what lays out)

    editions: dict[str, bytes] = {}
    others: list[Made] = []

    def wanted() -> Iterator[tuple[str, bytes]]:
        for each in composed:
            if each.edition is None:
                others.append(Made(each.number, None, each.error))
                continue
            editions[str(each.number)] = each.edition
            yield str(each.number), each.edition

    for done in in_workers(print_report, wanted(), min(os.cpu_count() or 1, MOST_WORKERS)):
        edition = editions.pop(done.name)
        made = None if done.made is None else desk.kept(edition, done.made)
        yield Made(int(done.name), made, done.error)
    yield from others
