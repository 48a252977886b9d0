"""The small evaluation of this folder, made once; it is frozen, so tests share it."""

import importlib.util
import sys
from pathlib import Path

import pytest

spec = importlib.util.spec_from_file_location("small_world", Path(__file__).parent / "world.py")
assert spec is not None and spec.loader is not None
small_world = importlib.util.module_from_spec(spec)
sys.modules.setdefault("small_world", small_world)
spec.loader.exec_module(small_world)


@pytest.fixture(scope="session")
def world(tmp_path_factory):
    """The evaluation: frame, draw, interviews, cases."""
    return small_world.make_world(tmp_path_factory.mktemp("world"))


@pytest.fixture(scope="session")
def sources(world):
    """Its sources, as an outsider reads them."""
    return small_world.sources_of(world)
