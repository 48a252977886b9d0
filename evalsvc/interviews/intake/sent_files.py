"""The files of interviews: those that came with a version, in later parts, and those taken over from one before."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Connection

from evalsvc.db import now
from evalsvc.errors import ConflictError
from evalsvc.instruments.definitions import definition_of
from evalsvc.interviews.intake import statements
from evalsvc.interviews.intake.versions import Version, version_after, version_before
from evalsvc.interviews.values import SentFile, Submission
from evalsvc.store import Store
from forms.files import named_files
from forms.instance import parse_instance

KeptFile = tuple[SentFile, str]
"""A file with its store key."""


def put_down(connection: Connection, files: Sequence[tuple[str, KeptFile]]) -> None:
    """Name the files that came with new interviews."""
    if files:
        connection.execute(statements.NEW_FILES, [_row(interview_id, *each) for interview_id, each in files])


def refuse_others(connection: Connection, version: Version, submission: Submission) -> None:
    """Refuse files that would replace what came with a version; what it took over may be replaced.

    Raises
    ------
    ConflictError
        ``interview.other_file``
    """
    there, before = _hashes(connection, version), None
    for file in submission.files:
        if there.get(file.name, file.sha256) == file.sha256:
            continue
        before = _hashes(connection, version_before(connection, version)) if before is None else before
        if before.get(file.name) != there[file.name]:
            raise ConflictError("interview.other_file", instance_id=submission.instance_id, name=file.name)


def add(connection: Connection, store: Store, version: Version, files: Sequence[KeptFile]) -> int:
    """Name the files that a later part brought, and pass them on to corrections; return how many there were.

    The caller holds the version, and has refused files that it has with other contents.
    """
    there, added = _hashes(connection, version), 0
    for file, sha256 in files:
        if there.get(file.name) == sha256:
            continue
        row = _row(version.id, file, sha256)
        if file.name in there:
            of = {"of_interview": row.pop("interview_id"), "of_name": row.pop("name")}
            connection.execute(statements.OTHER_CONTENT, {**of, **row})
        else:
            connection.execute(statements.NEW_FILES, row)
            _pass_on(connection, store, version, row)
        added += 1
    return added


def take_over(connection: Connection, before: str, after: str, names: Collection[str]) -> None:
    """Name files of one version in the one that replaced it."""
    if not names:
        return
    rows = connection.execute(statements.ALL_OF_FILES, {"interview_id": before}).mappings()
    taken = [{**row, "interview_id": after} for row in rows if row["name"] in names]
    if taken:
        connection.execute(statements.NEW_FILES, taken)


def _pass_on(connection: Connection, store: Store, version: Version, row: dict[str, Any]) -> None:
    """Name a file that came late in the corrections that came before it, as far as they name and lack it."""
    following = version_after(connection, version)
    while following is not None and row["name"] in _named(store, following):
        statement = statements.missing_file(connection.dialect.name)
        if connection.scalar(statement, {**row, "interview_id": following.id}) is None:
            return
        following = version_after(connection, following)


def _named(store: Store, version: Version) -> set[str]:
    instance = parse_instance(store.get(version.sha256))
    return {each.filename for each in named_files(definition_of(store, version.xform_sha256), instance)}


def _hashes(connection: Connection, version: Version | None) -> dict[str, str]:
    if version is None:
        return {}
    rows = connection.execute(statements.FILES, {"interview_id": version.id})
    return {row.name: row.sha256 for row in rows}


def _row(interview_id: str, file: SentFile, sha256: str) -> dict[str, Any]:
    return {
        "interview_id": interview_id,
        "name": file.name,
        "sha256": sha256,
        "size": len(file.content),
        "content_type": file.content_type,
        "received_at": now(),
    }
