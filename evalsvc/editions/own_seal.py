"""The institute's own round seal, where the settings name a picture of it."""

from typing import TYPE_CHECKING

from evalsvc.config import PREFIX, Config, ConfigurationError
from reports.errors import ReportError

if TYPE_CHECKING:
    from reports.signing.appearance import Picture

SETTING = f"{PREFIX}SEAL_PICTURE"


def own_seal(config: Config) -> "Picture | None":
    """Return the picture of the institute's seal; None where it is drawn from the name.

    Raises
    ------
    ConfigurationError
        ``config.signing_file`` (cannot be read), ``config.seal_picture`` (neither PNG nor SVG, or beyond the bounds)
    """
    if config.seal_picture is None:
        return None
    from reports.seal import DIAMETER_MM  # noqa: PLC0415 (loads WeasyPrint)
    from reports.signing.own_picture import LARGEST_FILE, LEAST_POINTS, MOST_POINTS, picture_of  # noqa: PLC0415

    path = config.seal_picture
    try:
        return picture_of(path.read_bytes(), DIAMETER_MM, DIAMETER_MM)
    except OSError as error:
        problem = error.strerror or ""
        raise ConfigurationError("config.signing_file", file=str(path), name=SETTING, problem=problem) from error
    except ReportError as error:
        bounds = {"least": LEAST_POINTS, "most": MOST_POINTS, "bytes": LARGEST_FILE}
        raise ConfigurationError("config.seal_picture", file=str(path), name=SETTING, **bounds) from error
