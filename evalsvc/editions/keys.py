"""The key with which the service signs: the institute's own where one is set, else a demo key that says it is one.

What reads keys is loaded when one is read: it takes a second, which a server that starts need not wait for.
"""

import hashlib
import hmac
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from evalsvc.config import PREFIX, Config, ConfigurationError
from evalsvc.durable import write_new
from reports.errors import ReportError

if TYPE_CHECKING:
    from reports.keys import Signer

DEMO_FOLDER, DEMO_FILE = "signing", "demo-key.p12"
KEY_SETTING, PASSPHRASE_SETTING = f"{PREFIX}SIGNING_KEY", f"{PREFIX}SIGNING_PASSPHRASE_FILE"


def service_signer(config: Config, institute: str, at: datetime) -> "Signer":
    """Return the service's signing key.

    Without a key in the settings a demo key is made beside the store; its certificate and its seal say that it binds
    nobody.

    Raises
    ------
    ConfigurationError
        As `institute_signer`.
    """
    signer = institute_signer(config, at)
    if signer is not None:
        return signer
    passphrase = hmac.new(config.secret_key.encode(), b"demo signing key", hashlib.sha256).hexdigest().encode()
    return _demo_signer(config.store_directory.parent / DEMO_FOLDER / DEMO_FILE, institute, passphrase, at)


def institute_signer(config: Config, at: datetime) -> "Signer | None":
    """Return the key that the settings name, if they name one; called at start too, so that it is known to work.

    Raises
    ------
    ConfigurationError
        ``config.signing_file`` (cannot be read), ``config.signing_file_open`` (others may read it),
        ``config.signing_key_unusable`` (not PKCS#12, another passphrase, a chain with gaps),
        ``config.signing_key_expired``, ``config.signing_key_not_yet``
    """
    if config.signing_key is None:
        return None
    from reports.keys import read_signer  # noqa: PLC0415 (loads pyHanko)

    data = _private(config.signing_key, KEY_SETTING)
    passphrase = None
    if config.signing_passphrase_file is not None:
        passphrase = _private(config.signing_passphrase_file, PASSPHRASE_SETTING).rstrip(b"\r\n")
    try:
        signer = read_signer(data, passphrase)
    except ReportError as error:
        raise ConfigurationError(
            "config.signing_key_unusable", file=str(config.signing_key), name=KEY_SETTING
        ) from error
    _require_valid(signer, config.signing_key, at)
    return signer


def _private(path: Path, name: str) -> bytes:
    """Read a file that nobody else may read."""
    try:
        if path.stat().st_mode & 0o077:
            raise ConfigurationError("config.signing_file_open", file=str(path), name=name)
        return path.read_bytes()
    except OSError as error:
        raise ConfigurationError(
            "config.signing_file", file=str(path), name=name, problem=error.strerror or ""
        ) from error


def _require_valid(signer: "Signer", path: Path, at: datetime) -> None:
    certificate = signer.key.signing_cert
    if certificate is None or at > certificate.not_valid_after:
        until = None if certificate is None else certificate.not_valid_after.date().isoformat()
        raise ConfigurationError("config.signing_key_expired", file=str(path), name=KEY_SETTING, until=until)
    if at < certificate.not_valid_before:
        since = certificate.not_valid_before.date().isoformat()
        raise ConfigurationError("config.signing_key_not_yet", file=str(path), name=KEY_SETTING, since=since)


def _demo_signer(path: Path, institute: str, passphrase: bytes, at: datetime) -> "Signer":
    """Return the demo key, made at the first call; of two processes that make one, both use the first."""
    from reports.keys import make_demo_key, read_signer  # noqa: PLC0415 (loads pyHanko)

    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with suppress(FileExistsError):
            write_new(path, make_demo_key(institute, passphrase, at), private=True)
    return read_signer(path.read_bytes(), passphrase)
