"""Two real processes of one server: what one gave out the other takes, and what one took the other does not."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from evalsvc.people.actor import SYSTEM
from evalsvc.people.device_accounts import make_account
from tests.openrosa_client.connection import Connection
from tests.openrosa_client.digest import Account, Signer
from tests.service.phones.conftest import Running, on_postgresql


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, postgresql_server: str) -> Iterator[Running]:
    """A server of two processes."""
    yield from on_postgresql(tmp_path_factory.mktemp("served"), postgresql_server, ("--processes", "2"))


def processes_of(server: Running) -> list[int]:
    """Return the processes that serve: the children of the one that was started."""
    for _ in range(100):
        found = Path(f"/proc/{server.process}/task/{server.process}/children").read_text(encoding="ascii").split()
        if len(found) == 2:
            return [int(each) for each in found]
        time.sleep(0.1)
    raise AssertionError(found)


@contextmanager
def halted(process: int) -> Iterator[None]:
    """Stop a process, so that the other one answers."""
    os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(process, signal.SIGCONT)


def test_a_nonce_serves_with_every_process_and_each_use_with_one(server, database, config, field):
    with database.transaction() as session:
        person = field.enumerators[0].id
        made = make_account(session, SYSTEM, person, label="一号", days=1, key=config.secret_key)
    signer, path = Signer(Account(made.username, made.password)), f"/v1/evaluations/{field.evaluation.code}/formList"
    first, second = processes_of(server)

    def ask(header: str = ""):
        with Connection(server.url) as nobody:
            headers = {"Authorization": header} if header else {}
            return nobody.request("GET", f"{server.url}{path}", headers=headers)

    with halted(first):
        assert signer.take(ask().challenges, again=False)
        heard = signer.header("GET", path)
        assert ask(heard).status == 200
    with halted(second):
        again = ask(heard)
        assert (again.status, all("stale=true" in each for each in again.challenges)) == (401, True)
        following = signer.header("GET", path)
        assert ask(following).status == 200
    with halted(first):
        assert ask(following).status == 401
        assert ask(signer.header("GET", path)).status == 200
