"""The review: some interviews are returned, their enumerators take a photo again, the corrections are approved."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from lxml import etree

from evalsvc.demonstration.answers import chance_of
from evalsvc.demonstration.media import draw_photo
from evalsvc.demonstration.office import Office
from evalsvc.demonstration.phone import CREATED, Phone, Picture, UnexpectedAnswerError
from forms.definition import FormDefinition

RETURNED_INTERVIEWS = 12
PHOTO = "photo_house"
WORDS = "照片上门牌看不清，请到门口补拍一张，其余不动。"


@dataclass(frozen=True)
class ReviewDone:
    """What the review came to."""

    returned: int
    corrected: int
    approved: int


def review_some(office: Office, phones: Collection[Phone], definition: FormDefinition) -> ReviewDone:
    """Return the last interviews that were completed, have them corrected on the phones, and approve what came."""
    question = next(node.path for node in definition.questions if node.name == PHOTO)
    lines = office.completed_interviews()[:RETURNED_INTERVIEWS]
    for line in lines:
        office.send_back(line, question, WORDS)
    corrected = sum(_correct(phone, each) for phone in phones for each in phone.returned())
    if corrected != len(lines):
        raise UnexpectedAnswerError(f"{len(lines)} interviews were returned and {corrected} corrected")
    return ReviewDone(len(lines), corrected, office.approve_corrected())


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
