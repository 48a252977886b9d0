"""The time-stamping authority that the settings name, and the certificates that they trust."""

from asn1crypto.x509 import Certificate

from evalsvc.config import Config, ConfigurationError
from evalsvc.errors import InvalidError
from evalsvc.time_stamps.authority import Authority
from evalsvc.time_stamps.token import read_certificates


def authority_of(config: Config) -> Authority | None:
    """Return the authority that stamps commitments; None where none is set.

    Raises
    ------
    ConfigurationError
        As `trusted_of` does.
    """
    if config.time_stamp_url is None:
        return None
    return Authority(config.time_stamp_url, trusted_of(config), config.time_stamp_seconds)


def trusted_of(config: Config) -> tuple[Certificate, ...] | None:
    """Read the trusted certificates; None where none are set.

    Raises
    ------
    ConfigurationError
        ``config.time_stamp_certificate``
    """
    found: list[Certificate] = []
    for path in config.time_stamp_certificates:
        try:
            found += read_certificates(path.read_bytes(), path.name)
        except (OSError, InvalidError) as error:
            raise ConfigurationError("config.time_stamp_certificate", path=str(path)) from error
    return tuple(found) or None
