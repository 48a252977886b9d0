"""Migrations as the service sees them: upgrade, and whether the database stands at the newest revision."""

from importlib.resources import files

from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Engine

from evalsvc.db import Database
from evalsvc.errors import ConflictError
from evalsvc.program import program


def upgrade(database: Database) -> str:
    """Bring a database to the newest revision and return its name."""
    configuration = alembic_configuration()
    with database.migration() as connection:
        configuration.attributes["connection"] = connection
        command.upgrade(configuration, "head")
    return newest()


def newest() -> str:
    """Return the newest revision that this version of the program knows."""
    return str(ScriptDirectory.from_config(alembic_configuration()).get_current_head())


def current(engine: Engine) -> str | None:
    """Return the revision at which a database stands; None for an empty one."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def require_current(engine: Engine) -> None:
    """Refuse to work on a database of another version.

    Raises
    ------
    ConflictError
        ``database.not_made``, ``database.not_current``
    """
    found = current(engine)
    if found is None:
        place = engine.url.render_as_string(hide_password=True)
        raise ConflictError("database.not_made", place=place, program=program())
    if found != newest():
        raise ConflictError("database.not_current", found=found, needed=newest(), program=program())


def alembic_configuration() -> AlembicConfig:
    """Return how Alembic finds the revisions, wherever the package is installed."""
    configuration = AlembicConfig()
    configuration.set_main_option("script_location", str(files("evalsvc.migrations")).replace("%", "%%"))
    return configuration
