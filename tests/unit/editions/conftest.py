"""The facts of a small evaluation, composed once."""

import copy
import json

import pytest

from evalsvc.editions.chapters.texts import texts_of
from tests import small_world
from tests.small_world.report import HEAD, composed


@pytest.fixture(scope="session")
def small_facts(tmp_path_factory):
    world = small_world.make_world(tmp_path_factory.mktemp("world"))
    return json.loads(json.dumps(composed(world, HEAD)[0]))


@pytest.fixture
def facts(small_facts):
    """Facts with the texts of the general report, for a test to change."""
    return {**copy.deepcopy(small_facts), "texts": texts_of("总报告", "zh").as_json()}
