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
from evalsvc.errors import InvalidError
from evalsvc.time_stamps.token import read_certificates
from reports.errors import ReportError

if TYPE_CHECKING:
    from reports.keys import Signer
    from reports.signing.holder import KeyHolder

DEMO_FOLDER, DEMO_FILE = "signing", "demo-key.p12"
KEY_SETTING, PASSPHRASE_SETTING = f"{PREFIX}SIGNING_KEY", f"{PREFIX}SIGNING_PASSPHRASE_FILE"
TOKEN_SETTING, PIN_SETTING = f"{PREFIX}SIGNING_TOKEN", f"{PREFIX}SIGNING_TOKEN_PIN_FILE"
ABOVE_SETTING = f"{PREFIX}SIGNING_TOKEN_CERTIFICATES"
SERVICE_SETTING, BEARER_SETTING = f"{PREFIX}SIGNING_SERVICE_URL", f"{PREFIX}SIGNING_SERVICE_TOKEN_FILE"


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
    return _demo_signer(config.store_directory.parent / DEMO_FOLDER / DEMO_FILE, institute, _passphrase(config), at)


def sample_signer(config: Config, name: str, person_id: str, at: datetime) -> "Signer":
    """Return the demo key of a person, where the service signs with demo keys; it says of itself that it binds nobody.

    Raises
    ------
    InvalidError
        ``edition.own_key_needed``: where the institute has a key of its own, so has everybody who signs
    """
    if config.has_signing_key:
        raise InvalidError("edition.own_key_needed")
    passphrase = _passphrase(config)
    folder = config.store_directory.parent / DEMO_FOLDER
    return _demo_signer(folder / f"demo-{person_id}.p12", name, passphrase, at)


def institute_signer(config: Config, at: datetime) -> "Signer | None":
    """Return the key that the settings name, if they name one; called at start too, so that it is known to work.

    Raises
    ------
    ConfigurationError
        ``config.signing_file`` (cannot be read), ``config.signing_file_open`` (others may read it),
        ``config.signing_key_unusable`` (not PKCS#12, another passphrase, a chain with gaps),
        ``config.signing_key_expired``, ``config.signing_key_not_yet``; ``config.signing_secret`` (no PIN or token in
        its file), ``config.signing_certificates``; of a token and a service what `reports.signing.token` and
        `evalsvc.editions.remote_key` say
    """
    if not config.has_signing_key:
        return None
    name, place = _named(config)
    try:
        signer = _read(config)
    except ReportError as error:
        if config.signing_key is None:  # the token and the service say themselves what is wrong
            raise ConfigurationError(error.code, **error.details) from error
        raise ConfigurationError("config.signing_key_unusable", file=place, name=name) from error
    _require_valid(signer, name, place, at)
    return signer


def _named(config: Config) -> tuple[str, str]:
    """Return the setting that names the key, and what it says."""
    if config.signing_key is not None:
        return KEY_SETTING, str(config.signing_key)
    if config.signing_token is not None:
        return TOKEN_SETTING, config.signing_token
    return SERVICE_SETTING, str(config.signing_service_url)


def _read(config: Config) -> "Signer":
    from reports.keys import read_signer  # noqa: PLC0415 (loads pyHanko)
    from reports.signing.holder import held_signer  # noqa: PLC0415

    if config.signing_key is not None:
        data, secret = _private(config.signing_key, KEY_SETTING), None
        if config.signing_passphrase_file is not None:
            secret = _private(config.signing_passphrase_file, PASSPHRASE_SETTING).rstrip(b"\r\n")
        return read_signer(data, secret)
    return held_signer(_token(config) if config.signing_token_module is not None else _service(config))


def _token(config: Config) -> "KeyHolder":
    from reports.signing.token import TokenKey  # noqa: PLC0415 (loads pyHanko)

    assert config.signing_token_module and config.signing_token and config.signing_token_pin_file  # noqa: S101 (as Config sees to)
    pin = _secret(config.signing_token_pin_file, PIN_SETTING)
    above = []
    for path in config.signing_token_certificates:
        try:
            above += [each.dump() for each in read_certificates(_read_file(path, ABOVE_SETTING), path.name)]
        except InvalidError as error:
            raise ConfigurationError("config.signing_certificates", file=str(path), name=ABOVE_SETTING) from error
    return TokenKey(config.signing_token_module, config.signing_token, pin, config.signing_token_key, tuple(above))


def _service(config: Config) -> "KeyHolder":
    from evalsvc.editions.remote_key import RemoteKey  # noqa: PLC0415 (loads TLS)

    assert config.signing_service_url and config.signing_service_token_file  # noqa: S101 (as Config sees to)
    bearer = _secret(config.signing_service_token_file, BEARER_SETTING)
    return RemoteKey(config.signing_service_url, bearer, config.signing_service_authority)


def _secret(path: Path, name: str) -> str:
    """Read a PIN or a token, one line of plain signs."""
    try:
        secret = _private(path, name).rstrip(b"\r\n").decode("ascii")
    except UnicodeDecodeError:
        secret = ""
    if not secret or not secret.isprintable():
        raise ConfigurationError("config.signing_secret", file=str(path), name=name)
    return secret


def _passphrase(config: Config) -> bytes:
    """Derive what opens the demo keys from the service's secret."""
    return hmac.new(config.secret_key.encode(), b"demo signing key", hashlib.sha256).hexdigest().encode()


def _private(path: Path, name: str) -> bytes:
    """Read a file that nobody else may read."""
    data = _read_file(path, name)
    if path.stat().st_mode & 0o077:
        raise ConfigurationError("config.signing_file_open", file=str(path), name=name)
    return data


def _read_file(path: Path, name: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigurationError(
            "config.signing_file", file=str(path), name=name, problem=error.strerror or ""
        ) from error


def _require_valid(signer: "Signer", name: str, place: str, at: datetime) -> None:
    certificate = signer.certificate
    if at > certificate.not_valid_after:
        until = certificate.not_valid_after.date().isoformat()
        raise ConfigurationError("config.signing_key_expired", file=place, name=name, until=until)
    if at < certificate.not_valid_before:
        since = certificate.not_valid_before.date().isoformat()
        raise ConfigurationError("config.signing_key_not_yet", file=place, name=name, since=since)


def _demo_signer(path: Path, institute: str, passphrase: bytes, at: datetime) -> "Signer":
    """Return the demo key, made at the first call; of two processes that make one, both use the first."""
    from reports.keys import make_demo_key, read_signer  # noqa: PLC0415 (loads pyHanko)

    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with suppress(FileExistsError):
            write_new(path, make_demo_key(institute, passphrase, at), private=True)
    return read_signer(path.read_bytes(), passphrase)
