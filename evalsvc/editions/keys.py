"""The key with which the service signs: the institute's own in the data folder, else a demo key that says it is one."""

import hashlib
import hmac
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from evalsvc.config import Config
from evalsvc.durable import write_new
from evalsvc.errors import ConflictError
from reports.keys import Signer, make_demo_key, read_signer

FOLDER = "signing"
KEY_FILE, DEMO_FILE = "key.p12", "demo-key.p12"
PASSPHRASE_FILE = "passphrase"  # noqa: S105 - the name of a file


def service_signer(config: Config, institute: str, at: datetime) -> Signer:
    """Return the service's signing key.

    `signing/key.p12` beside the file store is the institute's key, `signing/passphrase` its passphrase. Without a key a
    demo key is made there; its certificate and its seal say that it binds nobody.

    Raises
    ------
    ConflictError
        ``edition.key_unprotected`` when others on the machine may read the key.
    """
    folder = config.store_directory.parent / FOLDER
    path = folder / KEY_FILE
    if not path.exists():
        passphrase = hmac.new(config.secret_key.encode(), b"demo signing key", hashlib.sha256).hexdigest().encode()
        return _demo_signer(folder / DEMO_FILE, institute, passphrase, at)
    for each in (path, folder / PASSPHRASE_FILE):
        _require_closed(each)
    return read_signer(path.read_bytes(), _passphrase(folder / PASSPHRASE_FILE))


def _demo_signer(path: Path, institute: str, passphrase: bytes, at: datetime) -> Signer:
    """Return the demo key, made at the first call; of two processes that make one, both use the first."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with suppress(FileExistsError):
            write_new(path, make_demo_key(institute, passphrase, at), private=True)
    return read_signer(path.read_bytes(), passphrase)


def _passphrase(path: Path) -> bytes | None:
    return path.read_text(encoding="utf-8").rstrip("\r\n").encode("utf-8") if path.exists() else None


def _require_closed(path: Path) -> None:
    if path.exists() and path.stat().st_mode & 0o077:
        raise ConflictError("edition.key_unprotected", file=path.name)
