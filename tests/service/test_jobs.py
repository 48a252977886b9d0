"""Background jobs: durable, done once, safe to interrupt, and honest about failure."""

import itertools
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from evalsvc import audit, jobs
from evalsvc import worker as worker_module
from evalsvc.config import Config
from evalsvc.db import Database, now
from evalsvc.errors import InvalidError, NotFoundError
from evalsvc.jobs import Job, enqueue
from evalsvc.people.actor import SYSTEM
from evalsvc.service import Service, open_service
from evalsvc.worker import ATTEMPTS, Finish, JobKind, Work, Worker, claim


@pytest.fixture
def service(config: Config) -> Iterator[Service]:
    """The engines of a worker."""
    service = open_service(config)
    yield service
    service.database.close()


def wish(database: Database, kind: str = "trial", **arguments: object) -> str:
    with database.transaction() as session:
        return enqueue(session, SYSTEM, kind, "subject", arguments)


def state(database: Database, job: str) -> jobs.JobStatus:
    with database.reading() as session:
        return jobs.status(session, job)


def make_due(database: Database) -> None:
    with database.transaction() as session:
        for job in session.scalars(select(Job).where(Job.ended_at.is_(None))):
            job.due_at = now() - timedelta(seconds=1)


def kind(run: Callable[[Work], Finish | None]) -> JobKind:
    return JobKind("trial", run)


def test_a_job_is_done_and_its_effect_stands_in_the_same_commit(service: Service, database: Database) -> None:
    def run(work: Work) -> Finish:
        work.report(1, 2)
        assert state(database, work.id).done_steps == 1

        def finish(session: Session) -> None:
            audit.record(session, work.actor, "trial.done", work.subject, dict(work.arguments))

        return finish

    job = wish(database, number=7)
    assert Worker(service, [kind(run)]).run_due() == 1
    done = state(database, job)
    assert (done.state, done.done_steps, done.all_steps) == (jobs.DONE, 1, 2)
    assert done.ended_at is not None
    with database.reading() as session:
        assert session.scalars(select(audit.AuditRow)).one().details == {"number": 7}
        assert [each.id for each in jobs.of_subject(session, "subject")] == [job]


def test_a_wish_whose_transaction_fails_is_no_job(service: Service, database: Database) -> None:
    with pytest.raises(RuntimeError), database.transaction() as session:
        enqueue(session, SYSTEM, "trial", "subject")
        raise RuntimeError
    assert Worker(service, []).run_due() == 0
    with pytest.raises(NotFoundError), database.reading() as session:
        jobs.status(session, "nowhere")


def test_refused_work_fails_at_once_with_its_code(service: Service, database: Database) -> None:
    def run(_work: Work) -> None:
        raise InvalidError("people.token_days", maximum=366, odd={1, 2})

    job = wish(database)
    Worker(service, [kind(run)]).run_due()
    failed = state(database, job)
    assert (failed.state, failed.failure_code, failed.failure_details["maximum"]) == (
        jobs.FAILED,
        "people.token_days",
        366,
    )


def test_refused_work_keeps_the_first_complaints_and_counts_the_others(service: Service, database: Database) -> None:
    problems = [jobs.KeptComplaint("results.no_disposition", {"unit": str(n), "odd": {n}}) for n in range(300)]

    def run(_work: Work) -> None:
        raise InvalidError("results.refused", problems, count=300)

    job = wish(database)
    Worker(service, [kind(run)]).run_due()
    failed = state(database, job)
    assert (len(failed.complaints), failed.complaints_left_out) == (200, 100)
    assert failed.complaints[7] == jobs.KeptComplaint("results.no_disposition", {"unit": "7", "odd": "{7}"})
    assert failed.failure_details == {"count": 300}


def test_an_unknown_kind_fails_with_its_name(service: Service, database: Database) -> None:
    job = wish(database, kind="from a newer version")
    Worker(service, []).run_due()
    assert state(database, job).failure_details == {"kind": "from a newer version"}


def test_the_unforeseen_waits_longer_each_time_and_gives_up(
    service: Service, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    waits = []

    def run(_work: Work) -> None:
        raise RuntimeError("secret words")

    job, worker = wish(database), Worker(service, [kind(run)])
    for _ in range(ATTEMPTS):
        make_due(database)
        assert worker.run_due() == 1
        with database.reading() as session:
            waits.append((session.get_one(Job, job).due_at - now()).total_seconds())
    assert worker.run_due() == 0
    assert all(later > 3 * earlier for earlier, later in itertools.pairwise(waits[:-1]))
    failed = state(database, job)
    assert (failed.state, failed.failure_code) == (jobs.FAILED, "job.unexpected")
    assert "secret words" not in str(failed.failure_details)
    assert "secret words" in caplog.text


def test_a_failing_last_step_undoes_the_done_mark(service: Service, database: Database) -> None:
    def run(_work: Work) -> Finish:
        def finish(session: Session) -> None:
            audit.record(session, "system", "trial.half", "subject")
            raise RuntimeError

        return finish

    job = wish(database)
    Worker(service, [kind(run)]).run_due()
    assert state(database, job).state == jobs.WAITING
    with database.reading() as session:
        assert audit.verify(session).rows == 0


def test_a_job_whose_worker_died_is_taken_again(service: Service, database: Database) -> None:
    job = wish(database)
    assert claim(service) is not None
    assert claim(service) is None, "the lease holds"
    make_due(database)
    assert Worker(service, [kind(lambda _work: None)]).run_due() == 1
    assert state(database, job).state == jobs.DONE


def test_a_job_that_ends_its_workers_is_given_up(service: Service, database: Database) -> None:
    job = wish(database)
    for _ in range(ATTEMPTS):
        assert claim(service) is not None
        make_due(database)
    assert Worker(service, [kind(lambda _work: None)]).run_due() == 0
    given_up = state(database, job)
    assert (given_up.state, given_up.failure_code) == (jobs.FAILED, "job.unexpected")
    assert given_up.failure_details == {"attempts": ATTEMPTS}
    assert given_up.ended_at is not None


def test_a_job_that_is_given_up_keeps_no_other_waiting(service: Service, database: Database) -> None:
    wish(database)
    for _ in range(ATTEMPTS):
        claim(service)
        make_due(database)
    other = wish(database)
    assert Worker(service, [kind(lambda _work: None)]).run_due() == 1
    assert state(database, other).state == jobs.DONE


def test_a_failure_with_a_number_that_is_none_ends_the_job(service: Service, database: Database) -> None:
    def run(_work: Work) -> None:
        raise InvalidError("people.token_days", maximum=float("nan"), minimum=float("-inf"))

    job = wish(database)
    Worker(service, [kind(run)]).run_due()
    assert state(database, job).failure_details == {"maximum": "nan", "minimum": "-inf"}


def test_a_worker_that_slept_through_its_lease_changes_nothing(service: Service, database: Database) -> None:
    effects: list[str] = []

    def run(work: Work) -> Finish:
        if work.claim == 1:
            make_due(database)
            Worker(service, [kind(run)]).run_due()
            work.report(9, 9)
        return lambda _session: effects.append(f"claim {work.claim}")

    job = wish(database)
    Worker(service, [kind(run)]).run_due()
    assert effects == ["claim 2"]
    assert state(database, job).done_steps == 0


def test_the_lease_is_renewed_while_the_work_goes_on(
    service: Service, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_module, "LEASE", timedelta(seconds=0.4))

    def run(work: Work) -> None:
        threading.Event().wait(0.9)
        with database.reading() as session:
            assert session.get_one(Job, work.id).due_at > now()

    job = wish(database)
    Worker(service, [kind(run)]).run_due()
    assert state(database, job).state == jobs.DONE


def test_many_workers_do_each_job_once(service: Service, database: Database) -> None:
    wanted, done, lock = 12, [], threading.Lock()

    def run(work: Work) -> None:
        with lock:
            done.append(work.arguments["number"])

    for number in range(wanted):
        wish(database, number=number)
    workers = [threading.Thread(target=Worker(service, [kind(run)]).run_due) for _ in range(4)]
    for thread in workers:
        thread.start()
    for thread in workers:
        thread.join()
    # A worker that met only locked rows may have stopped early; what is left is done by the next look.
    Worker(service, [kind(run)]).run_due()
    assert sorted(done) == list(range(wanted))


def test_the_thread_takes_jobs_and_stops(service: Service, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_module, "IDLE_SECONDS", 0.02)
    finished = threading.Event()

    def run(_work: Work) -> Finish:
        return lambda _session: finished.set()

    worker = Worker(service, [kind(run)])
    worker.start()
    job = wish(database)
    assert finished.wait(10)
    worker.stop()
    assert state(database, job).state == jobs.DONE
    left = wish(database)
    threading.Event().wait(0.1)
    assert state(database, left).state == jobs.WAITING


def test_the_thread_outlives_a_database_that_is_away(
    service: Service, database: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(worker_module, "IDLE_SECONDS", 0.02)
    real, away, finished = worker_module.claim, threading.Event(), threading.Event()

    def sometimes(given: Service) -> tuple[str, Work] | None:
        if not away.is_set():
            away.set()
            raise OSError("the server closed the connection")
        return real(given)

    monkeypatch.setattr(worker_module, "claim", sometimes)
    wish(database)
    worker = Worker(service, [kind(lambda _work: lambda _session: finished.set())])
    worker.start()
    assert finished.wait(10)
    worker.stop()
    assert "could not take a job" in caplog.text


def test_the_thread_looks_again_and_again_although_one_look_fails(
    service: Service, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(worker_module, "IDLE_SECONDS", 0.01)
    monkeypatch.setattr(worker_module, "REGULAR_SECONDS", 0.02)
    looked = threading.Semaphore(0)

    def fail(_service: Service) -> None:
        raise OSError("not now")

    worker = Worker(service, [], [fail, lambda given: looked.release() if given is service else None])
    worker.start()
    assert all(looked.acquire(timeout=10) for _ in range(3))
    worker.stop()
    assert "could not look after fail" in caplog.text
