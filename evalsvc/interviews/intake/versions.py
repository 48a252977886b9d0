"""What a submission meets: the version under its own instanceID, the one that it corrects, households that are open."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Select

from evalsvc.db import now
from evalsvc.interviews.intake import statements
from evalsvc.interviews.values import Submission


@dataclass(frozen=True)
class Version:
    """One version that is kept already, as far as intake asks."""

    id: str
    instance_id: str
    enumerator_id: str
    sha256: str
    complaints: int
    state: str
    about: str
    unit_id: str
    assignment_id: str | None
    root_id: str
    replaces_id: str | None
    superseded_at: datetime | None
    form_id: str
    xform_sha256: str


@dataclass(frozen=True)
class OpenHousehold:
    """One household that may be told of."""

    id: str
    enumerator_id: str | None
    form_id: str
    """The form that its assignment names."""


@dataclass(frozen=True)
class Met:
    """What stands under the instanceID of a submission, and the open households of the identifier that it tells of."""

    version: Version | None
    households: tuple[OpenHousehold, ...]


def met(connection: Connection, submission: Submission) -> Met:
    """Return what a submission meets before anything of it is kept."""
    wanted = _key(submission, submission.instance_id) | {"unit_id": submission.unit_id, "moment": now()}
    rows = connection.execute(statements.MET, wanted).all()
    *version, _assignment, _enumerator, _form = rows[0]
    households = tuple(OpenHousehold(*row[-3:]) for row in rows if row[-3] is not None)
    return Met(None if version[0] is None else Version(*version), households)


def own_version(connection: Connection, submission: Submission) -> Version | None:
    """Return what stands under the submission's own instanceID."""
    return _found(connection, statements.BY_INSTANCE, _key(submission, submission.instance_id))


def corrected_version(connection: Connection, submission: Submission) -> Version | None:
    """Return what stands under the instanceID that the submission says it corrects."""
    return _found(connection, statements.BY_INSTANCE, _key(submission, submission.deprecated_id))


def version_before(connection: Connection, version: Version) -> Version | None:
    """Return the version that one replaced."""
    return None if version.replaces_id is None else _found(connection, statements.BY_ID, {"id": version.replaces_id})


def version_after(connection: Connection, version: Version) -> Version | None:
    """Return the version that replaced one."""
    return _found(connection, statements.THAT_REPLACES, {"id": version.id})


def _key(submission: Submission, instance_id: str) -> dict[str, object]:
    return {"evaluation_id": submission.evaluation_id, "instance_id": instance_id}


def _found(connection: Connection, query: Select[*tuple[object, ...]], wanted: Mapping[str, object]) -> Version | None:
    row = connection.execute(query, wanted).one_or_none()
    return None if row is None else Version(*row)  # type: ignore[arg-type]  # the query names the columns in this order
