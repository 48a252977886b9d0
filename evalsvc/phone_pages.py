"""Serve the enumerator's application below /app/, as client.sh built it; its data come by the routes of devices."""

from collections.abc import Mapping
from pathlib import Path, PurePosixPath

import flask
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from evalsvc.access import public
from evalsvc.errors import NotFoundError

blueprint = flask.Blueprint("phone", __name__)

ROOT = "/app/"
FOLDER = Path(__file__).parent / "static" / "app"
FIRST_PAGE = "index.html"
NAMED_BY_CONTENTS = "assets/"
"""Files below it have the hash of their contents in their names, so a browser need never ask for one again."""
PACKED: Mapping[str, str] = {"br": ".br", "gzip": ".gz"}
"""Encodings that the build packed files in beside the plain ones, the smallest first, and how those names end."""
KINDS: Mapping[str, str] = {
    ".css": "text/css",
    ".html": "text/html",
    ".js": "text/javascript",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
}
"""Browsers refuse a script or a manifest of another kind; what a system's own tables say differs."""
HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' blob: data:; "
        "media-src 'self' blob:; font-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; "
        "form-action 'none'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "Permissions-Policy": "camera=(self), geolocation=(self), microphone=(self)",
}
"""What the application may do that no other page may: photos, sounds, positions, and form engines in WebAssembly."""


@blueprint.get(ROOT)
@blueprint.get(f"{ROOT}<path:path>")
@public
def application(path: str = FIRST_PAGE) -> ResponseReturnValue:
    """Send a file of the application, packed where the browser takes it so."""
    if not (FOLDER / FIRST_PAGE).is_file():
        raise NotFoundError("phone_pages.not_built")
    response = _smallest(path)
    response.headers.update(HEADERS)
    # The first page, the worker and the manifest are asked for each time, and answered 304 while they are the same.
    response.headers["Cache-Control"] = (
        "public, max-age=31536000, immutable" if path.startswith(NAMED_BY_CONTENTS) else "no-cache"
    )
    response.vary.add("Accept-Encoding")
    return response


def _smallest(path: str) -> flask.Response:
    """Find the smallest form of a file that the browser takes."""
    for encoding, ending in PACKED.items():
        if flask.request.accept_encodings.quality(encoding) > 0:
            try:
                response = _file(path, ending)
            except NotFound:
                continue
            response.headers["Content-Encoding"] = encoding
            return response
    return _file(path)


def _file(path: str, ending: str = "") -> flask.Response:
    kind = KINDS.get(PurePosixPath(path).suffix, "application/octet-stream")
    return flask.send_from_directory(FOLDER, path + ending, mimetype=kind)
