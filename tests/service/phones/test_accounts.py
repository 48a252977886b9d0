"""Device accounts: a phone signs in by Digest, over sockets, as the client of the tests does it by RFC 2617 alone."""

from dataclasses import replace
from urllib.parse import urlencode

import pytest
from sqlalchemy import event, select

from evalsvc.people import device_accounts, operations
from evalsvc.people.actor import SYSTEM
from evalsvc.people.models import DeviceAccount, FailedSignIn, Person
from evalsvc.people.phone_settings import DeviceSignIn, settings_text
from tests.openrosa_client import settings
from tests.openrosa_client.connection import Connection
from tests.openrosa_client.digest import Account, Signer
from tests.openrosa_client.documents import message
from tests.openrosa_client.forms import list_forms, load_form
from tests.openrosa_client.sending import Interview as Finished
from tests.openrosa_client.sending import destination, send


@pytest.fixture
def account(database, config, field):
    """A device account of the first enumerator."""
    with database.transaction() as session:
        person = field.enumerators[0].id
        return device_accounts.make_account(session, SYSTEM, person, label="一号", days=1, key=config.secret_key)


@pytest.fixture
def home(server, field):
    """Where devices with an account find the evaluation."""
    return f"{server.url}/v1/evaluations/{field.evaluation.code}"


@pytest.fixture
def phone(home, account):
    """A phone set up by the code that the administrator's page shows."""
    with settings.connection_of(settings_text(home, "示例", DeviceSignIn(account.username, account.password))) as phone:
        yield phone


def test_a_phone_signs_in_loads_and_sends(phone, home, field, database):
    listed = list_forms(phone)
    assert [each.download_url.startswith(home) for each in listed] == [True]
    assert load_form(phone, listed[0]).xform == field.definition.xform
    unit = field.opened(field.enumerators[0])[0]
    files = (("门口照片.jpg", b"\xff\xd8"), *((f"{number}.jpg", b"x") for number in range(119)))
    outcome = send(phone, Finished(field.submission(unit, photo_house="门口照片.jpg"), files))
    assert (outcome.sent, outcome.statuses) == (True, (201, 201))


def test_who_brings_nothing_is_challenged_with_md5_first(home, server, field):
    with Connection(home) as nobody:
        answer = nobody.request("HEAD", f"{home}/submission")
        assert answer.status == 401
        assert [each.split("algorithm=")[1].split(",")[0] for each in answer.challenges] == ["MD5", "SHA-256"]
        told = nobody.request("GET", f"{home}/formList")
        assert (told.status, "Digest" in (message(told.content) or "")) == (401, True)
        basic = nobody.request("GET", f"{home}/formList", headers={"Authorization": "Basic cGhvbmU6c2VjcmV0"})
        assert (basic.status, len(basic.challenges)) == (401, 2)
        bearer = nobody.request("GET", f"{home}/formList", headers=field.enumerators[0].bearer)
        assert bearer.status == 401


def test_a_header_that_was_listened_to_serves_nobody_else(phone, home, field):
    signer = phone._signer
    first = phone.request("GET", f"{home}/formList")
    assert first.status == 200
    path = f"/v1/evaluations/{field.evaluation.code}/formList"
    heard = signer.header("GET", path)
    with Connection(home) as thief:
        for status, challenged in ((200, False), (401, True)):
            answer = thief.request("GET", f"{home}/formList", headers={"Authorization": heard})
            assert (answer.status, any("stale=true" in each for each in answer.challenges)) == (status, challenged)
        other = thief.request("HEAD", f"{home}/submission", headers={"Authorization": signer.header("GET", path)})
        assert (other.status, any("stale" in each for each in other.challenges)) == (401, False)


def test_a_wrong_password_is_refused_and_stopped_after_ten(home, account, field, database):
    with Connection(home, Account(account.username, "wrong")) as wrong:
        for _ in range(11):
            told = wrong.request("GET", f"{home}/formList")
            assert (told.status, "用户名或密码" in (message(told.content) or "")) == (401, True)
    with Connection(home, Account("nobody22", "wrong")) as unknown:
        assert message(unknown.request("GET", f"{home}/formList").content) == message(told.content)
    with database.reading() as session:
        assert len(session.scalars(select(FailedSignIn.id)).all()) == 11
    with Connection(home, Account(account.username, account.password)) as right:
        assert right.request("GET", f"{home}/formList").status == 401


@pytest.mark.parametrize("how", ["revoked", "expired", "inactive"])
def test_an_account_that_ended_says_so_to_those_who_have_its_secret(phone, home, field, database, account, how):
    assert phone.request("HEAD", f"{home}/submission").status == 204
    with database.transaction() as session:
        row = session.get_one(DeviceAccount, account.identifier)
        if how == "revoked":
            operations.revoke_token(session, SYSTEM, row.person_id, row.id)
        elif how == "expired":
            row.expires_at = row.created_at
        else:
            session.get_one(Person, row.person_id).active = False
    told = phone.request("GET", f"{home}/formList")
    assert (told.status, "作废" in (message(told.content) or "")) == (401, True)


def test_an_account_opens_the_evaluations_of_its_person_only(phone, server, make_evaluation, make_person, home):
    make_evaluation("elsewhere")
    elsewhere = home.rsplit("/", 1)[0] + "/elsewhere"
    assert phone.request("GET", f"{elsewhere}/formList").status == 404
    assert phone.request("GET", home.replace("/v1/", "/api/v1/")).status in {401, 404}


def test_what_is_kept_tells_no_secret(account, database, server, config):
    with database.reading() as session:
        row = session.get_one(DeviceAccount, account.identifier)
    assert account.password not in str(vars(row))
    with database.reading() as session:
        known = device_accounts.account_named(session, account.username, config.secret_key)
    assert known is not None and known.usable
    assert all(each not in str(vars(row)) for each in known.hashed.values())
    other = replace(config, secret_key="another key that is at least thirty-two characters long")
    with database.reading() as session:
        assert device_accounts.account_named(session, account.username, other.secret_key) is None


def test_no_secret_reaches_the_log(phone, home, server, field, account):
    phone.request("GET", f"{home}/formList")
    destination(phone, "x")
    phone.request("GET", f"{home}/nowhere")
    log = server.log.read_text(encoding="utf-8")
    assert not any(each in log for each in (account.password, field.enumerators[0].device_token, "response="))


@pytest.mark.parametrize("name", ["", "nobody22", "NOBODY22", "密码密码密码密码", "a" * 5000, "%00"])
def test_a_name_that_nobody_has_gets_the_answer_of_a_wrong_password(home, account, name, field):
    path = f"/v1/evaluations/{field.evaluation.code}/formList"
    told = []
    with Connection(home) as nobody:
        for username in (account.username, name):
            signer = Signer(Account(username, "wrong"))
            assert signer.take(nobody.request("GET", f"{home}/formList").challenges, again=False)
            answer = nobody.request("GET", f"{home}/formList", headers={"Authorization": signer.header("GET", path)})
            told.append((answer.status, message(answer.content), len(answer.challenges)))
    assert told[0][0] == 401 and "用户名或密码" in told[0][1]
    assert told[1] == told[0]


def test_known_and_unknown_names_take_the_same_steps(database, account, config, monkeypatch):
    taken, opened = [], device_accounts.box

    def counting(key, purpose):
        taken.append("opened")
        return opened(key, purpose)

    found = []
    with database.reading() as session:
        device_accounts.account_named(session, "nobody22", config.secret_key)
    monkeypatch.setattr(device_accounts, "box", counting)
    for name in ("nobody22", account.username, "\0"):
        taken.clear()
        with database.reading() as session:
            event.listen(session.connection(), "before_cursor_execute", lambda *_given: taken.append("asked"))
            known = device_accounts.account_named(session, name, config.secret_key)
        found.append((taken.count("asked"), taken.count("opened"), known is None))
    assert found == [(2, 1, True), (2, 1, False), (2, 1, True)]


def test_a_form_of_a_long_name_is_asked_for_with_an_account(phone, home):
    long = "问" * 240
    answer = phone.request("GET", f"{home}/form.xml?{urlencode({'formID': long, 'version': 'v'})}")
    assert (answer.status, "没有" in (message(answer.content) or "")) == (404, True)


def test_a_proof_is_of_one_method_address_realm_and_quality(home, account, field):
    path = f"/v1/evaluations/{field.evaluation.code}/formList"

    def asked(old="", new="", method="GET", where="/formList", uri=path):
        with Connection(home) as nobody:
            signer = Signer(Account(account.username, account.password))
            assert signer.take(nobody.request("GET", f"{home}/formList").challenges, again=False)
            header = signer.header("GET", uri)
            assert old in header
            changed = header.replace(old, new) if old else header
            return nobody.request(method, home + where, headers={"Authorization": changed}).status

    assert asked() == asked(uri=f"http://elsewhere.example{path}") == 200
    assert asked(where="/formList?verbose=true") == asked(where="/assignments") == 401
    assert asked(method="HEAD", where="/submission") == 401
    assert asked("qop=auth", "qop=auth-int") == asked("qop=auth", 'qop=""') == 401
    assert asked("nc=00000001", "nc=00000002") == asked("evalsvc devices", "another") == 401
    assert asked("algorithm=MD5", "algorithm=SHA-256") == asked("Digest ", "Digest Digest ") == 401
