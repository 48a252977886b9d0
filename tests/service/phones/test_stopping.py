"""A server that is ended in order while phones send: what it took in it has acknowledged, and nothing else."""

import time

from sqlalchemy import select

from benchmarks.intake_fieldwork import prepare
from benchmarks.intake_kill import Machine
from benchmarks.intake_kill_client import Senders, errands
from evalsvc.config import Config, read_config
from evalsvc.demonstration.server import free_port, settings_of
from evalsvc.interviews.models import Interview
from evalsvc.service import running as running_service

INTERVIEWS = 240


def rows(config: Config) -> set[str]:
    with running_service(config) as service, service.database.reading() as session:
        return set(session.scalars(select(Interview.instance_id)))


def test_every_request_under_way_is_answered_before_the_server_ends(tmp_path):
    port = free_port()
    settings = settings_of(tmp_path, f"http://127.0.0.1:{port}")
    config = read_config(settings)
    prepared = prepare(config, 4, INTERVIEWS // 4)
    machine = Machine(tmp_path, port, settings, None)
    try:
        senders = Senders(machine.server.url, errands(prepared), 8)
        senders.start()
        while len(senders.course.acknowledged) < INTERVIEWS // 4:
            time.sleep(0.005)
        assert machine.end() == 0
        time.sleep(1)  # the senders read what was still answered
        assert 0 < len(senders.course.acknowledged) < INTERVIEWS
        assert rows(config) == senders.course.acknowledged
        machine.begin()
        while senders.busy:
            time.sleep(0.1)
    finally:
        machine.close()
    assert len(rows(config)) == len(senders.course.acknowledged) == INTERVIEWS
    assert (senders.course.refused, senders.course.faults) == ([], 0)
