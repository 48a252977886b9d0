"""The study of interruptions sees what is lost, doubled or other than it was; and it strikes as it planned."""

import random
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from benchmarks.interruptions_fate import DELAYS, FILLING, KINDS, plan
from benchmarks.interruptions_interview import FINISH, SENDING, Interview
from benchmarks.interruptions_look import Held, faults, leaves

XML = (
    "<data><who><member><age>41</age></member><member><age>9</age><does>work</does></member></who>"
    "<reasons>far late</reasons><house>a.jpg</house><position>26.5 118.9 0 8</position></data>"
)
GIVEN = {
    "/data/who/member[1]/age": "41",
    "/data/who/member[2]/age": "9",
    "/data/reasons": "late far",
    "/data/house": "photo",
    "/data/position": "here",
}
TOLD = Interview("示例户-0001", {}, GIVEN)
HELD = Held(("uuid:1",), "aa", dict(leaves(ElementTree.fromstring(XML))), {"a.jpg": "bb", "audit.csv": "cc"})
SEALED = {"aa", "bb", "cc"}


def test_what_is_there_once_and_as_it_was_is_no_fault() -> None:
    assert list(faults(TOLD, SEALED, HELD)) == []


@pytest.mark.parametrize(
    ("given", "sealed", "found", "said"),
    [
        ({}, SEALED, replace(HELD, instance_ids=("uuid:1", "uuid:2")), "2 interviews"),
        ({"/data/who/member[3]/age": "3"}, SEALED, HELD, "answered 3, sent nothing"),
        ({"/data/who/member[2]/age": "8"}, SEALED, HELD, "answered 8, sent 9"),
        ({"/data/reasons": "late"}, SEALED, HELD, "sent far late"),
        ({}, SEALED, replace(HELD, files={"audit.csv": "cc"}), "answered photo, sent a.jpg"),
        ({"/data/who/member[2]/does": "here"}, SEALED, HELD, "answered here, sent work"),
        ({}, SEALED - {"aa"}, HELD, "the XML is not what the phone had kept"),
        ({}, SEALED - {"bb"}, HELD, "a.jpg: not a file that the phone had kept"),
    ],
)
def test_what_is_lost_doubled_or_changed_is_told(
    given: dict[str, str], sealed: set[str], found: Held, said: str
) -> None:
    told = list(faults(replace(TOLD, given=GIVEN | given), sealed, found))
    assert len(told) == 1
    assert said in told[0]


def test_every_interview_is_interrupted_while_it_is_filled_finished_and_sent() -> None:
    planned = plan(random.Random(1))
    moments = [each.moment for each in planned]
    assert moments == [*(moment for moment, _ in FILLING), FINISH, SENDING, SENDING]
    assert all(0 <= each.delay <= DELAYS[each.moment] and each.kind in KINDS for each in planned)
