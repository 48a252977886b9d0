"""The small evaluation of this folder, made once; it is frozen, so tests share it."""

import pytest

from tests import small_world


@pytest.fixture(scope="session")
def world(tmp_path_factory):
    """The evaluation: frame, draw, interviews, cases."""
    return small_world.make_world(tmp_path_factory.mktemp("world"))


@pytest.fixture(scope="session")
def sources(world):
    """Its sources, as an outsider reads them."""
    return small_world.sources_of(world)
