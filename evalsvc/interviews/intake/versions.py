"""The versions of interviews that a submission meets: one under its own instanceID, the one that it corrects."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Select

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


def _key(submission: Submission, instance_id: str) -> Mapping[str, str]:
    return {"evaluation_id": submission.evaluation_id, "instance_id": instance_id}


def _found(connection: Connection, query: Select[*tuple[object, ...]], wanted: Mapping[str, str]) -> Version | None:
    row = connection.execute(query, wanted).one_or_none()
    return None if row is None else Version(*row)  # type: ignore[arg-type]  # the query names the columns in this order
