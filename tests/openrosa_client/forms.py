"""Forms and their files: listed, loaded, and compared with the hashes of the lists."""

import hashlib
from dataclasses import dataclass
from urllib.parse import urlencode

from tests.openrosa_client import documents
from tests.openrosa_client.connection import Answer, Connection
from tests.openrosa_client.documents import ListedForm


@dataclass(frozen=True)
class LoadedForm:
    """A form with its files."""

    listed: ListedForm
    xform: bytes
    files: dict[str, bytes]


class DownloadError(Exception):
    """Raise when what came is not what was listed, or did not come at all."""


def list_forms(connection: Connection, **asked: str) -> list[ListedForm]:
    """Ask for the form list."""
    query = f"?{urlencode(asked)}" if asked else ""
    return documents.form_list(_xml(connection, f"{connection.server}/formList{query}").content)


def load_form(connection: Connection, listed: ListedForm) -> LoadedForm:
    """Load a form, its manifest and every file of it."""
    xform = _xml(connection, listed.download_url).content
    _compare(listed.hash, xform, listed.form_id)
    files: dict[str, bytes] = {}
    if listed.manifest_url is not None:
        for file in documents.manifest(_xml(connection, listed.manifest_url).content):
            content = _got(connection, file.download_url).content
            _compare(file.hash, content, file.filename)
            files[file.filename] = content
    return LoadedForm(listed, xform, files)


def _xml(connection: Connection, url: str) -> Answer:
    answer = _got(connection, url)
    if "text/xml" not in answer.headers.get("content-type", ""):
        raise DownloadError(f"{url} is no XML: a network's sign-in page?")
    if answer.headers.get("x-openrosa-version") != "1.0":
        raise DownloadError(f"{url} does not speak OpenRosa 1.0")
    return answer


def _got(connection: Connection, url: str) -> Answer:
    answer = connection.request("GET", url)
    if answer.status != 200:
        raise DownloadError(f"{answer.status} {documents.message(answer.content)}")
    return answer


def _compare(listed: str, content: bytes, name: str) -> None:
    if listed != f"md5:{hashlib.md5(content, usedforsecurity=False).hexdigest()}":
        raise DownloadError(f"{name} is not what was listed")
