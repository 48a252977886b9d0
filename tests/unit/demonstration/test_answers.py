import random
from collections import Counter
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from evalsvc.demonstration.answers import answer, position_of
from evalsvc.demonstration.media import draw_photo, draw_signature
from evalsvc.demonstration.register import simulate
from evalsvc.demonstration.scenario import SMALL
from evalsvc.demonstration.villages import choose_places, read_villages
from evalsvc.demonstration.visits import REASONS
from evalsvc.demonstration.world import COMPLETED, World
from evalsvc.fieldwork.dispositions import REASONS as KNOWN_REASONS
from evalsvc.instruments.contract import DISPOSITIONS
from evalsvc.instruments.operations import shipped_form
from evalsvc.instruments.reading import read_form
from forms.check import check
from forms.filling import fill
from forms.instance import parse_instance

ENDED = datetime(2026, 3, 4, 16, 20, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture(scope="module")
def definition():
    name, data = shipped_form()
    reading = read_form(data, name)
    assert reading.definition is not None
    return reading.definition


@pytest.fixture(scope="module")
def homes():
    register, truth = simulate(choose_places(read_villages(), SMALL), SMALL)
    world = World(register, truth)
    identifiers = register.household_ids()
    special = np.flatnonzero(
        truth.wrong_exit | truth.missed | truth.wrong_entry | (truth.ineligible > 0) | (truth.availability > 0)
    )
    chosen = [*range(0, len(identifiers), 29), *special.tolist()]
    return [world.home(identifiers[place]) for place in chosen]


def test_every_answer_fits_the_form_without_a_complaint(definition, homes):
    outcomes = Counter()
    for home in homes:
        submission = fill(definition, answer(home, ENDED, "photo.png", "signature.png"), instance_id="uuid:1")
        complaints = check(definition, parse_instance(submission))
        assert not complaints, (home, complaints)
        outcomes[home.outcome] += 1
    assert set(outcomes) == set(DISPOSITIONS)


def test_answers_say_what_the_home_is(homes):
    kinds = Counter()
    for home in homes:
        answers = answer(home, ENDED, "photo.png", "signature.png")
        assert answers["unit_id"] == home.unit_id and answers["disposition"] == home.outcome
        if home.outcome != COMPLETED:
            assert "recognition_overall" not in answers
            continue
        assert answers["registered_persons"] == home.persons == len(answers["member"])
        assert (answers["recognition_overall"] == "yes") == home.recognises
        assert (answers["satisfaction_team"] in {"very_satisfied", "satisfied"}) == home.satisfied_team
        assert ("satisfaction_helper" in answers) == (home.household_class != "一般农户")
        if home.suspicion != "none":
            assert answers["suspicion_kind"] == home.suspicion
            assert answers["suspicion_persons"] == home.persons
        kinds[answers["suspicion_kind"]] += 1
    assert set(kinds) == {"none", "wrong_exit", "missed", "wrong_entry"}


def test_the_same_household_answers_the_same_again(homes):
    for home in homes[:20]:
        assert answer(home, ENDED, "p", "s") == answer(home, ENDED, "p", "s")
        assert position_of(home) == position_of(home)


def test_every_outcome_but_an_interview_has_reasons_for_a_reserve():
    assert set(REASONS) == set(DISPOSITIONS) - {COMPLETED}
    for outcome, reasons in REASONS.items():
        assert all(KNOWN_REASONS[reason] == outcome for reason in reasons)


def test_pictures_are_small_and_differ():
    photos = {draw_photo(random.Random(seed)) for seed in range(20)}
    signatures = {draw_signature(random.Random(seed)) for seed in range(20)}
    assert len(photos) == len(signatures) == 20
    for picture in photos | signatures:
        assert picture.startswith(b"\x89PNG\r\n\x1a\n") and picture.endswith(b"IEND\xaeB`\x82")
        assert len(picture) < 3000
