"""How Alembic reaches the database: by the connection it is handed, or by the configuration of the service."""

from alembic import context
from sqlalchemy import Connection

from evalsvc import models  # noqa: F401  (every table must be known)
from evalsvc.config import read_config
from evalsvc.db import Base
from evalsvc.service import open_service


def run(connection: Connection) -> None:
    """Run the migrations in one transaction; SQLite changes a table by copying it."""
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


handed = context.config.attributes.get("connection")
if handed is not None:
    run(handed)
else:
    with open_service(read_config()).database.engine.begin() as opened:
        run(opened)
