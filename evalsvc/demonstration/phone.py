"""An enumerator's phone over real HTTP, as an OpenRosa client speaks: form list, form, tasks, submissions."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import formatdate
from typing import Any

import httpx
from lxml import etree

from evalsvc.errors import EvalsvcError

LIST_NAMESPACE = {"x": "http://openrosa.org/xforms/xformsList"}
TIMEOUT = httpx.Timeout(60.0)
CREATED = 201
"""The one status that tells an OpenRosa client that its submission arrived."""


class UnexpectedAnswerError(EvalsvcError):
    """Raise when the server answers a phone, or the supervisor's desk, otherwise than it has to."""

    def __init__(self, problem: str) -> None:
        super().__init__("demonstration.unexpected_answer", problem=problem)


@dataclass(frozen=True)
class ListedForm:
    """One form of the server's list."""

    form_id: str
    version: str
    hash: str
    url: str


@dataclass(frozen=True)
class Picture:
    """A file that goes with a submission."""

    name: str
    content: bytes
    content_type: str = "image/png"


class Phone:
    """Hold one device token and its connection; used by one thread at a time."""

    def __init__(self, server: str, token: str, evaluation: str) -> None:
        self._base = f"{server}/v1/key/{token}/evaluations/{evaluation}"
        self._client = httpx.Client(timeout=TIMEOUT, headers={"X-OpenRosa-Version": "1.0"}, trust_env=False)

    def close(self) -> None:
        """Hang up."""
        self._client.close()

    def forms(self) -> list[ListedForm]:
        """Read the form list."""
        document = etree.fromstring(self._get(f"{self._base}/formList"))
        return [
            ListedForm(
                form_id=_text(form, "formID"),
                version=_text(form, "version"),
                hash=_text(form, "hash"),
                url=_text(form, "downloadUrl"),
            )
            for form in document.iterfind("x:xform", LIST_NAMESPACE)
        ]

    def form(self, listed: ListedForm) -> bytes:
        """Fetch a form and compare its hash with the list's, as phones do."""
        content = self._get(listed.url)
        # OpenRosa fixes MD5 as the mark by which a phone notices another version; nothing secret hangs on it.
        if listed.hash != f"md5:{hashlib.md5(content, usedforsecurity=False).hexdigest()}":
            raise UnexpectedAnswerError(f"the form {listed.form_id} is not the one of the list")
        return content

    def tasks(self) -> list[Mapping[str, Any]]:
        """Read the households to be visited, as the server gives them to this enumerator."""
        answer = self._client.get(f"{self._base}/assignments", headers=_dated())
        if answer.status_code != httpx.codes.OK:
            raise UnexpectedAnswerError(f"the list of households was answered with {answer.status_code}")
        tasks: list[Mapping[str, Any]] = answer.json()["assignments"]
        return tasks

    def returned(self) -> list[Mapping[str, Any]]:
        """Read the interviews that the supervisor returned to this enumerator."""
        listed: list[Mapping[str, Any]] = json.loads(self._get(f"{self._base}/returned"))["returned"]
        return listed

    def fetch(self, url: str) -> bytes:
        """Fetch what the server gave the address of."""
        return self._get(url)

    def ready(self) -> None:
        """Ask, as phones do before they send, whether this is a place that takes submissions."""
        answer = self._client.head(f"{self._base}/submission", headers=_dated())
        if answer.status_code != httpx.codes.NO_CONTENT:
            raise UnexpectedAnswerError(f"the place for submissions answered with {answer.status_code}")

    def send(self, submission: bytes, pictures: tuple[Picture, ...] = ()) -> httpx.Response:
        """Post one submission with its files."""
        parts = [("xml_submission_file", ("submission.xml", submission, "text/xml"))]
        parts += [(picture.name, (picture.name, picture.content, picture.content_type)) for picture in pictures]
        return self._client.post(f"{self._base}/submission", files=parts, headers=_dated())

    def _get(self, url: str) -> bytes:
        answer = self._client.get(url, headers=_dated())
        if answer.status_code != httpx.codes.OK:
            raise UnexpectedAnswerError(
                f"{answer.request.url.path.rpartition('/')[2]} was answered with {answer.status_code}"
            )
        return answer.content


def _dated() -> dict[str, str]:
    return {"Date": formatdate(usegmt=True)}


def _text(form: etree._Element, name: str) -> str:
    return form.findtext(f"x:{name}", default="", namespaces=LIST_NAMESPACE)
