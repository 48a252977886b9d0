"""Post many submissions over many connections from a process of its own, with as little work for each as can be.

Client and server share the machine, so the client is one loop over sockets: it reads no more of an answer than its
status and length. A request that is told to come back (503), or whose connection is cut, is sent again, as phones do.
"""

import multiprocessing
import selectors
import socket
import time
from collections import deque
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

CREATED, BUSY = b"201", b"503"
PAUSE = 0.2
"""Seconds until a request is sent again."""
STILL = 120
"""So many seconds without any answer end the client."""


@dataclass(frozen=True)
class Parcel:
    """One request: what comes before its photograph, and what comes after it."""

    head: bytes
    tail: bytes = b""
    photo: bool = False


@dataclass(frozen=True)
class Answered:
    """One request that was answered: when, by the clock of time.monotonic, and after how long."""

    at: float
    wait: float
    again: int
    """How often it was sent again."""


def post_all(port: int, shares: Sequence[Sequence[Parcel]], photo: bytes = b"") -> list[Answered]:
    """Post each share over a connection of its own, one request after the other; return in order of the answers.

    Raises
    ------
    RuntimeError
        Something was refused, or nothing is answered any more.
    """
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as elsewhere:
        return elsewhere.submit(_post_all, port, shares, photo).result()


def _post_all(port: int, shares: Sequence[Sequence[Parcel]], photo: bytes) -> list[Answered]:
    answered: list[Answered] = []
    with selectors.DefaultSelector() as selector:
        lines = [_Line(port, share, photo, selector, answered) for share in shares if share]
        for line in lines:
            line.begin()
        while any(line.busy for line in lines):
            ready = selector.select(STILL)
            if not ready:
                raise RuntimeError("the server answers no more")
            for key, _ in ready:
                key.data.go_on()
    return sorted(answered, key=lambda each: each.at)


class _Line:
    """One connection with what is still to be sent over it."""

    def __init__(
        self,
        port: int,
        share: Sequence[Parcel],
        photo: bytes,
        selector: selectors.BaseSelector,
        answered: list[Answered],
    ) -> None:
        self._port, self._photo, self._selector, self._answered = port, photo, selector, answered
        self._waiting = deque(share)
        self._connection: socket.socket | None = None
        self._unsent: deque[memoryview] = deque()
        self._received, self._began, self._again = b"", 0.0, 0

    @property
    def busy(self) -> bool:
        return bool(self._waiting)

    def begin(self) -> None:
        """Begin with the request at hand, on a new connection if there is none."""
        if self._connection is None:
            self._connection = socket.create_connection(("127.0.0.1", self._port), timeout=60)
            self._connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._connection.setblocking(False)
            self._selector.register(self._connection, selectors.EVENT_READ, self)
        parcel = self._waiting[0]
        if not self._again:
            self._began = time.monotonic()
        parts = (parcel.head, self._photo, parcel.tail) if parcel.photo else (parcel.head, parcel.tail)
        self._unsent, self._received = deque(memoryview(part) for part in parts if part), b""
        self._send()

    def go_on(self) -> None:
        """Send what the connection takes, or read what it gives."""
        try:
            if self._unsent:
                self._send()
            else:
                self._read()
        except ConnectionError:
            self._send_again()

    def _send(self) -> None:
        assert self._connection is not None
        try:
            while self._unsent:
                sent = self._connection.send(self._unsent[0])
                part = self._unsent.popleft()[sent:]
                if part:
                    self._unsent.appendleft(part)
        except BlockingIOError:
            pass
        wanted = selectors.EVENT_WRITE if self._unsent else selectors.EVENT_READ
        self._selector.modify(self._connection, wanted, self)

    def _read(self) -> None:
        assert self._connection is not None
        came = self._connection.recv(65536)
        if not came:
            raise ConnectionResetError
        self._received += came
        head, end, body = self._received.partition(b"\r\n\r\n")
        if end and len(body) >= _length(head):
            self._take(head[9:12], body)

    def _take(self, status: bytes, body: bytes) -> None:
        if status == BUSY:
            self._send_again()
            return
        if status != CREATED:
            raise RuntimeError(f"{status.decode()}: {body.decode(errors='replace')}")
        now = time.monotonic()
        self._answered.append(Answered(now, now - self._began, self._again))
        self._waiting.popleft()
        self._again = 0
        if self._waiting:
            self.begin()
        else:
            self._close()

    def _send_again(self) -> None:
        self._close()
        self._again += 1
        time.sleep(PAUSE)
        self.begin()

    def _close(self) -> None:
        if self._connection is not None:
            self._selector.unregister(self._connection)
            self._connection.close()
            self._connection = None


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0
