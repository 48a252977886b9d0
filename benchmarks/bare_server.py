"""The floor under the intake: a server of the same kind that keeps the parts of a request as files and does no more.

    .venv/bin/python -m benchmarks.bare_server PORT FOLDER

No sign-in, no form, no check, no database, no audit: what is left is gunicorn, the reading of the request and the disk.
"""

import os
import sys
from collections.abc import Iterable
from itertools import count
from pathlib import Path
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

from gunicorn.app.base import BaseApplication
from werkzeug.formparser import parse_form_data

THREADS = 8
"""As many as `evalsvc serve` has unless it is told otherwise."""


class Bare(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """One gunicorn process with threads."""

    def __init__(self, port: int, folder: Path) -> None:
        self.port, self.folder, self.numbers = port, folder, count()
        super().__init__()

    def load_config(self) -> None:
        settings: dict[str, Any] = {
            "bind": f"127.0.0.1:{self.port}",
            "worker_class": "gthread",
            "workers": 1,
            "threads": THREADS,
            "keepalive": 15,
            "loglevel": "warning",
            "control_socket_disable": True,
        }
        for name, value in settings.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        return self.answer

    def answer(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Keep every part of a request in a file of its own."""
        if environ["REQUEST_METHOD"] == "POST":
            for file in parse_form_data(environ)[2].values():
                keep(self.folder / str(next(self.numbers)), file.read())
        start_response("201 Created", [("Content-Length", "0")])
        return []


def keep(path: Path, data: bytes) -> None:
    """Write a file so that it outlives a power cut: the file and its folder are flushed."""
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


if __name__ == "__main__":
    Bare(int(sys.argv[1]), Path(sys.argv[2])).run()
