"""Send a finished interview: HEAD first, then in as many parts as the server's length and 100 files a part ask for."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode, urljoin, urlsplit

from tests.openrosa_client import documents
from tests.openrosa_client.connection import Answer, Connection, NoAnswerError
from tests.openrosa_client.multipart import Part, encode, file_part

MOST_FILES = 100
LENGTH_UNTOLD = 10_000_000
READY = 204
RECEIVED = frozenset({201, 202})


@dataclass(frozen=True)
class Interview:
    """A finished interview as it lies in the device: its XML and its files by name, audit.csv among them."""

    xml: bytes
    files: tuple[tuple[str, bytes], ...] = ()


@dataclass(frozen=True)
class Outcome:
    """What became of sending it."""

    sent: bool
    message: str
    """What the device shows to its user."""
    statuses: tuple[int, ...] = ()
    """Of each POST that was answered."""


def send(
    connection: Connection,
    interview: Interview,
    *,
    named: Callable[[str], str] = lambda name: name,
    device_id: str = "collect:示例",
) -> Outcome:
    """Send an interview once; what fails is sent again later, whole."""
    try:
        where = destination(connection, device_id)
        return _post(connection, where.url, interview, where.length, named)
    except RefusedError as error:
        return Outcome(False, str(error), error.statuses)
    except NoAnswerError as error:
        return Outcome(False, f"Generic Exception: {error}")


def send_until_taken(connection: Connection, interview: Interview, attempts: int = 5) -> list[Outcome]:
    """Send an interview again and again until it is taken, as the automatic sending of a device does."""
    outcomes = [send(connection, interview)]
    while not outcomes[-1].sent and len(outcomes) < attempts:
        outcomes.append(send(connection, interview))
    return outcomes


@dataclass(frozen=True)
class Destination:
    """Where to post, and how many bytes at once."""

    url: str
    length: int


class RefusedError(Exception):
    """Raise when the server, or something on the way to it, does not take the interview."""

    def __init__(self, message: str, statuses: tuple[int, ...] = ()) -> None:
        super().__init__(message)
        self.statuses = statuses


def destination(connection: Connection, device_id: str) -> Destination:
    """Ask by HEAD whether this is a place for submissions; it may name another address of the same host.

    Raises
    ------
    RefusedError
        It is not, or it points elsewhere.
    """
    url = f"{connection.server}/submission?{urlencode({'deviceID': device_id})}"
    answer = connection.request("HEAD", url)
    if answer.status == 401:
        raise RefusedError("Authentication requested")
    if answer.status != READY:
        if 200 <= answer.status < 300:
            raise RefusedError("Is this an OpenRosa submission endpoint? A sign-in page of the network answered.")
        raise RefusedError(f"Error: HEAD answered {answer.status}")
    length = int(answer.headers.get("x-openrosa-accept-content-length", LENGTH_UNTOLD))
    moved = urljoin(url, answer.headers.get("location", url))
    if urlsplit(moved).hostname != urlsplit(url).hostname:
        raise RefusedError(f"Unexpected redirection attempt to a different host: {moved}")
    return Destination(moved, length)


def portions(interview: Interview, length: int) -> Iterator[tuple[tuple[tuple[str, bytes], ...], bool]]:
    """Divide the files: every POST repeats the XML, holds 100 files at most, and counts bytes of contents only.

    The second of each pair says whether more will follow. A file that alone is too long goes alone.
    """
    rest = list(interview.files)
    while True:
        taken: list[tuple[str, bytes]] = []
        room = length - len(interview.xml)
        while rest and len(taken) < MOST_FILES and (not taken or len(rest[0][1]) <= room):
            room -= len(rest[0][1])
            taken.append(rest.pop(0))
        yield tuple(taken), bool(rest)
        if not rest:
            return


def body(xml: bytes, files: Sequence[tuple[str, bytes]], *, more: bool = False) -> tuple[str, bytes]:
    """Write the body of one POST: content type and bytes."""
    parts = [Part("xml_submission_file", xml, "submission.xml", "text/xml")]
    parts += [file_part(name, content) for name, content in files]
    parts += [Part("*isIncomplete*", b"yes")] if more else []
    return encode(parts)


def _post(connection: Connection, url: str, interview: Interview, length: int, named: Callable[[str], str]) -> Outcome:
    statuses: tuple[int, ...] = ()
    words = ""
    for files, more in portions(interview, length):
        kind, content = body(interview.xml, [(named(name), data) for name, data in files], more=more)
        answer = connection.request("POST", url, content, {"Content-Type": kind})
        statuses = (*statuses, answer.status)
        words = told(answer)
        if answer.status not in RECEIVED:
            raise RefusedError(words, statuses)
    return Outcome(True, words, statuses)


def told(answer: Answer) -> str:
    """Return the sentence of an answer, or what a device says where it holds none."""
    sentence = documents.message(answer.content)
    if sentence is not None:
        return sentence
    if answer.status == 200:
        return "Error: Network login failure? Is this an OpenRosa submission endpoint?"
    return f"Error: {answer.status}"
