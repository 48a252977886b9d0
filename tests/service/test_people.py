"""Signing in and out, passwords and throttling."""

import re
from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import func, select

from evalsvc.db import Database, now
from evalsvc.errors import InvalidError
from evalsvc.people import operations, passwords
from evalsvc.people.actor import SYSTEM
from evalsvc.people.models import FailedSignIn, Person, SignIn
from tests.service.signing_in import try_to_sign_in


def test_signing_in_and_out(client, make_person, csrf_of) -> None:
    person = make_person("lead", name="王示例")
    answer = try_to_sign_in(client, csrf_of, f"  {person.sign_in_name.upper()} ", person.password)
    assert (answer.status_code, answer.location) == (303, "/account")
    assert "王示例" in client.get("/account").text
    client.post("/sign-out", data={"csrf_token": csrf_of(client)})
    assert client.get("/account").status_code == 303


def test_signing_out_ends_copies_of_the_cookie_too(app, client, make_person, sign_in, csrf_of) -> None:
    sign_in(client, make_person("lead"))
    kept = client.get_cookie("evalsvc").value
    client.post("/sign-out", data={"csrf_token": csrf_of(client)})
    thief = app.test_client()
    thief.set_cookie("evalsvc", kept)
    assert thief.get("/account").status_code == 303


def test_a_cookie_from_before_the_sign_in_is_worth_nothing(app, client, make_person, sign_in, csrf_of) -> None:
    csrf_of(client)
    before = client.get_cookie("evalsvc").value
    sign_in(client, make_person("lead"))
    assert client.get_cookie("evalsvc").value != before
    fixed = app.test_client()
    fixed.set_cookie("evalsvc", before)
    assert fixed.get("/account").status_code == 303


def test_a_session_ends_after_its_hours(client, database: Database, make_person, sign_in) -> None:
    sign_in(client, make_person("lead"))
    assert client.get("/account").status_code == 200
    with database.transaction() as session:
        session.scalars(select(SignIn)).one().expires_at = now() - timedelta(seconds=1)
    assert client.get("/account").status_code == 303


def test_every_failure_gets_the_same_answer(client, database: Database, make_person, csrf_of) -> None:
    known, inactive, without = make_person("lead"), make_person("lead"), make_person("enumerator")
    with database.transaction() as session:
        session.get_one(Person, inactive.id).active = False
        session.get_one(Person, without.id).password_hash = None
    answers = [
        try_to_sign_in(client, csrf_of, known.sign_in_name, "wrong"),
        try_to_sign_in(client, csrf_of, "nobody", known.password),
        try_to_sign_in(client, csrf_of, inactive.sign_in_name, inactive.password),
        try_to_sign_in(client, csrf_of, without.sign_in_name, ""),
    ]
    without_token = {re.sub(r'name="csrf_token" value="[^"]+"', "", answer.text) for answer in answers}
    assert {answer.status_code for answer in answers} == {401}
    assert len(without_token) == 1


def test_an_unknown_name_takes_the_time_of_a_comparison(monkeypatch: pytest.MonkeyPatch) -> None:
    compared = []

    class Watching(PasswordHasher):
        def verify(self, hash: str, password: str) -> bool:  # noqa: A002
            compared.append(hash)
            return super().verify(hash, password)

    monkeypatch.setattr(passwords, "HASHER", Watching())
    assert not passwords.password_fits(None, "anything")
    assert compared == [passwords.NOBODY]


def test_guessing_one_name_is_stopped_where_it_comes_from(client, database: Database, make_person, csrf_of) -> None:
    person, guesser, own = make_person("lead"), "10.0.0.1", "10.0.0.2"
    for _ in range(operations.FAILURES_OF_NAME):
        try_to_sign_in(client, csrf_of, person.sign_in_name, "wrong", address=guesser)
    assert try_to_sign_in(client, csrf_of, person.sign_in_name, person.password, guesser).status_code == 401
    assert try_to_sign_in(client, csrf_of, person.sign_in_name, person.password, own).status_code == 303
    assert try_to_sign_in(client, csrf_of, person.sign_in_name, person.password, guesser).status_code == 401
    with database.transaction() as session:
        for row in session.scalars(select(FailedSignIn)):
            row.at = now() - operations.THROTTLE_WINDOW - timedelta(seconds=1)
    assert try_to_sign_in(client, csrf_of, person.sign_in_name, person.password, guesser).status_code == 303
    with database.reading() as session:
        assert session.scalars(select(func.count()).select_from(FailedSignIn)).one() == 0


def test_a_network_of_many_addresses_counts_as_one(client, make_person, csrf_of) -> None:
    person = make_person("lead")
    for number in range(operations.FAILURES_OF_NAME):
        try_to_sign_in(client, csrf_of, person.sign_in_name, "wrong", address=f"2001:db8:1:2::{number:x}")
    for address, status in (("2001:db8:1:2:ffff::1", 401), ("2001:db8:1:3::1", 303), ("::ffff:10.0.0.1", 303)):
        answer = try_to_sign_in(client, csrf_of, person.sign_in_name, person.password, address)
        assert answer.status_code == status, address


def test_a_password_that_was_hashed_by_older_rules_is_hashed_anew(
    client, database: Database, make_person, csrf_of
) -> None:
    person = make_person("lead")
    with database.transaction() as session:
        older = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1).hash(person.password)
        session.get_one(Person, person.id).password_hash = older
    hashes = []
    for password in ("wrong", person.password, person.password):
        try_to_sign_in(client, csrf_of, person.sign_in_name, password)
        with database.reading() as session:
            hashes.append(session.get_one(Person, person.id).password_hash)
    assert hashes[0] == older
    assert hashes[1] == hashes[2] != older
    assert not passwords.HASHER.check_needs_rehash(hashes[1])
    assert passwords.password_fits(hashes[1], person.password)


def test_guessing_from_one_address_is_stopped(client, make_person, csrf_of, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operations, "FAILURES_OF_ADDRESS", 3)
    person = make_person("lead")
    for number in range(3):
        try_to_sign_in(client, csrf_of, f"name-{number}", "wrong", address="10.9.9.9")
    assert try_to_sign_in(client, csrf_of, person.sign_in_name, person.password, "10.9.9.9").status_code == 401
    assert try_to_sign_in(client, csrf_of, person.sign_in_name, person.password, "10.9.9.8").status_code == 303


def test_what_was_typed_as_a_name_is_not_kept(client, database: Database, csrf_of) -> None:
    try_to_sign_in(client, csrf_of, "my secret password typed into the wrong field", "x")
    with database.reading() as session:
        row = session.scalars(select(FailedSignIn)).one()
    assert re.fullmatch("[0-9a-f]{64}", row.name_mark)


def test_passwords_are_argon2id_and_have_a_form(database: Database) -> None:
    with database.transaction() as session:
        person = operations.add_person(session, SYSTEM, "Zhang.San", "张示例", "correct horse battery")
        assert person.sign_in_name == "zhang.san"
        assert str(person.password_hash).startswith("$argon2id$")
    for weak, code in (
        ("short", "length"),
        ("x" * 201, "length"),
        ("aaaaaaaaaaaaaa", "weak"),
        ("zhang.san-zhang.san", "weak"),
    ):
        with pytest.raises(InvalidError) as caught:
            passwords.hash_password(weak, "zhang.san")
        assert caught.value.code == f"people.password_{code}"


# One's own password


def test_changing_the_password_ends_other_browsers(app, client, make_person, sign_in, csrf_of) -> None:
    person = make_person("lead")
    other = app.test_client()
    sign_in(client, person)
    sign_in(other, person)
    form = {"old": person.password, "new": "a whole new passphrase", "again": "a whole new passphrase"}
    assert client.post("/account/password", data={**form, "csrf_token": csrf_of(client)}).status_code == 303
    assert client.get("/account").status_code == 200
    assert other.get("/account").status_code == 303
    assert try_to_sign_in(other, csrf_of, person.sign_in_name, person.password).status_code == 401
    assert try_to_sign_in(other, csrf_of, person.sign_in_name, form["new"]).status_code == 303


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"old": "wrong"}, "现在的密码不对"),
        ({"again": "another new passphrase"}, "不一样"),
        ({"new": "short", "again": "short"}, "至"),
        ({"new": "correct horse battery staple", "again": "correct horse battery staple"}, "与现在的一样"),
    ],
)
def test_a_bad_change_of_password_changes_nothing(
    client, make_person, sign_in, csrf_of, change: dict[str, str], words: str
) -> None:
    person = make_person("lead")
    sign_in(client, person)
    form = {"old": person.password, "new": "a whole new passphrase", "again": "a whole new passphrase", **change}
    answer = client.post("/account/password", data={**form, "csrf_token": csrf_of(client)})
    assert answer.status_code == 422
    assert words in answer.text
    assert try_to_sign_in(client, csrf_of, person.sign_in_name, person.password).status_code == 303
