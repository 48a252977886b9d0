"""Enumerators who send while servers die: each interview again and again until it is acknowledged, as phones do."""

import hashlib
import http.client
import os
import threading
import time
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from benchmarks.intake_fieldwork import Prepared
from benchmarks.intake_form import PHOTO, submission

BOUNDARY = "intake-kill"
ACKNOWLEDGED = frozenset({201, 202})
PAUSE = 0.1
"""Seconds until an interview is sent again."""
PHOTO_EVERY, PHOTO_BYTES = 4, 20_000


@dataclass(frozen=True)
class Errand:
    """One interview that is to be sent, and what has to be there afterwards."""

    path: str
    instance_id: str
    body: bytes
    sha256: str
    files: Mapping[str, str]
    """SHA-256 by name."""


@dataclass
class Course:
    """What came of sending everything; filled by several threads."""

    acknowledged: set[str] = field(default_factory=set)
    refused: list[tuple[str, int, str]] = field(default_factory=list)
    """What was answered by neither success nor a fault of the server: instanceID, status, words."""
    posts: int = 0
    broken: int = 0
    """Requests whose connection was cut before an answer."""
    put_off: int = 0
    """Requests that were told to come back: 503."""
    faults: int = 0
    """Requests that were answered by another 5xx."""
    longest: float = 0.0
    """Seconds from the first try of an interview until it was acknowledged, at most."""


def errands(prepared: Prepared) -> list[Errand]:
    """Write an interview for each household; every fourth has a photograph of its own."""
    made = [(path, unit) for path, units in prepared.shares for unit in units]
    return [_errand(prepared, path, unit, photo=number % PHOTO_EVERY == 0) for number, (path, unit) in enumerate(made)]


def _errand(prepared: Prepared, path: str, unit: str, *, photo: bool) -> Errand:
    instance_id = f"uuid:{unit}"
    xml = submission(prepared.definition, unit, photo=photo, instance_id=instance_id)
    files = {PHOTO: os.urandom(PHOTO_BYTES)} if photo else {}
    parts = [_part("xml_submission_file", "submission.xml", "text/xml", xml)]
    parts += [_part(name, name, "image/jpeg", content) for name, content in files.items()]
    body = b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    return Errand(path, instance_id, body, hashlib.sha256(xml).hexdigest(), hashes)


def _part(name: str, file: str, kind: str, content: bytes) -> bytes:
    head = f'Content-Disposition: form-data; name="{name}"; filename="{file}"\r\nContent-Type: {kind}'
    return f"--{BOUNDARY}\r\n{head}\r\n\r\n".encode() + content + b"\r\n"


class Senders:
    """So many connections, each taking the next interview when its last one is acknowledged."""

    def __init__(self, url: str, work: Sequence[Errand], connections: int) -> None:
        self.course = Course()
        self._place = urlsplit(url).netloc
        self._waiting, self._lock = deque(work), threading.Lock()
        self._threads = [threading.Thread(target=self._send_all, daemon=True) for _ in range(connections)]

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    @property
    def busy(self) -> bool:
        """Tell whether something is still on its way."""
        return any(thread.is_alive() for thread in self._threads)

    def _send_all(self) -> None:
        connection = http.client.HTTPConnection(self._place, timeout=60)
        while (errand := self._next()) is not None:
            began = time.monotonic()
            while not self._sent(connection, errand):
                connection.close()
                time.sleep(PAUSE)
            with self._lock:
                self.course.longest = max(self.course.longest, time.monotonic() - began)
        connection.close()

    def _next(self) -> Errand | None:
        with self._lock:
            return self._waiting.popleft() if self._waiting else None

    def _sent(self, connection: http.client.HTTPConnection, errand: Errand) -> bool:
        """Send once; True when it need not be sent again."""
        headers = {"X-OpenRosa-Version": "1.0", "Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
        try:
            connection.request("POST", errand.path, errand.body, headers)
            response = connection.getresponse()
            words = response.read()
        except (OSError, http.client.HTTPException):
            return self._counted(broken=1)
        status = response.status
        with self._lock:
            if status in ACKNOWLEDGED:
                self.course.acknowledged.add(errand.instance_id)
            elif status < http.client.INTERNAL_SERVER_ERROR:
                self.course.refused.append((errand.instance_id, status, words.decode("utf-8", "replace")))
        put_off = status == http.client.SERVICE_UNAVAILABLE and response.getheader("Retry-After") is not None
        return self._counted(
            put_off=int(put_off), faults=int(status >= http.client.INTERNAL_SERVER_ERROR and not put_off)
        )

    def _counted(self, *, broken: int = 0, put_off: int = 0, faults: int = 0) -> bool:
        with self._lock:
            self.course.posts += 1
            self.course.broken += broken
            self.course.put_off += put_off
            self.course.faults += faults
        return not broken and not put_off and not faults
