"""Choose the engine that runs the steps of a draw by its name."""

from functools import partial
from typing import Literal

from sampling.engine import DuckDBEngine, OpenEngine
from sampling.engine_spark import SparkEngine

EngineName = Literal["duckdb", "spark"]

ENGINES: tuple[EngineName, ...] = ("duckdb", "spark")
"""The first is the default; all of them draw the same sample."""
ALL_CORES = "local[*]"
"""Spark in this process, on all its cores."""


def engine_named(name: EngineName, master: str | None = None) -> OpenEngine:
    """Give what opens an engine over a frame.

    Parameters
    ----------
    master : str, optional
        Where Spark runs; DuckDB runs in this process and asks for nothing.
    """
    return partial(SparkEngine, master=master or ALL_CORES) if name == "spark" else DuckDBEngine
