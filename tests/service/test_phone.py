"""What the application on a phone asks: whose device it is, its households, receipts, and why it was refused."""

import hashlib
from base64 import b64decode
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import quote

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key
from sqlalchemy import update

from evalsvc.app import create_app
from evalsvc.config import ConfigurationError, read_config
from evalsvc.draws.models import DrawUnit
from evalsvc.interviews.unsent.models import UnsentKey
from evalsvc.people import device_accounts
from evalsvc.people.actor import SYSTEM
from evalsvc.people.queries import device_ends
from tests.service.review_steps import all_rows
from tests.service.test_interviews import OPENROSA, PHOTO, address, post

TASK = {
    "assignment_id", "unit_id", "county", "village", "stratum", "form_id", "version", "unannounced", "disposition",
    "received", "position", "prior", "filled",
}  # fmt: skip


def asked(client, field, what, person=None, **headers):
    return client.get(f"{address(field, person)}/{what}", headers=headers)


def tasks_of(client, field, person=None):
    return {each["unit_id"]: each for each in asked(client, field, "assignments", person).json["assignments"]}


def change_frame(database, field, unit, **columns):
    with database.transaction() as session:
        row = DrawUnit.draw_id == field.draw_id, DrawUnit.unit_id == unit.unit_id
        attributes = session.query(DrawUnit.attributes).where(*row).scalar()
        session.execute(update(DrawUnit).where(*row).values(attributes={**attributes, **columns}))


def test_a_device_learns_whose_it_is_and_what_it_is_to_keep_to(client, field, database):
    answer = asked(client, field, "device")
    assert answer.status_code == 200 and answer.headers["X-OpenRosa-Version"] == "1.0"
    told, person = answer.json, field.enumerators[0]
    assert told["person"] == {"id": person.id, "name": "调查员甲"}
    assert told["evaluation"] == {"id": field.evaluation.id, "title": field.evaluation.name}
    assert told["settings"] == {"geofence_metres": 1000, "photo_pixels": 1600, "keep_exif": False}
    here, ends = (datetime.fromisoformat(told[name]) for name in ("server_time", "token_expires_at"))
    assert abs((datetime.now(UTC) - here).total_seconds()) < 60
    assert ends > here
    public = b64decode(told["unsent_key"]["spki"])
    key = load_der_public_key(public)
    assert isinstance(key, RSAPublicKey) and key.key_size == 3072
    assert told["unsent_key"]["id"] == hashlib.sha256(public).hexdigest()
    assert asked(client, field, "device", field.enumerators[1]).json["unsent_key"] == told["unsent_key"]
    (kept,) = all_rows(database, UnsentKey)
    assert public not in b64decode(kept.sealed + "==", b"-_") and kept.evaluation_id == field.evaluation.id


def test_under_another_secret_key_phones_get_a_key_that_opens(client, field, database, config):
    first = asked(client, field, "device").json["unsent_key"]
    other = create_app(replace(config, secret_key="another secret key of thirty-two characters"))
    second = asked(other.test_client(), field, "device").json["unsent_key"]
    other.extensions["evalsvc"].database.close()
    assert second != first and len(all_rows(database, UnsentKey)) == 2
    assert asked(client, field, "device").json["unsent_key"] == first


def test_the_end_of_an_account_is_told_like_that_of_a_token(database, field, config):
    with database.transaction() as session:
        person, key = field.enumerators[0].id, config.secret_key
        account = device_accounts.make_account(session, SYSTEM, person, label="一号", days=1, key=key)
        assert device_ends(session, f"account:{account.identifier}") > datetime.now(UTC)


def test_of_the_frame_a_phone_is_told_what_the_form_takes_over_and_no_more(client, field):
    unit = field.opened(field.enumerators[0])[0]
    task = tasks_of(client, field)[unit.unit_id]
    assert set(task) == TASK
    registered = "否" if unit.stratum == "一般农户" else "是"
    assert task["filled"] == {"unit_id": unit.unit_id, "household_class": unit.stratum, "registered": registered}
    assert [(each["column"], each["value"]) for each in task["prior"]] == [
        ("household_class", unit.stratum), ("registered", registered),
    ]  # fmt: skip
    assert task["prior"][0]["label"] == {"zh": "户类别（以任务为准）", "en": "Class of household (as assigned)"}
    assert (task["received"], task["position"], task["disposition"]) == (0, None, None)


@pytest.mark.parametrize(
    ("columns", "position"),
    [
        ({"latitude": "26.12", "longitude": "118.5"}, {"latitude": 26.12, "longitude": 118.5}),
        ({"纬度": 26, "经度": 118}, {"latitude": 26.0, "longitude": 118.0}),
        ({"lat": "26.1", "lon": "118.2"}, {"latitude": 26.1, "longitude": 118.2}),
        # The village's stand before the household's own, which count where there are any.
        ({"lat": "1", "lon": "2", "latitude": "26.1", "longitude": "118"}, {"latitude": 26.1, "longitude": 118.0}),
        ({"lat": "1", "lon": "2", "latitude": None, "longitude": None}, {"latitude": 1.0, "longitude": 2.0}),
        ({"latitude": "126.1", "longitude": "18"}, None),
        ({"latitude": "26.1"}, None),
        ({"latitude": "nan", "longitude": "18"}, None),
        ({"latitude": "北纬二十六度", "longitude": "18"}, None),
    ],
)
def test_the_position_comes_from_the_frame_where_it_has_one(client, field, database, columns, position):
    unit = field.opened(field.enumerators[0])[0]
    change_frame(database, field, unit, **columns)
    assert tasks_of(client, field)[unit.unit_id]["position"] == position


def test_interviews_are_counted_once_with_their_corrections(client, field):
    unit = field.opened(field.enumerators[0])[0]
    assert post(client, field, field.submission(unit, instance_id="uuid:one")).status_code == 201
    assert post(client, field, field.submission(unit, instance_id="uuid:two")).status_code == 201
    correction = field.submission(unit, attempt=2, instance_id="uuid:three", deprecated_id="uuid:one")
    assert post(client, field, correction).status_code == 201
    told = tasks_of(client, field)
    assert told[unit.unit_id]["received"] == 2 and told[unit.unit_id]["disposition"] == "non_contact"
    assert {each["received"] for name, each in told.items() if name != unit.unit_id} == {0}


def test_a_receipt_names_what_came_and_what_is_missing(client, field):
    unit = field.opened(field.enumerators[0])[0]
    xml = field.submission(unit, instance_id="uuid:a/b c", photo_house=PHOTO[0])
    where = f"receipts/{quote('uuid:a/b c')}"
    before = asked(client, field, where)
    assert (before.status_code, before.headers["X-Evalsvc-Code"]) == (404, "interview.not_received")
    assert post(client, field, xml).status_code == 201
    told = asked(client, field, where).json
    assert told["instance_id"] == "uuid:a/b c" and told["sha256"] == hashlib.sha256(xml).hexdigest()
    assert (told["files"], told["missing"]) == ([], [PHOTO[0]])
    assert datetime.fromisoformat(told["received_at"]).tzinfo is not None
    assert post(client, field, xml, [PHOTO]).status_code == 201
    told = asked(client, field, where).json
    assert told["files"] == [{"name": PHOTO[0], "sha256": hashlib.sha256(PHOTO[1]).hexdigest()}]
    assert told["missing"] == []


def test_receipts_are_for_who_sent_and_outlive_a_correction(client, field):
    unit = field.opened(field.enumerators[0])[0]
    first = field.submission(unit, instance_id="uuid:one")
    assert post(client, field, first).status_code == 201
    correction = field.submission(unit, attempt=2, instance_id="uuid:two", deprecated_id="uuid:one")
    assert post(client, field, correction).status_code == 201
    assert asked(client, field, "receipts/uuid:one").json["sha256"] == hashlib.sha256(first).hexdigest()
    assert asked(client, field, "receipts/uuid:two").status_code == 200
    other = asked(client, field, "receipts/uuid:one", field.enumerators[1])
    assert (other.status_code, other.headers["X-Evalsvc-Code"]) == (404, "interview.not_received")


def test_every_refusal_to_a_device_names_its_code_to_head_too(client, field):
    unknown = address(field).replace(field.enumerators[0].device_token, "x" * 43)
    refused = client.head(f"{unknown}/submission", headers=OPENROSA)
    assert (refused.status_code, refused.data) == (401, b"")
    code = refused.headers["X-Evalsvc-Code"]
    assert code == client.get(f"{unknown}/device").headers["X-Evalsvc-Code"] == "access.token_invalid"
    assert client.get(f"{address(field)}/nothing").headers["X-Evalsvc-Code"] == "http.404"
    assert client.head(f"{address(field)}/submission").headers["X-Evalsvc-Code"] == "request.openrosa_version"
    unit = field.closed(field.enumerators[0])[0]
    assert post(client, field, field.submission(unit)).headers["X-Evalsvc-Code"] == "interview.unknown_assignment"


def test_a_device_is_answered_in_the_language_it_asks_for(client, field):
    where = f"receipts/{quote('uuid:none')}"
    assert "还没有收到" in asked(client, field, where).get_data(as_text=True)
    answer = asked(client, field, where, **{"Accept-Language": "en"})
    assert "has not received" in answer.get_data(as_text=True) and answer.headers["Content-Language"] == "en"


def test_settings_of_the_application_are_read_and_bounded(tmp_path):
    given = {"EVALSVC_DATA_DIRECTORY": str(tmp_path), "EVALSVC_KEEP_EXIF": "yes", "EVALSVC_PHOTO_PIXELS": "800"}
    config = read_config(given)
    assert (config.keep_exif, config.photo_pixels, config.geofence_metres) == (True, 800, 1000)
    with pytest.raises(ConfigurationError, match="value_out_of_range"):
        read_config(given | {"EVALSVC_GEOFENCE_METRES": "1"})
