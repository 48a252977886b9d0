"""Making datasets as a background job, and looking after those that have expired."""

import shutil
import time
from pathlib import Path

from sqlalchemy.orm import Session

from evalsvc.db import now
from evalsvc.errors import ConflictError
from evalsvc.interviews.datasets import operations
from evalsvc.interviews.datasets.making import Interviews, make_file
from evalsvc.interviews.datasets.models import Dataset
from evalsvc.interviews.datasets.values import DatasetWish
from evalsvc.service import Service
from evalsvc.store import Store
from evalsvc.worker import Finish, JobKind, Work
from forms.dataset.writing import Telling

SECONDS_BETWEEN_REPORTS = 2.0
ABANDONED_AFTER = 24 * 3600
"""Seconds after which a folder of unfinished files is one that its worker left behind."""


def _run(work: Work) -> Finish:
    """Make the file outside any writing transaction; the row says that it is there in the commit that ends the job."""
    service = work.service
    target = operations.file_of(service.store, work.subject)
    with service.database.reading() as session:
        row = session.get_one(Dataset, work.subject)
        wish = DatasetWish(row.form_id, row.format, row.full, row.media, row.scope, row.language)
        interviews = Interviews(session, service.store, row.evaluation_id)
        made = make_file(interviews, wish, target, _reporting(work))

    def finish(session: Session) -> None:
        operations.keep(session, work.subject, size=made.size, interviews=made.interviews)

    return finish


def _reporting(work: Work) -> Telling:
    """Tell pages how far the work is, not too often, and stop it when the dataset was given up."""
    last = 0.0

    def tell(done: int, total: int) -> None:
        nonlocal last
        if time.monotonic() - last < SECONDS_BETWEEN_REPORTS and done:
            return
        last = time.monotonic()
        work.report(done, total)
        with work.service.database.reading() as session:
            if operations.is_given_up(session, work.subject):
                raise ConflictError("dataset.given_up")

    return tell


KIND = JobKind(operations.JOB, _run)


def remove_expired(service: Service) -> None:
    """Remove files that were kept long enough or given up; the worker calls this again and again."""
    folder = operations.folder_of(service.store)
    if not any(folder.iterdir()):
        return
    with service.database.transaction() as session:
        operations.expire(session, now())
    with service.database.reading() as session:
        gone = [path for path in folder.glob("*.zip") if _is_gone(session, service.store, path)]
    for path in gone:
        path.unlink(missing_ok=True)
    for path in folder.glob(".dataset-*"):
        if time.time() - path.stat().st_mtime > ABANDONED_AFTER:
            shutil.rmtree(path, ignore_errors=True)


def _is_gone(session: Session, store: Store, path: Path) -> bool:
    row = session.get(Dataset, path.stem)
    return row is not None and row.removed_at is not None and path == operations.file_of(store, row.id)
