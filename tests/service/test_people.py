"""People: signing in and out, passwords, throttling, roles, tokens, and the administrator's pages."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from click.testing import CliRunner
from flask.testing import FlaskClient
from sqlalchemy import func, select

from evalsvc import migrate
from evalsvc.cli import main
from evalsvc.config import read_config
from evalsvc.db import Database, now
from evalsvc.errors import ConflictError, InvalidError, NotFoundError
from evalsvc.people import once, operations, passwords, queries
from evalsvc.people.actor import ROLES, SYSTEM, Actor
from evalsvc.people.models import FailedSignIn, Person, RoleGrant, SignIn, Token

Csrf = Callable[[FlaskClient], str]


def try_to_sign_in(client: FlaskClient, csrf_of: Csrf, name: str, password: str, address: str = "10.0.0.1"):
    form = {"sign_in_name": name, "password": password, "csrf_token": csrf_of(client), "next": "/account"}
    return client.post("/sign-in", data=form, environ_base={"REMOTE_ADDR": address})


# Signing in


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


# The administrator's pages


def secret_of(page: str) -> str:
    """Read the secret that a page shows once."""
    found = re.search(r'class="secret"><code>([^<]+)<', page)
    assert found is not None, page
    return found.group(1)


def test_a_new_person_gets_a_first_password_that_has_to_be_changed(app, client, make_person, sign_in, csrf_of) -> None:
    sign_in(client, make_person("administrator"))
    form = {"name": "李示例", "sign_in_name": "li", "csrf_token": csrf_of(client)}
    page = client.post("/people", data=form, follow_redirects=True)
    password = secret_of(page.text)
    assert page.headers["Cache-Control"] == "no-store"
    assert "李示例" in client.get("/people").text
    newcomer = app.test_client()
    try_to_sign_in(newcomer, csrf_of, "li", password)
    assert newcomer.get("/").location == "/account/password"
    own = {"old": password, "new": "a passphrase of my own", "again": "a passphrase of my own"}
    newcomer.post("/account/password", data={**own, "csrf_token": csrf_of(newcomer)})
    assert newcomer.get("/").status_code == 200


def test_the_role_form_proposes_nothing(client, make_person, make_evaluation, sign_in) -> None:
    make_evaluation("demo")
    administrator = make_person("administrator")
    sign_in(client, administrator)
    page = client.get(f"/people/{administrator.id}").text
    for name in ("role", "evaluation"):
        choices = page.split(f'<select name="{name}" required>')[1].split("</select>")[0]
        assert choices.startswith('<option value="">') and " selected" not in choices


def test_roles_are_granted_and_revoked(app, client, make_person, make_evaluation, sign_in, csrf_of) -> None:
    make_evaluation("demo")
    person, browser = make_person(name="陈示例"), app.test_client()
    sign_in(client, make_person("administrator"))
    sign_in(browser, person)
    assert "demo" not in browser.get("/").text
    form = {"role": "supervisor", "evaluation": "demo", "csrf_token": csrf_of(client)}
    for _ in range(2):
        assert client.post(f"/people/{person.id}/roles", data=form).status_code == 303
    assert "demo" in browser.get("/").text
    page = client.get(f"/people/{person.id}").text
    addresses = re.findall(rf'action="(/people/{person.id}/roles/[^"]+/revoke)"', page)
    assert len(addresses) == 1
    client.post(addresses[0], data={"csrf_token": csrf_of(client)})
    assert "demo" not in browser.get("/").text
    assert client.post(addresses[0], data={"csrf_token": csrf_of(client)}).status_code == 404


@pytest.mark.parametrize(
    ("role", "evaluation", "status"),
    [("king", "*", 422), ("administrator", "demo", 422), ("lead", "none", 404), ("lead", "", 404)],
)
def test_a_role_that_cannot_be_is_refused(
    client, make_person, make_evaluation, sign_in, csrf_of, role: str, evaluation: str, status: int
) -> None:
    make_evaluation("demo")
    administrator = make_person("administrator")
    sign_in(client, administrator)
    form = {"role": role, "evaluation": evaluation, "csrf_token": csrf_of(client)}
    assert client.post(f"/people/{administrator.id}/roles", data=form).status_code == status


def test_tokens_are_made_shown_once_and_revoked(
    client, config, database: Database, make_person, make_evaluation, sign_in, csrf_of
) -> None:
    make_evaluation("elsewhere")
    person = make_person("enumerator", evaluation=make_evaluation("demo"))
    sign_in(client, make_person("administrator"))
    form = {"kind": "device", "label": "一号平板", "days": "30", "csrf_token": csrf_of(client)}
    page = client.post(f"/people/{person.id}/tokens", data=form, follow_redirects=True).text
    secret = secret_of(page)
    assert f"{config.public_url}/v1/key/{secret}/evaluations/demo<" in page
    assert "ODK Collect" in page and "evaluations/elsewhere" not in page
    with database.reading() as session:
        token = session.scalars(select(Token).where(Token.label == "一号平板")).one()
        assert token.sha256 == queries.hash_of_secret(secret)
        assert secret not in str(vars(token))
    shown = client.get(f"/people/{person.id}").text
    assert secret not in shown
    address = f"/people/{person.id}/tokens/{token.id}/revoke"
    assert address in shown
    client.post(address, data={"csrf_token": csrf_of(client)})
    assert address not in client.get(f"/people/{person.id}").text


def test_a_secret_is_shown_once_and_reloading_makes_no_second(
    app, client, database: Database, make_person, sign_in, csrf_of
) -> None:
    person = make_person("enumerator")
    sign_in(client, make_person("administrator"))
    form = {"kind": "api", "label": "核对", "days": "30", "csrf_token": csrf_of(client)}
    made = client.post(f"/people/{person.id}/tokens", data=form)
    assert made.status_code == 303
    cookie = client.get_cookie("evalsvc").value
    secret = secret_of(client.get(made.location).text)
    assert secret not in str(app.session_interface.get_signing_serializer(app).loads(cookie))
    again = client.get(made.location, follow_redirects=True)
    assert "只显示一次" in again.text and secret not in again.text
    assert client.get("/people/nobody/secret", follow_redirects=True).status_code == 404
    with database.reading() as session:
        assert session.scalars(select(func.count()).select_from(Token).where(Token.label == "核对")).one() == 1


def test_a_secret_that_nobody_came_for_is_gone(client, make_person, sign_in, csrf_of, monkeypatch) -> None:
    person = make_person("enumerator")
    sign_in(client, make_person("administrator"))
    monkeypatch.setattr(once, "SECONDS", -1)
    page = client.post(f"/people/{person.id}/password", data={"csrf_token": csrf_of(client)}, follow_redirects=True)
    assert 'class="secret"' not in page.text


@pytest.mark.parametrize(
    "change", [{"kind": "cookie"}, {"days": "0"}, {"days": "1e3"}, {"days": "367"}, {"label": " "}]
)
def test_a_token_that_cannot_be_is_refused(client, make_person, sign_in, csrf_of, change: dict[str, str]) -> None:
    administrator = make_person("administrator")
    sign_in(client, administrator)
    form = {"kind": "api", "label": "x", "days": "30", **change, "csrf_token": csrf_of(client)}
    assert client.post(f"/people/{administrator.id}/tokens", data=form).status_code == 422


def test_switching_an_account_off_ends_everything(app, client, make_person, sign_in, csrf_of) -> None:
    person, browser = make_person("lead"), app.test_client()
    sign_in(browser, person)
    sign_in(client, make_person("administrator"))
    client.post(f"/people/{person.id}/active", data={"active": "0", "csrf_token": csrf_of(client)})
    assert browser.get("/").status_code == 303
    assert browser.get("/api/v1/evaluations/", headers=person.bearer).status_code == 401
    client.post(f"/people/{person.id}/active", data={"active": "1", "csrf_token": csrf_of(client)})
    assert browser.get("/").status_code == 303
    assert browser.get("/api/v1/evaluations/", headers=person.bearer).status_code == 200


def test_a_forgotten_password_is_replaced(app, client, make_person, sign_in, csrf_of) -> None:
    person, browser = make_person("lead"), app.test_client()
    sign_in(browser, person)
    sign_in(client, make_person("administrator"))
    form = {"csrf_token": csrf_of(client)}
    page = client.post(f"/people/{person.id}/password", data=form, follow_redirects=True).text
    assert browser.get("/").status_code == 303
    assert try_to_sign_in(browser, csrf_of, person.sign_in_name, secret_of(page)).status_code == 303


def test_only_administrators_see_people(client, make_person, sign_in) -> None:
    person = make_person(*(role for role in ROLES if role != "administrator"))
    sign_in(client, person)
    assert client.get("/people").status_code == 403
    assert client.get(f"/people/{person.id}").status_code == 403
    assert client.get("/account").status_code == 200


def test_the_last_administrator_stays(database: Database, make_person) -> None:
    one = make_person("administrator")
    with database.reading() as session:
        grant = session.scalars(select(RoleGrant)).one()
    with pytest.raises(ConflictError) as caught, database.transaction() as session:
        operations.revoke_role(session, one.actor, one.id, grant.id)
    assert caught.value.code == "people.last_administrator"
    with pytest.raises(ConflictError) as caught, database.transaction() as session:
        operations.set_active(session, one.actor, one.id, active=False)
    assert caught.value.code == "people.own_account"
    other = make_person("administrator")
    with pytest.raises(ConflictError) as caught, database.transaction() as session:
        operations.set_active(session, SYSTEM, other.id, active=False)
        operations.set_active(session, SYSTEM, one.id, active=False)
    assert caught.value.code == "people.last_administrator"
    with database.transaction() as session:
        operations.revoke_role(session, one.actor, one.id, grant.id)


def test_an_administrator_who_is_shut_out_can_lose_the_role(database: Database, make_person) -> None:
    one, former = make_person("administrator"), make_person("administrator")
    with database.transaction() as session:
        operations.set_active(session, one.actor, former.id, active=False)
        grant = queries.person_record(session, former.id).roles[0].id
        operations.revoke_role(session, one.actor, former.id, grant)
        assert queries.person_record(session, former.id).roles == ()


def test_names_are_taken_once_and_have_a_form(database: Database) -> None:
    with database.transaction() as session:
        operations.add_person(session, SYSTEM, "wang", "王示例")
    for name, shown, error in (("WANG ", "x", ConflictError), ("a b", "x", InvalidError), ("wang2", " ", InvalidError)):
        with pytest.raises(error), database.transaction() as session:
            operations.add_person(session, SYSTEM, name, shown)
    with pytest.raises(NotFoundError), database.reading() as session:
        queries.person_named(session, "nobody")


def test_a_role_everywhere_stands_once_in_the_table(database: Database, make_person) -> None:
    person = make_person("lead")
    with pytest.raises(Exception, match=r"(?i)unique|granted_meanwhile"), database.transaction() as session:
        session.add(RoleGrant(person_id=person.id, role="lead", evaluation_id=None, granted_by="x"))


def test_an_administrator_has_every_role() -> None:
    assert Actor("a", "a", frozenset({"administrator"})).has("lead")
    assert not Actor("a", "a", frozenset({"expert"})).has("lead", "designer")


# Commands


@pytest.fixture
def run(tmp_path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., object]:
    """Run a command on a fresh installation."""
    monkeypatch.setenv("EVALSVC_DATA_DIRECTORY", str(tmp_path / "data"))
    database = Database(read_config().database_url)
    migrate.upgrade(database)
    database.close()
    return lambda *arguments, **given: CliRunner().invoke(main, arguments, **given)


def test_the_first_administrator_is_made_by_a_command(run, monkeypatch: pytest.MonkeyPatch) -> None:
    made = run("people", "create-administrator", "Admin", "--name", "管理员甲", input="a long enough password\n")
    assert made.exit_code == 0, made.output
    assert "a long enough password" not in made.output
    again = run("people", "create-administrator", "admin", "--name", "乙", input="a long enough password\n")
    assert (again.exit_code, "已有人使用" in again.output) == (1, True)
    assert run("people", "create-administrator", "b2", "--name", "乙", input="").exit_code == 1
    monkeypatch.setenv("EVALSVC_ADMINISTRATOR_PASSWORD", "another long password")
    assert run("people", "create-administrator", "b2", "--name", "乙").exit_code == 0
    assert run("people", "create-administrator", "b3", "--name", "乙", "--password", "x").exit_code == 2


def test_people_roles_and_tokens_are_made_by_commands(run) -> None:
    assert (
        run(
            "evaluation",
            "create",
            "demo",
            "--name",
            "甲",
            "--client",
            "乙",
            "--institute",
            "丙",
            "--pack",
            "shifan-jiading-2026-1",
        ).exit_code
        == 0
    )
    assert "demo" in run("evaluation", "list", "--json").output
    name, password = run("people", "add", "wang", "--name", "王示例").output.split()
    assert (name, len(password)) == ("wang", 16)
    assert run("people", "grant", "wang", "enumerator", "--evaluation", "demo").exit_code == 0
    assert run("people", "grant", "wang", "king").exit_code == 2
    assert run("people", "grant", "nobody", "lead").exit_code == 1
    secret = run("people", "make-token", "wang", "--kind", "device", "--label", "平板").output.strip()
    with Database(read_config().database_url).reading() as session:
        assert queries.valid_token(session, "device", secret).label == "平板"
