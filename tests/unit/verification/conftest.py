"""A signed report with its bundle, made once by the pure functions."""

import importlib.util
import sys
from pathlib import Path

import pytest

from evalsvc.verification.run import read_report

spec = importlib.util.spec_from_file_location("small_world", Path(__file__).parents[1] / "results" / "world.py")
assert spec is not None and spec.loader is not None
WORLD = importlib.util.module_from_spec(spec)
sys.modules.setdefault("small_world", WORLD)
spec.loader.exec_module(WORLD)


@pytest.fixture(scope="session")
def small_world():
    """The module that makes small evaluations."""
    return WORLD


@pytest.fixture(scope="session")
def issued(tmp_path_factory):
    """The report and the files of its bundle."""
    return WORLD.issue(WORLD.make_world(tmp_path_factory.mktemp("world")))


@pytest.fixture(scope="session")
def report(issued):
    """The report after its own steps, which no change of the bundle touches."""
    return read_report(issued.pdf)
