"""Access: closed by default, one proof for each kind of route, headers, limits, and answers that tell nothing."""

import io
import logging
from collections.abc import Callable, Iterator
from datetime import timedelta

import flask
import pytest
from flask.testing import FlaskClient

from evalsvc import access, web
from evalsvc import app as app_module
from evalsvc.access import AccessError, api, device, page, public, require_rules, upload
from evalsvc.app import create_app
from evalsvc.config import Config
from evalsvc.db import Database, now
from evalsvc.errors import InvalidError
from evalsvc.logs import WithoutTokens, keep_tokens_out, without_tokens
from evalsvc.people import operations
from evalsvc.people.actor import SYSTEM
from evalsvc.people.models import Person, Token
from sampling.errors import SamplingError, complain

trial = flask.Blueprint("trial", __name__)


@trial.post("/trial/page")
@page("lead")
def trial_page() -> str:
    """Tell who came."""
    return web.current_actor().identifier


@trial.get("/trial/evaluations/<evaluation>")
@page("lead", "designer")
def trial_evaluation(evaluation: str) -> str:
    """Tell which evaluation was checked."""
    return f"{flask.g.evaluation.name} {evaluation}"


@trial.route("/api/v1/trial", methods=["GET", "POST"])
@api("lead")
def trial_api() -> dict[str, object]:
    """Tell who came, and what the session holds."""
    return {"actor": web.current_actor().identifier, "session": dict(flask.session)}


@trial.post("/v1/key/<token>/evaluations/<evaluation>/trial")
@device
def trial_device(token: str, evaluation: str) -> str:
    """Tell how much was sent."""
    return f"{len(flask.request.get_data())} {evaluation} {token[:0]}"


@trial.post("/trial/upload")
@upload
@public
def trial_upload() -> str:
    """Take a large body."""
    return str(len(flask.request.get_data()))


@trial.get("/trial/broken/<how>")
@public
def trial_broken(how: str) -> str:
    """Break in a given way."""
    if how == "unforeseen":
        raise RuntimeError("the password of the database is hunter2")
    if how == "pure":
        complaints = [complain("frame.duplicate_unit", file="村.csv", row=row, column="id", unit="A") for row in (3, 9)]
        raise SamplingError("frame.refused", complaints)
    raise InvalidError("people.token_days", maximum=366)


@pytest.fixture
def app(config: Config, monkeypatch: pytest.MonkeyPatch) -> Iterator[flask.Flask]:
    """The application with a few routes of every kind."""
    monkeypatch.setattr(app_module, "PAGES", (*app_module.PAGES, trial))
    app = create_app(config)
    yield app
    app.extensions["evalsvc"].database.close()


# Closed by default


def test_a_route_without_a_rule_stops_the_start(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    naked = flask.Blueprint("naked", __name__)
    naked.add_url_rule("/naked", view_func=lambda: "open")
    monkeypatch.setattr(app_module, "PAGES", (*app_module.PAGES, naked))
    with pytest.raises(AccessError) as caught:
        create_app(config)
    assert caught.value.code == "access.route_without_rule"
    assert caught.value.details["route"] == "GET /naked"


def test_one_method_without_a_rule_stops_the_start(app: flask.Flask) -> None:
    class Half(flask.views.MethodView):
        @api()
        def get(self) -> str:
            return ""

        def post(self) -> str:
            return ""

    app.add_url_rule("/api/v1/half", view_func=Half.as_view("half"))
    with pytest.raises(AccessError) as caught:
        require_rules(app)
    assert caught.value.details["route"] == "POST /api/v1/half"


@pytest.mark.parametrize(
    ("address", "rule"),
    [
        ("/outside", api("lead")),
        ("/api/v1/inside", page()),
        ("/v1/key/<token>/x", public),
        ("/v1/evaluations/<x>/x", api()),
        ("/elsewhere", device),
    ],
)
def test_a_rule_in_the_wrong_place_stops_the_start(app: flask.Flask, address: str, rule: Callable[..., object]) -> None:
    app.add_url_rule(address, endpoint="misplaced", view_func=rule(lambda **_given: ""))
    with pytest.raises(AccessError) as caught:
        require_rules(app)
    assert caught.value.code == "access.rule_misplaced"


def test_a_view_has_one_rule_and_roles_that_exist() -> None:
    with pytest.raises(AccessError):
        page()(public(lambda: ""))
    with pytest.raises(AccessError):
        page("king")


def test_a_route_that_slipped_in_later_is_still_not_open(app: flask.Flask) -> None:
    app.add_url_rule("/late", view_func=lambda: "open")
    assert app.test_client().get("/late").status_code == 404


# Pages


def test_pages_send_strangers_to_the_sign_in_and_back(client, make_person, make_evaluation, sign_in) -> None:
    evaluation = make_evaluation(simulated=True)
    answer = client.get("/")
    assert (answer.status_code, answer.location) == (303, "/sign-in?next=/")
    sign_in(client, make_person("lead", evaluation=evaluation))
    shown = client.get("/").get_data(as_text=True)
    assert evaluation.name in shown
    assert "模拟数据" in shown


def test_a_page_needs_the_role_and_the_csrf_token(client, make_person, sign_in, csrf_of) -> None:
    lead, expert = make_person("lead"), make_person("expert")
    assert client.post("/trial/page").status_code == 401
    sign_in(client, expert)
    assert client.post("/trial/page", data={"csrf_token": csrf_of(client)}).status_code == 403
    sign_in(client, lead)
    assert client.post("/trial/page").status_code == 400
    answer = client.post("/trial/page", data={"csrf_token": csrf_of(client)})
    assert (answer.status_code, answer.text) == (200, lead.id)


def test_a_page_refuses_a_token_even_of_a_signed_in_person(client, make_person, sign_in, csrf_of) -> None:
    lead = make_person("lead")
    assert client.get("/", headers=lead.bearer).status_code == 403
    sign_in(client, lead)
    answer = client.post("/trial/page", data={"csrf_token": csrf_of(client)}, headers=lead.bearer)
    assert answer.status_code == 403
    assert "/api/v1/" in answer.text


def test_an_evaluation_is_nobody_elses_business(client, make_person, make_evaluation, sign_in) -> None:
    ours, theirs = make_evaluation("ours"), make_evaluation("theirs")
    sign_in(client, make_person("lead", evaluation=ours))
    assert client.get("/trial/evaluations/ours").text == f"{ours.name} ours"
    hidden, missing = client.get("/trial/evaluations/theirs"), client.get("/trial/evaluations/nowhere")
    assert hidden.status_code == missing.status_code == 404
    assert hidden.text.replace("theirs", "…") == missing.text.replace("nowhere", "…")
    sign_in(client, make_person("expert", evaluation=theirs))
    assert client.get("/trial/evaluations/theirs").status_code == 403
    sign_in(client, make_person("administrator"))
    assert client.get("/trial/evaluations/theirs").status_code == 200


def test_pages_without_an_evaluation_count_only_roles_that_hold_everywhere(
    client, make_person, make_evaluation, sign_in, csrf_of
) -> None:
    sign_in(client, make_person("lead", evaluation=make_evaluation()))
    assert client.post("/trial/page", data={"csrf_token": csrf_of(client)}).status_code == 403


# Tokens


def test_the_api_takes_a_token_and_ignores_cookies(client, make_person, sign_in) -> None:
    lead = make_person("lead")
    sign_in(client, lead)
    assert client.get("/api/v1/trial").status_code == 401
    answer = client.post("/api/v1/trial", headers=lead.bearer)
    assert answer.status_code == 200
    assert answer.json["actor"].startswith("token:")
    assert answer.json["session"] == {}
    assert "Set-Cookie" not in answer.headers


def test_the_api_says_which_proof_it_takes(client, make_person) -> None:
    missing, wrong = client.get("/api/v1/trial"), client.get("/api/v1/trial", headers={"Authorization": "Bearer x"})
    assert missing.headers["WWW-Authenticate"] == 'Bearer realm="evalsvc"'
    assert wrong.headers["WWW-Authenticate"] == 'Bearer realm="evalsvc", error="invalid_token"'
    forbidden = client.get("/api/v1/trial", headers=make_person("expert").bearer)
    assert "WWW-Authenticate" not in forbidden.headers
    assert "WWW-Authenticate" not in client.get("/account").headers


def test_the_api_answers_in_json_with_code_and_sentence(client, make_person) -> None:
    refused = client.get("/api/v1/trial", headers=make_person("expert").bearer)
    assert refused.status_code == 403
    assert refused.json["code"] == "access.role_missing"
    assert refused.json["complaints"] == []
    assert "角色" in refused.json["message"]
    asked = {"Accept-Language": "en", **make_person("expert").bearer}
    assert "role" in client.get("/api/v1/trial", headers=asked).json["message"]
    assert client.get("/api/v1/nowhere").json["code"] == "http.404"


@pytest.mark.parametrize("how", ["unknown", "expired", "revoked", "inactive", "of another kind"])
def test_every_bad_token_gets_the_same_answer(client, database: Database, make_person, how: str) -> None:
    person = make_person("lead")
    secret = {"unknown": "x" * 43, "of another kind": person.device_token}.get(how, person.api_token)
    with database.transaction() as session:
        for token in session.query(Token).where(Token.person_id == person.id):
            if how == "expired":
                token.expires_at = now() - timedelta(seconds=1)
            if how == "revoked":
                operations.revoke_token(session, SYSTEM, person.id, token.id)
        if how == "inactive":
            session.get_one(Person, person.id).active = False
    answer = client.get("/api/v1/trial", headers={"Authorization": f"Bearer {secret}"})
    assert (answer.status_code, answer.json["code"]) == (401, "access.token_invalid")


@pytest.mark.parametrize("header", ["Basic YTpi", "Bearer", "", "Bearer  "])
def test_a_malformed_authorization_is_refused(client, header: str) -> None:
    assert client.get("/api/v1/trial", headers={"Authorization": header}).status_code == 401


def test_devices_show_their_token_in_the_path(client, make_person, make_evaluation) -> None:
    evaluation = make_evaluation()
    enumerator = make_person("enumerator", evaluation=evaluation)
    path = f"/v1/key/{enumerator.device_token}/evaluations/{evaluation.code}/trial"
    assert client.post(path, data=b"12345").text.startswith("5 ")
    wrong = client.post(f"/v1/key/{enumerator.api_token}/evaluations/{evaluation.code}/trial")
    assert wrong.status_code == 401
    assert wrong.content_type == "text/xml; charset=utf-8"
    assert ">令牌无效" in wrong.text
    lead = make_person("lead", evaluation=evaluation)
    assert client.post(f"/v1/key/{lead.device_token}/evaluations/{evaluation.code}/trial").status_code == 403


def test_device_tokens_never_reach_a_log(caplog: pytest.LogCaptureFixture) -> None:
    line = 'POST /v1/key/s3cr3t-Tok_en/evaluations/a/submission?x=/v1/key/other HTTP/1.1 "/v1/key/third"'
    assert without_tokens(line) == ('POST /v1/key/…/evaluations/a/submission?x=/v1/key/… HTTP/1.1 "/v1/key/…"')
    logger = logging.getLogger("evalsvc.trial")
    caplog.handler.addFilter(hidden := WithoutTokens())
    logger.error("refused %s", "/v1/key/s3cr3t/x")
    caplog.handler.removeFilter(hidden)
    assert caplog.messages == ["refused /v1/key/…/x"]


def test_credentials_never_reach_a_log_not_even_in_a_traceback(caplog: pytest.LogCaptureFixture) -> None:
    digest = 'Digest username="a", nonce="b", response="5ecret"'
    assert without_tokens(f"{digest}\nBearer 5ecret-5ecret, Basic cGhvbmU6c2Vj; a digest of it") == (
        "Digest …\nBearer …, Basic …; a digest of it"
    )
    handler = logging.StreamHandler(stream := io.StringIO())
    keep_tokens_out([handler, handler, None])
    assert len(handler.filters) == 1
    logger = logging.getLogger("evalsvc.trial")
    logger.addHandler(handler)
    try:
        raise ValueError(f"/v1/key/s3cr3t/x {digest}")
    except ValueError:
        logger.exception("broken")
    logger.removeHandler(handler)
    assert "ValueError: /v1/key/…/x Digest …" in stream.getvalue()
    assert "s3cr3t" not in stream.getvalue() and "5ecret" not in stream.getvalue()


def test_the_application_cuts_tokens_out_of_its_own_lines(app: flask.Flask) -> None:
    for handler in (*app.logger.handlers, logging.lastResort):
        assert any(isinstance(each, WithoutTokens) for each in handler.filters), handler


# Limits and headers


def test_bodies_are_limited_by_the_kind_of_route(config: Config, client, make_person, make_evaluation) -> None:
    evaluation = make_evaluation()
    enumerator, lead = make_person("enumerator", evaluation=evaluation), make_person("lead")
    large = b"x" * (access.ORDINARY_LIMIT + 1)
    refused = client.post("/api/v1/trial", data=large, headers=lead.bearer)
    path = f"/v1/key/{enumerator.device_token}/evaluations/{evaluation.code}/trial"
    assert client.post(path, data=large).status_code == 200
    too_large = client.post(path, data=b"x" * (config.submission_limit + 1))
    assert too_large.status_code == 413
    assert "大小限制" in too_large.text
    # The trial route never reads its body; it is refused all the same.
    assert refused.status_code == 413
    created = client.post("/api/v1/evaluations/", data=large, headers=lead.bearer, content_type="application/json")
    assert created.status_code == 413
    assert created.json["code"] == "http.413"


def test_uploads_have_a_limit_of_their_own(app: flask.Flask, client, csrf_of) -> None:
    headers = {"X-CSRFToken": csrf_of(client)}
    answer = client.post("/trial/upload", data=b"x" * (access.ORDINARY_LIMIT + 1), headers=headers)
    assert answer.text == str(access.ORDINARY_LIMIT + 1)
    assert app.config["MAX_CONTENT_LENGTH"] == app.extensions["evalsvc"].config.upload_limit


@pytest.mark.parametrize("address", ["/sign-in", "/nowhere", "/api/v1/openapi.json", "/static/evalsvc.css"])
def test_every_answer_carries_the_headers(client, address: str) -> None:
    with client.get(address) as answer:
        headers = answer.headers
    policy = headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert "default-src 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


def test_pages_hold_no_inline_style_or_script(client, make_person, make_evaluation, sign_in) -> None:
    make_evaluation(simulated=True)
    person = make_person("administrator")
    sign_in(client, person)
    for address in ("/", "/account", "/account/password", "/people", f"/people/{person.id}", "/api", "/nowhere"):
        text = client.get(address).text
        assert "<script" not in text
        assert "style=" not in text
        assert "onclick" not in text


def test_pages_are_not_cached_and_cookies_are_closed(client, make_person, sign_in, csrf_of) -> None:
    person = make_person("lead")
    form = {"sign_in_name": person.sign_in_name, "password": person.password, "csrf_token": csrf_of(client)}
    cookie = client.post("/sign-in", data=form).headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert client.get("/").headers["Cache-Control"] == "no-store"


# Errors


def test_an_unforeseen_error_tells_outsiders_nothing(client, caplog: pytest.LogCaptureFixture) -> None:
    answer = client.get("/trial/broken/unforeseen")
    assert answer.status_code == 500
    assert "hunter2" not in answer.text
    assert "系统出错" in answer.text
    assert "unexpected error at trial.trial_broken" in caplog.text


def test_errors_of_the_pure_packages_are_bad_data_with_all_complaints(client) -> None:
    answer = client.get("/trial/broken/pure")
    assert answer.status_code == 422
    assert answer.text.count("<li>") == 2


@pytest.mark.parametrize(
    ("wanted", "way"),
    [("/account", "/account"), ("//evil.example", "/"), ("https://x", "/"), ("/\\x", "/"), ("/a\nb", "/")],
)
def test_nobody_is_sent_elsewhere(client: FlaskClient, wanted: str, way: str) -> None:
    assert client.get("/language/en", query_string={"next": wanted}).location == way


def test_the_language_switches_by_a_link(client) -> None:
    assert "登录" in client.get("/sign-in").text
    client.get("/language/en?next=/sign-in")
    english = client.get("/sign-in").text
    assert 'lang="en"' in english
    assert "Password" in english
    client.get("/language/tlh")
    assert 'lang="en"' in client.get("/sign-in").text
