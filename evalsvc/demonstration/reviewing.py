"""The review: some interviews are returned and corrected, some wait for it, some are rejected and made anew."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any
from uuid import uuid4

from lxml import etree

from evalsvc.demonstration.answers import chance_of
from evalsvc.demonstration.media import draw_photo
from evalsvc.demonstration.office import Office
from evalsvc.demonstration.phone import CREATED, Phone, Picture, UnexpectedAnswerError
from forms.definition import FormDefinition

RETURNED_INTERVIEWS = 12
WAITING_INTERVIEWS = 3
"""Returned at the end; their enumerators have not corrected them yet."""
REJECTED_INTERVIEWS = 2
PHOTO = "photo_house"
WORDS = "照片上门牌看不清，请到门口补拍一张，其余不动。"
WAITING_WORDS = "照片里看不到房屋正面，请补拍；不在村里的，等下次进村再补。"
REJECTED_WORDS = "核对定位和照片，这次访的是隔壁一户，须到样本户重新访问。"


@dataclass(frozen=True)
class ReviewDone:
    """What the review came to."""

    returned: int
    corrected: int
    approved: int
    waiting: int
    """Returned, and not corrected yet."""
    rejected: int
    """Their households are visited anew."""


def review_some(office: Office, phones: Collection[Phone], definition: FormDefinition) -> ReviewDone:
    """Look at the last interviews that were completed: some are corrected and approved, some wait, some are rejected.

    The households of the rejected ones are open again afterwards.
    """
    question = next(node.path for node in definition.questions if node.name == PHOTO)
    lines = iter(office.completed_interviews())
    returned, waiting, rejected = (
        list(islice(lines, number)) for number in (RETURNED_INTERVIEWS, WAITING_INTERVIEWS, REJECTED_INTERVIEWS)
    )
    for line in returned:
        office.send_back(line, question, WORDS)
    corrected = sum(_correct(phone, each) for phone in phones for each in phone.returned())
    if corrected != len(returned):
        raise UnexpectedAnswerError(f"{len(returned)} interviews were returned and {corrected} corrected")
    approved = office.approve_corrected()
    for line in waiting:
        office.send_back(line, question, WAITING_WORDS)
    for line in rejected:
        office.reject(line, "wrong_household", REJECTED_WORDS)
    return ReviewDone(len(returned), corrected, approved, len(waiting), len(rejected))


def _correct(phone: Phone, returned: Mapping[str, Any]) -> bool:
    """Send a returned interview as a correction with another photo; every other file is taken over by the server."""
    photo = Picture(f"{returned['unit_id']}-again.png", draw_photo(chance_of(returned["unit_id"], "again")))
    answer = phone.send(corrected(phone.fetch(returned["url"]), photo.name), (photo,))
    if answer.status_code != CREATED:
        raise UnexpectedAnswerError(f"{returned['unit_id']}: {answer.status_code} {answer.text[:400]}")
    return True


def corrected(submission: bytes, photo: str) -> bytes:
    """Write a submission anew under an instanceID of its own that names the one before, with another photo."""
    document = etree.fromstring(submission)
    identifier = next(document.iter("{*}instanceID"))
    deprecated = etree.Element(identifier.tag.replace("instanceID", "deprecatedID"))
    deprecated.text, identifier.text = identifier.text, f"uuid:{uuid4()}"
    identifier.addnext(deprecated)
    next(document.iter(f"{{*}}{PHOTO}")).text = photo
    return etree.tostring(document, encoding="utf-8", xml_declaration=True)
