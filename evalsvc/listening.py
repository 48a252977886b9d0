"""The address that the server listens on: taken before anybody is told of it."""

import errno
import socket
import struct

from gunicorn.util import parse_address

from evalsvc.config import ConfigurationError
from evalsvc.errors import ConflictError

WAITING_CONNECTIONS = 2048
"""As gunicorn asks for by itself."""
STALLED_SECONDS = 30
"""So long a connection may be silent in the middle of a request, or not take what it is sent."""
HIGHEST_PORT = 65_535


def listen(bind: str) -> str:
    """Take an address and return it as gunicorn takes over what is already taken.

    Raises
    ------
    ConfigurationError
        ``serve.address`` when it is no address with a port.
    ConflictError
        ``serve.port_busy``, ``serve.cannot_listen``
    """
    address = _address(bind)
    if isinstance(address, str):
        return bind
    family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as taken:
        # Connections of a server that has just ended do not keep its port.
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # Connections inherit these: a client that stops in the middle of a request gives its thread back.
        for wait in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
            taken.setsockopt(socket.SOL_SOCKET, wait, struct.pack("@ll", STALLED_SECONDS, 0))
        try:
            taken.bind(address)
            taken.listen(WAITING_CONNECTIONS)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise ConflictError("serve.port_busy", address=bind) from None
            raise ConflictError("serve.cannot_listen", address=bind, problem=error.strerror or str(error)) from None
        return f"fd://{taken.detach()}"


def _address(bind: str) -> tuple[str, int] | str:
    """Read host and port, or the path of a Unix socket."""
    if bind.startswith("unix:"):
        return bind
    try:
        host, port = parse_address(bind)
    except (RuntimeError, ValueError, TypeError):
        raise ConfigurationError("serve.address", address=bind) from None
    if not host or not 0 < port <= HIGHEST_PORT:
        raise ConfigurationError("serve.address", address=bind)
    return host, port
