"""People and their roles and tokens: the administrator's pages, the operations behind them, the commands."""

import re
from collections.abc import Callable

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from evalsvc import migrate
from evalsvc.cli import main
from evalsvc.config import read_config
from evalsvc.db import Database
from evalsvc.errors import ConflictError, InvalidError, NotFoundError
from evalsvc.people import once, operations, queries
from evalsvc.people.actor import ROLES, SYSTEM, Actor
from evalsvc.people.device_accounts import account_named
from evalsvc.people.digest import hashed_secrets
from evalsvc.people.models import RoleGrant, Token
from evalsvc.people.phone_settings import application_link
from tests.service.signing_in import try_to_sign_in


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
    assert application_link(config.public_url, f"{config.public_url}/v1/key/{secret}/evaluations/demo") in page
    assert page.count("<svg") == 2 and "用手机相机扫这个码" in page
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
        bearer = queries.token_bearer(session.connection(), "device", secret, "demo")
    assert (bearer.roles, bearer.evaluation.code) == ({"enumerator"}, "demo")
    username, password = run("people", "make-token", "wang", "--kind", "account", "--label", "手机").output.split()
    with Database(read_config().database_url).reading() as session:
        known = account_named(session, username, read_config().secret_key)
    assert known is not None and known.hashed == hashed_secrets(username, password)


def test_a_device_account_is_made_shown_once_with_its_code_and_revoked(
    client, config, database: Database, make_person, make_evaluation, sign_in, csrf_of
) -> None:
    person = make_person("enumerator", evaluation=make_evaluation("demo"))
    sign_in(client, make_person("administrator"))
    form = {"kind": "account", "label": "二号手机", "days": "30", "csrf_token": csrf_of(client)}
    page = client.post(f"/people/{person.id}/tokens", data=form, follow_redirects=True).text
    username, password = re.findall(r'class="secret"><code>([^<]+)<', page)[:2]
    assert f"{config.public_url}/v1/evaluations/demo<" in page and "设备账号" in page and "<svg" in page
    assert "（H(A1)）" in page and "码里有密码" in page and "系统只保存它的哈希" not in page
    shown = client.get(f"/people/{person.id}").text
    assert f"二号手机 · {username}" in shown and password not in shown
    with database.reading() as session:
        record = next(each for each in queries.tokens_of(session, person.id) if each.kind == queries.ACCOUNT)
    client.post(f"/people/{person.id}/tokens/{record.id}/revoke", data={"csrf_token": csrf_of(client)})
    assert "已作废" in client.get(f"/people/{person.id}").text
    for wrong in ({"days": "0"}, {"days": "9" * 5000}, {"kind": "draft"}):
        assert client.post(f"/people/{person.id}/tokens", data={**form, **wrong}).status_code == 422
