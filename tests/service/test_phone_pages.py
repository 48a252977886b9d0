"""The enumerator's application as it is served: kinds, packing, how long browsers keep what, and what it may do."""

import gzip
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from evalsvc import phone_pages
from evalsvc.app import CONTENT_SECURITY_POLICY
from tests.service.conftest import Field, Somebody

SCRIPT = b"const answer = 42;\n" * 100
FILES = {
    "index.html": b"<!doctype html><div id=app></div>",
    "sw.js": b"self",
    "manifest.webmanifest": b"{}",
    "mark.svg": b"<svg/>",
    "mark-192.png": b"png",
    "assets/index-1.js": SCRIPT,
    "assets/index-1.js.gz": gzip.compress(SCRIPT),
    "assets/engine-1.wasm": b"\0asm",
}


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a built application."""
    folder = tmp_path / "static_app"
    for name, contents in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(contents)
    monkeypatch.setattr(phone_pages, "FOLDER", folder)
    return folder


def get(client: FlaskClient, path: str, **headers: str) -> TestResponse:
    """Take a whole answer, so that its file is closed."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.get(path, headers=named, buffered=True)


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("", "text/html; charset=utf-8"),
        ("index.html", "text/html; charset=utf-8"),
        ("sw.js", "text/javascript; charset=utf-8"),
        ("manifest.webmanifest", "application/manifest+json"),
        ("mark.svg", "image/svg+xml; charset=utf-8"),
        ("mark-192.png", "image/png"),
    ],
)
def test_what_keeps_its_name_is_asked_for_each_time(built: Path, client: FlaskClient, path: str, kind: str) -> None:
    answer = get(client, f"/app/{path}")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, kind)
    assert answer.data == FILES[path or "index.html"]
    assert answer.headers["Cache-Control"] == "no-cache"
    again = get(client, f"/app/{path}", If_None_Match=answer.headers["ETag"])
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize(
    ("path", "kind"), [("index-1.js", "text/javascript; charset=utf-8"), ("engine-1.wasm", "application/wasm")]
)
def test_what_is_named_by_its_contents_is_kept(built: Path, client: FlaskClient, path: str, kind: str) -> None:
    answer = get(client, f"/app/assets/{path}")
    assert answer.headers["Content-Type"] == kind
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "Set-Cookie" not in answer.headers


def test_a_browser_gets_the_packed_form_that_it_takes(built: Path, client: FlaskClient) -> None:
    address = "/app/assets/index-1.js"
    plain = get(client, address)
    packed = get(client, address, Accept_Encoding="gzip, deflate, br")
    refused = get(client, address, Accept_Encoding="gzip;q=0")
    assert gzip.decompress(packed.data) == plain.data == refused.data == SCRIPT
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.headers["Content-Type"] == plain.headers["Content-Type"]
    assert plain.headers["ETag"] != packed.headers["ETag"]
    assert "Content-Encoding" not in plain.headers
    assert {answer.headers["Vary"] for answer in (plain, packed, refused)} == {"Accept-Encoding"}


def test_the_application_alone_may_use_camera_position_and_engines(built: Path, client: FlaskClient) -> None:
    here, elsewhere = get(client, "/app/").headers, get(client, "/sign-in").headers
    assert "script-src 'self' 'wasm-unsafe-eval'" in here["Content-Security-Policy"]
    assert "unsafe-inline" not in here["Content-Security-Policy"]
    assert here["Permissions-Policy"] == "camera=(self), geolocation=(self), microphone=(self)"
    assert elsewhere["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    assert elsewhere["Permissions-Policy"] == "camera=(), geolocation=(), microphone=()"
    assert here["X-Content-Type-Options"] == "nosniff"


def test_addresses_without_a_file_are_not_found(built: Path, client: FlaskClient) -> None:
    (built.parent / "secret.txt").write_text("nobody reads this", encoding="utf-8")
    for path in ("assets/index-2.js", "../secret.txt", "..%2Fsecret.txt", "assets", "tasks/1"):
        answer = get(client, f"/app/{path}")
        assert answer.status_code == 404, path
        assert b"nobody reads this" not in answer.data
    answer = get(client, "/app")
    assert (answer.status_code, answer.location) == (308, "http://localhost/app/")


def test_where_nothing_was_built_the_page_says_what_to_do(
    tmp_path: Path, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(phone_pages, "FOLDER", tmp_path / "empty")
    answer = get(client, "/app/")
    assert answer.status_code == 404
    assert "make bundle" in answer.text


def test_enumerators_find_the_application_on_their_page(client: FlaskClient, field: Field, sign_in) -> None:
    enumerator: Somebody = field.enumerators[0]
    sign_in(client, enumerator)
    assert 'href="/app/"' in client.get(f"/evaluations/{field.evaluation.code}/tasks").text
