"""What must be refused, tried over HTTP: the run stops if an attempt does not get the answer that it has to get."""

from dataclasses import dataclass, replace
from uuid import uuid4

import httpx

from evalsvc.demonstration.phone import Phone, UnexpectedAnswerError
from evalsvc.demonstration.visits import Sent


@dataclass(frozen=True)
class Refused:
    """One attempt that was refused as it had to be."""

    what: str
    status: int
    message: str
    """The first line of the server's answer, as a phone shows it."""


def try_what_must_be_refused(sent: Sent, other: Phone) -> tuple[Refused, ...]:
    """Try, with a submission that was taken in, everything that must not be; `other` is another enumerator's phone."""
    unit = sent.unit_id.encode()
    nowhere = unit.split(b"-")[0] + b"-9999"
    fresh = _fresh(sent)
    changed = replace(sent, submission=sent.submission.replace(b"<attempt>", b"<attempt>1", 1))
    malformed = replace(sent, submission=sent.submission[: len(sent.submission) // 2])
    unassigned = replace(fresh, submission=fresh.submission.replace(unit, nowhere))
    version = replace(fresh, submission=fresh.submission.replace(b' version="', b' version="0.', 1))
    return (
        _refused("同一 instanceID 内容不同", sent.phone, changed, httpx.codes.CONFLICT),
        _refused("文件残缺", sent.phone, malformed, httpx.codes.UNPROCESSABLE_ENTITY),
        _refused("不在任务中的户", sent.phone, unassigned, httpx.codes.NOT_FOUND),
        _refused("未发布的问卷版本", sent.phone, version, httpx.codes.NOT_FOUND),
        _refused("他人的任务", other, fresh, httpx.codes.FORBIDDEN),
    )


def _fresh(sent: Sent) -> Sent:
    """Return the same interview under an instanceID that the server does not know."""
    instance_id = f"uuid:{uuid4()}"
    submission = sent.submission.replace(sent.instance_id.encode(), instance_id.encode())
    return replace(sent, instance_id=instance_id, submission=submission)


def _refused(what: str, phone: Phone, sent: Sent, status: int) -> Refused:
    response = phone.send(sent.submission, sent.pictures)
    if response.status_code != status:
        raise UnexpectedAnswerError(f"{what}: {response.status_code} instead of {status}: {response.text[:300]}")
    return Refused(what, response.status_code, message_of(response))


def message_of(response: httpx.Response) -> str:
    """Return the first line of the message in an OpenRosa answer, as a phone shows it."""
    _, _, rest = response.text.partition("<message")
    text = rest.partition(">")[2].partition("</message>")[0].strip()
    return text.splitlines()[0] if text else ""
