"""The configuration: one frozen value, read once from the environment, checked at start, handed to create_app."""

import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from evalsvc.durable import write_new
from evalsvc.errors import EvalsvcError

PREFIX = "EVALSVC_"
SMALLEST_LIMIT = 100_000
RANGES: Mapping[str, tuple[int, int]] = {
    "session_hours": (1, 168),
    "time_stamp_seconds": (1, 120),
    "trusted_proxies": (0, 5),
    "checks_at_once": (1, 16),
    "check_seconds": (1, 3600),
    "check_memory": (1_000_000_000, 1_000_000_000_000),
    "geofence_metres": (10, 1_000_000),
    "photo_pixels": (320, 10_000),
}
"""Settings that are numbers with a least and a greatest value."""
ELSEWHERE = frozenset({"administrator_password", "key_passphrase", "test_database_url"})
"""Variables with our prefix that one command or the tests read themselves."""


class ConfigurationError(EvalsvcError):
    """Raise when a setting is missing or has a value that cannot be used."""


@dataclass(frozen=True)
class Config:
    """Hold every setting of one running service."""

    secret_key: str
    """Signs cookies and CSRF tokens; at least 32 characters."""
    database_url: str
    """SQLAlchemy URL: SQLite file or PostgreSQL (postgresql+psycopg://)."""
    store_directory: Path
    """Folder of files keyed by SHA-256."""
    signing_key: Path | None = None
    """The institute's key and certificates, PKCS#12; without it reports are signed with a demo key that says so."""
    signing_passphrase_file: Path | None = None
    """File with the passphrase of that key."""
    signing_token_module: Path | None = None
    """The institute's key in a token instead: the vendor's PKCS#11 library."""
    signing_token: str | None = None
    """Label of that token."""
    signing_token_pin_file: Path | None = None
    """File with its PIN."""
    signing_token_key: str | None = None
    """Label of the key, where the token holds several."""
    signing_token_certificates: tuple[Path, ...] = ()
    """Certificates, PEM or DER, above the signer's, where the token does not hold them."""
    signing_service_url: str | None = None
    """The institute's key at a signing service instead: its address."""
    signing_service_token_file: Path | None = None
    """File with the token that the service asks for."""
    signing_service_authority: Path | None = None
    """Certificates (PEM) that vouch for the service's TLS, where the system's do not."""
    seal_picture: Path | None = None
    """The institute's own round seal, PNG or SVG; drawn from its name, unless given."""
    identity_key_file: Path | None = None
    """File with the key of identity hashes; without it no list with identity numbers is imported."""
    library_directory: Path | None = None
    """Folder of the institute's own items and forms; without it the shipped ones alone."""
    report_texts: Path | None = None
    """Folder of the institute's own texts of reports, which go before ours file by file."""
    public_url: str = "http://127.0.0.1:8000"
    """Address under which people reach the service, without a trailing slash."""
    submission_limit: int = 20_000_000
    """Largest request body of one submission, bytes."""
    upload_limit: int = 400_000_000
    """Largest request body of an upload by staff, bytes."""
    check_limit: int = 100_000_000
    """Largest request body of what anybody sends to be verified, bytes."""
    checks_at_once: int = 1
    """How many such checks one server process runs at a time; further ones are told to come back."""
    check_seconds: int = 180
    """How long one check may take, by the clock and of a processor."""
    check_memory: int = 4_000_000_000
    """How much address space one check may have, bytes; about a third of it is really used."""
    time_stamp_url: str | None = None
    """Address of a time-stamping authority (RFC 3161) for commitments; without it times are the server's own."""
    time_stamp_certificates: tuple[Path, ...] = ()
    """Certificates, PEM or DER, to which an authority's chain has to lead; without them nobody looks at that."""
    time_stamp_seconds: int = 10
    """How long an authority may take to answer."""
    session_hours: int = 12
    """Hours until a signed-in person has to sign in again."""
    geofence_metres: int = 1000
    """How far from a household's known position an interview's may lie before the application asks, metres."""
    photo_pixels: int = 1600
    """Longest side of a photo of the application where its question names none, pixels."""
    keep_exif: bool = False
    """Whether such photos keep what the camera wrote into them: time, place, make."""
    secure_cookies: bool = True
    """Send cookies over HTTPS only; off for loopback without TLS."""
    run_jobs: bool = True
    """Run a worker thread inside the server."""
    trusted_proxies: int = 0
    """Reverse proxies in front whose X-Forwarded-For and X-Forwarded-Proto are believed."""

    @property
    def has_signing_key(self) -> bool:
        """Tell whether the institute has a key of its own, in a file, a token or at a service."""
        return any((self.signing_key, self.signing_token_module, self.signing_service_url))

    def __post_init__(self) -> None:
        """Refuse values that would start a service nobody should use."""
        if len(self.secret_key) < 32:
            raise ConfigurationError("config.secret_key_short", minimum=32)
        if not self.database_url.startswith(("sqlite", "postgresql+psycopg:")):
            raise ConfigurationError("config.database_url", value=self.database_url.split(":", 1)[0])
        if not _is_web_address(self.public_url):
            raise ConfigurationError("config.public_url", value=self.public_url)
        if self.signing_passphrase_file is not None and self.signing_key is None:
            raise ConfigurationError("config.signing_passphrase_alone")
        _require_one_key(self)
        if self.time_stamp_url is not None and not _is_web_address(self.time_stamp_url, query=True):
            raise ConfigurationError("config.time_stamp_url", value=self.time_stamp_url)
        if min(self.submission_limit, self.upload_limit, self.check_limit) < SMALLEST_LIMIT:
            raise ConfigurationError("config.limit_small", minimum=SMALLEST_LIMIT)
        for name, (least, most) in RANGES.items():
            if not least <= getattr(self, name) <= most:
                raise ConfigurationError(
                    "config.value_out_of_range", name=PREFIX + name.upper(), minimum=least, maximum=most
                )


def _require_one_key(config: Config) -> None:
    """Refuse two keys of the institute, half of what a key needs, and a service that is asked in the clear."""
    token = (config.signing_token_module, config.signing_token, config.signing_token_pin_file)
    service = (config.signing_service_url, config.signing_service_token_file)
    of_token = (*token, config.signing_token_key, *config.signing_token_certificates)
    if any(each is not None for each in of_token) and None in token:
        raise ConfigurationError("config.signing_token_incomplete")
    if any(each is not None for each in (*service, config.signing_service_authority)) and None in service:
        raise ConfigurationError("config.signing_service_incomplete")
    if sum(each is not None for each in (config.signing_key, token[0], service[0])) > 1:
        raise ConfigurationError("config.signing_keys_several")
    if config.signing_service_url is not None and not _is_private_address(config.signing_service_url):
        raise ConfigurationError("config.signing_service_url", value=config.signing_service_url)


def read_config(environment: Mapping[str, str] | None = None) -> Config:
    """Read the configuration from EVALSVC_* variables; an unknown or unusable one is an error, not a shrug."""
    given = {
        name.removeprefix(PREFIX).lower(): value
        for name, value in (os.environ if environment is None else environment).items()
        if name.startswith(PREFIX)
    }
    data = Path(given.pop("data_directory", "evalsvc-data")).absolute()
    unknown = sorted(set(given) - ELSEWHERE - set(Config.__dataclass_fields__))
    if unknown:
        raise ConfigurationError("config.unknown_setting", names=", ".join(PREFIX + name.upper() for name in unknown))
    secret_key = given.get("secret_key") or _kept_secret_key(data)
    return Config(
        secret_key=secret_key,
        database_url=given.get("database_url", f"sqlite:///{data / 'evalsvc.sqlite3'}"),
        store_directory=Path(given.get("store_directory", data / "store")).absolute(),
        signing_key=_path(given, "signing_key"),
        signing_passphrase_file=_path(given, "signing_passphrase_file"),
        signing_token_module=_path(given, "signing_token_module"),
        signing_token=given.get("signing_token") or None,
        signing_token_pin_file=_path(given, "signing_token_pin_file"),
        signing_token_key=given.get("signing_token_key") or None,
        signing_token_certificates=_paths(given, "signing_token_certificates"),
        signing_service_url=given.get("signing_service_url", "").rstrip("/") or None,
        signing_service_token_file=_path(given, "signing_service_token_file"),
        signing_service_authority=_path(given, "signing_service_authority"),
        seal_picture=_path(given, "seal_picture"),
        identity_key_file=_path(given, "identity_key_file"),
        library_directory=_path(given, "library_directory"),
        report_texts=_path(given, "report_texts"),
        public_url=given.get("public_url", Config.public_url).rstrip("/"),
        submission_limit=_whole_number(given, "submission_limit", Config.submission_limit),
        upload_limit=_whole_number(given, "upload_limit", Config.upload_limit),
        check_limit=_whole_number(given, "check_limit", Config.check_limit),
        checks_at_once=_whole_number(given, "checks_at_once", Config.checks_at_once),
        check_seconds=_whole_number(given, "check_seconds", Config.check_seconds),
        check_memory=_whole_number(given, "check_memory", Config.check_memory),
        time_stamp_url=given.get("time_stamp_url") or None,
        time_stamp_certificates=_paths(given, "time_stamp_certificates"),
        time_stamp_seconds=_whole_number(given, "time_stamp_seconds", Config.time_stamp_seconds),
        session_hours=_whole_number(given, "session_hours", Config.session_hours),
        geofence_metres=_whole_number(given, "geofence_metres", Config.geofence_metres),
        photo_pixels=_whole_number(given, "photo_pixels", Config.photo_pixels),
        keep_exif=_yes_or_no(given, "keep_exif", default=False),
        secure_cookies=_yes_or_no(given, "secure_cookies", default=True),
        run_jobs=_yes_or_no(given, "run_jobs", default=True),
        trusted_proxies=_whole_number(given, "trusted_proxies", Config.trusted_proxies),
    )


def _kept_secret_key(data: Path) -> str:
    """Return the key kept beside the data, made at the first start: a restart must not sign everybody out."""
    path = data / "secret-key"
    if not path.exists():
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Two first starts agree on one key; it is on disk before any secret is encrypted under it.
        with suppress(FileExistsError):
            write_new(path, os.urandom(32).hex().encode("ascii"), private=True)
    return path.read_text(encoding="ascii").strip()


def _is_web_address(text: str, *, query: bool = False) -> bool:
    """Tell whether a text is a web address, to which a path can be added unless it may have a query."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    whole = parts.scheme in {"http", "https"} and bool(parts.hostname) and not parts.fragment
    return whole and (query or not parts.query)


def _is_private_address(text: str) -> bool:
    """Tell whether nobody between here and a web address can listen: TLS, or this very machine."""
    parts = urlsplit(text) if _is_web_address(text) else None
    return parts is not None and (parts.scheme == "https" or parts.hostname in {"127.0.0.1", "::1", "localhost"})


def _path(given: Mapping[str, str], name: str) -> Path | None:
    """Return a path; one that is empty is none."""
    return Path(given[name]).absolute() if given.get(name) else None


def _paths(given: Mapping[str, str], name: str) -> tuple[Path, ...]:
    """Return the paths of a list, which the system's separator divides."""
    return tuple(Path(each).absolute() for each in given.get(name, "").split(os.pathsep) if each)


def _whole_number(given: Mapping[str, str], name: str, default: int) -> int:
    try:
        return int(given.get(name, default))
    except ValueError:
        raise ConfigurationError("config.not_a_number", name=PREFIX + name.upper(), value=given[name]) from None


def _yes_or_no(given: Mapping[str, str], name: str, *, default: bool) -> bool:
    answers = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
    value = given.get(name)
    if value is None:
        return default
    if value.lower() not in answers:
        raise ConfigurationError("config.not_yes_or_no", name=PREFIX + name.upper(), value=value)
    return answers[value.lower()]
