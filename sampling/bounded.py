"""Open DuckDB so that what does not fit into a fixed amount of memory is put aside in a folder."""

import os
from pathlib import Path
from typing import Any

MEMORY = "272MB"
"""Enough to sort and group any number of rows with the threads below; with Python and Arrow under 600 MiB."""
THREADS = 2
"""Each further thread holds rows of its own."""


def bounded_connection(folder: Path) -> Any:
    """Connect to an empty database in memory that spills into a folder.

    Parameters
    ----------
    folder : Path
        Must exist as long as the connection; what is put aside lies in it, and it is removed by its owner.
    """
    import duckdb  # noqa: PLC0415 (a quarter of a second, which whoever runs no steps need not wait for)

    connection = duckdb.connect(
        ":memory:",
        config={
            "memory_limit": MEMORY,
            "threads": str(min(THREADS, os.cpu_count() or 1)),
            "temp_directory": str(folder),
            "preserve_insertion_order": "false",
        },
    )
    # It would be drawn into the output of whatever program runs the steps.
    connection.execute("SET enable_progress_bar = false")
    return connection
