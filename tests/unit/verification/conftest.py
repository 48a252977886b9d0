"""A signed report with its bundle, made once by the pure functions."""

import pytest

from evalsvc.verification.run import read_report
from tests import small_world


@pytest.fixture(scope="session")
def issued(tmp_path_factory):
    """The report and the files of its bundle."""
    return small_world.issue(small_world.make_world(tmp_path_factory.mktemp("world")))


@pytest.fixture(scope="session")
def report(issued):
    """The report after its own steps, which no change of the bundle touches."""
    return read_report(issued.pdf)
