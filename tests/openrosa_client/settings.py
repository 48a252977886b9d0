"""The settings that a device reads from a QR code: base64 of zlib of JSON."""

import base64
import json
import zlib

from tests.openrosa_client.connection import Connection
from tests.openrosa_client.digest import Account


def connection_of(text: str) -> Connection:
    """Set a device up by the text of a QR code; the keys `general` and `admin` have to be there."""
    settings = json.loads(zlib.decompress(base64.b64decode(text, validate=True)))
    general = settings["general"]
    assert isinstance(settings["admin"], dict), settings
    if "username" not in general:
        return Connection(general["server_url"])
    return Connection(general["server_url"], Account(general["username"], general["password"]))
