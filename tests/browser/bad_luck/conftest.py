"""One service with its fieldwork for all bad luck; each test has phones and a household of its own."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext

from benchmarks.phone_stage import Stage, phone, set_stage
from tests.browser.bad_luck.day import Day

HOUSEHOLDS = 24


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with set_stage(HOUSEHOLDS) as stage:
        yield stage


@pytest.fixture(scope="module")
def units(stage: Stage) -> Iterator[str]:
    """Households of the first enumerator that no test has visited."""
    return iter(stage.world.enumerators[0].units)


@pytest.fixture
def context(stage: Stage) -> Iterator[BrowserContext]:
    with phone(stage) as context:
        yield context


@pytest.fixture
def day(stage: Stage, context: BrowserContext, units: Iterator[str]) -> Day:
    """The first enumerator, signed in on a new phone, and a household to visit."""
    return Day.begun(stage, context, next(units))
