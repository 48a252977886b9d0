"""Run statements over the data sets of the oracle."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

from sampling.estimate import EstimateRow
from tests.oracle.survey_cases.running import last_rows

Run = Callable[[str, Mapping[str, Any], Sequence[Mapping[str, Any]]], list[EstimateRow]]


@pytest.fixture(scope="session")
def run() -> Run:
    """Load a plan over a data set and give the rows of its last statement."""
    return last_rows
