"""The key of identity hashes, from the file that the settings or the command line name."""

from pathlib import Path

from evalsvc.config import Config, ConfigurationError
from sampling.errors import SamplingError
from sampling.identity import IdentityKey, identity_key

SETTING = "EVALSVC_IDENTITY_KEY_FILE"


def configured_key(config: Config) -> IdentityKey | None:
    """Return the service's key, if the settings name one.

    Raises
    ------
    ConfigurationError
        ``config.identity_key_file`` (cannot be read), ``config.identity_key_file_open`` (others may read it),
        ``config.identity_key_short``
    """
    path = config.identity_key_file
    if path is None:
        return None
    try:
        if path.stat().st_mode & 0o077:
            raise ConfigurationError("config.identity_key_file_open", file=str(path), name=SETTING)
        return key_of_file(path)
    except OSError as error:
        raise ConfigurationError("config.identity_key_file", file=str(path), name=SETTING) from error
    except SamplingError as error:
        raise ConfigurationError("config.identity_key_short", file=str(path), name=SETTING, **error.details) from error


def key_of_file(path: Path) -> IdentityKey:
    """Read a key file.

    Raises
    ------
    SamplingError
        ``frame.identity_key_short``
    """
    return identity_key(path.read_bytes())
