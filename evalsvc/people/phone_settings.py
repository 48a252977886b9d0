"""What sets a phone up, as pictures: for ODK Collect and for the service's own application; nobody types 43 signs.

Collect takes a QR code of base64(zlib(JSON)) with the keys `general`, `admin` and `project`; what is not named keeps
its default (docs.getodk.org, "Import settings from a QR code").
"""

import base64
import json
import zlib
from dataclasses import asdict, dataclass
from urllib.parse import quote

import segno
from markupsafe import Markup

COLOUR, ICON = "#1f4e4a", "评"


@dataclass(frozen=True)
class DeviceSignIn:
    """Name and secret of a device account."""

    username: str
    password: str


def settings_text(address: str, evaluation: str, account: DeviceSignIn | None = None) -> str:
    """Return the text of the code: server, account, forms kept as the server has them, and the project's name."""
    general = {"server_url": address, "form_update_mode": "match_exactly", "app_language": "zh"}
    value = {
        "general": general if account is None else general | asdict(account),
        "admin": {},
        "project": {"name": evaluation, "icon": ICON, "color": COLOUR},
    }
    packed = zlib.compress(json.dumps(value, ensure_ascii=False).encode("utf-8"), 9)
    return base64.b64encode(packed).decode("ascii")


def settings_code(address: str, evaluation: str, account: DeviceSignIn | None = None) -> Markup:
    """Draw the code as SVG, without styles of its own."""
    return _drawn(settings_text(address, evaluation, account))


def application_link(public_url: str, address: str) -> str:
    """Return where a phone's browser opens the application with its server filled in.

    The address stands behind the #: a browser sends no server what stands there, so the token enters no log.
    """
    return f"{public_url}/app/#/sign-in?server={quote(address, safe='')}"


def application_code(public_url: str, address: str) -> Markup:
    """Draw that link as SVG; cameras open it, and the application reads it too."""
    return _drawn(application_link(public_url, address))


def _drawn(text: str) -> Markup:
    code = segno.make(text, error="m", micro=False)
    drawn = code.svg_inline(omitsize=True, border=4, light="#fff", svgclass="qr", lineclass=None)
    return Markup(drawn)  # noqa: S704 -- squares alone, whatever the text was
