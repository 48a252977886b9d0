"""Send a file of the store to a browser or a program."""

from pathlib import Path

import flask
from flask.typing import ResponseReturnValue

from evalsvc import web

SHOWN_IN_PAGES = frozenset({"image/png", "image/jpeg", "image/webp", "image/gif"})
"""Types that a browser may show; everything else is a download."""
OF_THE_SERVICE = frozenset({"application/pdf", "application/zip"})
"""Types of downloads that the service itself has made; another's may be anything."""


def send_stored(sha256: str, name: str, content_type: str = "application/octet-stream") -> ResponseReturnValue:
    """Send a stored file under a name; what somebody uploaded runs nowhere, whatever its type says."""
    named = content_type in SHOWN_IN_PAGES | OF_THE_SERVICE
    return flask.send_file(
        web.store().path(sha256),
        mimetype=content_type if named else "application/octet-stream",
        as_attachment=content_type not in SHOWN_IN_PAGES,
        download_name=name,
        etag=False,
        conditional=False,
    )


def send_made(path: Path, name: str, content_type: str) -> ResponseReturnValue:
    """Send a file that the service made and keeps for a while, under a name; it is read piece by piece."""
    return flask.send_file(path, mimetype=content_type, as_attachment=True, download_name=name, etag=False)
