"""A phone that signs in by Digest fetches what was returned to it, and sends the correction."""

import json

import pytest

from evalsvc.interviews.models import Interview
from evalsvc.interviews.review.moves import RETURN, Comment
from evalsvc.people import device_accounts
from evalsvc.people.actor import SYSTEM
from evalsvc.people.phone_settings import DeviceSignIn, settings_text
from tests.openrosa_client import settings
from tests.openrosa_client.sending import Interview as Finished
from tests.openrosa_client.sending import send
from tests.service.review_steps import all_rows, moved

ATTEMPT = "/data/visit/attempt"


@pytest.fixture
def home(server, field):
    return f"{server.url}/v1/evaluations/{field.evaluation.code}"


@pytest.fixture
def phone(home, database, config, field):
    with database.transaction() as session:
        person, key = field.enumerators[0].id, config.secret_key
        account = device_accounts.make_account(session, SYSTEM, person, label="一号", days=1, key=key)
    with settings.connection_of(settings_text(home, "示例", DeviceSignIn(account.username, account.password))) as phone:
        yield phone


def test_a_phone_that_lost_its_copy_corrects_what_was_returned(phone, home, field, database):
    unit = field.opened(field.enumerators[0])[0]
    xml = field.submission(unit, instance_id="uuid:one", photo_house="门口.jpg")
    assert send(phone, Finished(xml, (("门口.jpg", b"\xff\xd8\xff"),))).sent
    comments = (Comment(ATTEMPT, "到了几次？"),)
    identifier = all_rows(database, Interview)[0].id
    moved(database, field, identifier, RETURN, words="请更正", comments=comments, places={ATTEMPT})
    (told,) = json.loads(phone.request("GET", f"{home}/returned").content)["returned"]
    assert told["url"].startswith(home) and told["comments"][0]["words"] == "到了几次？"
    assert phone.request("GET", told["url"]).content == xml
    assert phone.request("GET", told["files"][0]["url"]).content == b"\xff\xd8\xff"
    correction = field.submission(unit, attempt=2, deprecated_id=told["instance_id"], photo_house="门口.jpg")
    assert send(phone, Finished(correction, ())).sent
    assert json.loads(phone.request("GET", f"{home}/returned").content) == {"returned": []}
    assert [row.state for row in all_rows(database, Interview) if row.superseded_at is None] == ["corrected"]
