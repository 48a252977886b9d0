"""A way between a browser and a server that counts what goes over it, and can be cut as a network is."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

ALL_ENCODINGS, GZIP = b"gzip, deflate, br, zstd", b"gzip"
"""What Chromium takes, and what every browser takes; the second is filled with blanks to the length of the first."""


@dataclass
class Wire:
    """Bytes of TCP contents in both directions; headers are among them."""

    server: int
    gzip_alone: bool
    listener: socket.socket = field(default_factory=lambda: socket.create_server(("127.0.0.1", 0)))
    sent: int = 0
    received: int = 0
    connections: int = 0
    cut: bool = False
    """Set while nothing gets through: new connections are closed at once."""
    mute: bool = False
    """Set while the server hears everything and none of its answers arrives."""
    open: set[socket.socket] = field(default_factory=set)
    threads: list[threading.Thread] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.listener.getsockname()[1]}"

    def serve(self) -> None:
        """Take connections until the listener is closed."""
        while True:
            try:
                browser, _ = self.listener.accept()
            except OSError:
                return
            if self.cut:
                browser.close()
                continue
            self.connections += 1
            self.threads.append(threading.Thread(target=self.connect, args=(browser,), daemon=True))
            self.threads[-1].start()

    def break_off(self) -> None:
        """End every connection where it is, as a phone does that loses its network."""
        self.cut = True
        with self.lock:
            for each in self.open:
                with contextlib.suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)

    def connect(self, browser: socket.socket) -> None:
        """Pass on what one connection carries until both ends have said all."""
        with browser, socket.create_connection(("127.0.0.1", self.server)) as server:
            with self.lock:
                self.open |= {browser, server}
            back = threading.Thread(target=self.pass_on, args=(server, browser, False), daemon=True)
            back.start()
            self.pass_on(browser, server, True)
            back.join()
            with self.lock:
                self.open -= {browser, server}

    def pass_on(self, source: socket.socket, target: socket.socket, asking: bool) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                if asking and self.gzip_alone:
                    data = data.replace(ALL_ENCODINGS, GZIP.ljust(len(ALL_ENCODINGS)))
                with self.lock:
                    self.sent, self.received = self.sent + asking * len(data), self.received + (not asking) * len(data)
                if asking or not self.mute:
                    target.sendall(data)
            target.shutdown(socket.SHUT_WR)


@contextlib.contextmanager
def wire_to(server: int, *, gzip_alone: bool) -> Iterator[Wire]:
    """Open a way to the server of a port of this machine."""
    wire = Wire(server, gzip_alone)
    thread = threading.Thread(target=wire.serve, daemon=True)
    thread.start()
    yield wire
    wire.listener.shutdown(socket.SHUT_RDWR)
    wire.listener.close()
    for each in (thread, *wire.threads):
        each.join()
