"""A draw in the service whose households are listed later."""

import pytest

from evalsvc.draws.later.binding import bind_sent
from evalsvc.draws.later.continuing import go_on
from evalsvc.service import Service
from tests.service import later_world as world


@pytest.fixture
def service(config, database, store):
    return Service(config, database, store)


@pytest.fixture
def evaluation(make_evaluation):
    return make_evaluation()


@pytest.fixture
def lead(evaluation, make_person):
    return make_person("lead", evaluation=evaluation)


@pytest.fixture
def drawn(service, lead, evaluation, tmp_path):
    return world.draw_villages(service, lead.actor, evaluation, tmp_path)


@pytest.fixture
def villages(service, evaluation, drawn):
    return list(world.drawn_villages(service, evaluation))


@pytest.fixture
def bind(service, lead, evaluation, tmp_path):
    def work(content, **options):
        path = tmp_path / "名单.csv"
        path.write_bytes(content)
        options = {"number": 1, "sources": [path], "mapping_text": "", **options}
        return bind_sent(service, lead.actor, evaluation, **options)

    return work


@pytest.fixture
def carry_on(service, lead, evaluation):
    return lambda parents=None: go_on(service, lead.actor, evaluation, number=1, parents=parents)
