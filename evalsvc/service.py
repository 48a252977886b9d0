"""The running service's engines, opened once from the configuration; pages, commands and jobs all work through them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from evalsvc import (
    migrate,
    models,  # noqa: F401  (every table must be known before the first query)
)
from evalsvc.config import Config
from evalsvc.db import Database
from evalsvc.store import Store


@dataclass(frozen=True)
class Service:
    """Hold the configuration, the database and the file store of one process."""

    config: Config
    database: Database
    store: Store


@contextmanager
def running(config: Config) -> Iterator[Service]:
    """Open the engines for one command, and give every connection back at its end."""
    service = open_service(config)
    try:
        yield service
    finally:
        service.database.close()


@contextmanager
def ready(config: Config) -> Iterator[Service]:
    """Open the engines for one command that works with the tables as this version of the program knows them.

    Raises
    ------
    ConflictError
        ``database.not_current``
    """
    with running(config) as service:
        migrate.require_current(service.database.engine)
        yield service


def open_service(config: Config) -> Service:
    """Open the engines that the configuration names."""
    return Service(config, Database(config.database_url), Store(config.store_directory))
