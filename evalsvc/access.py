"""Who may open which route. Every route carries exactly one rule; the factory refuses to start without it.

The decorators only label a view. `guard` runs before every request, finds the label and admits or refuses, so that no
order of decorators can open a door. A route takes a cookie with a CSRF token, or a token, never both.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeVar, cast

import flask
from flask_login import current_user
from sqlalchemy.orm import Session

from evalsvc import device_sign_in
from evalsvc.errors import EvalsvcError, ForbiddenError, NotFoundError, UnauthenticatedError
from evalsvc.evaluations.queries import EvaluationRecord, find_evaluation
from evalsvc.people import queries as people
from evalsvc.people.actor import DESIGNER, ENUMERATOR, LEAD, ROLES, Actor
from evalsvc.people.operations import DRAFT

PUBLIC, PAGE, API, DEVICE = "public", "page", "api", "device"
API_PATH = "/api/v1/"
DEVICE_PATH = "/v1/key/<token>/"
ACCOUNT_PATH = "/v1/evaluations/"
"""Where the same routes stand for devices that sign in by Digest instead of a token in the path."""
DEVICE_ROOTS = (DEVICE_PATH.partition("<")[0], ACCOUNT_PATH)
WHILE_PASSWORD_IS_OLD = frozenset({"people.password", "people.change_password", "people.sign_out"})
"""Pages that are open while a password is one that somebody else has seen."""
ORDINARY_LIMIT = 2_000_000
"""Largest body of a request that is neither a submission nor an upload, bytes."""

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Rule:
    """What one route asks of those who come."""

    kind: str
    roles: frozenset[str] = frozenset()
    upload: bool = False
    most: int | None = None
    """Largest body, bytes, where the route has a limit of its own."""
    key_kind: str = "device"
    """The kind of token that a device's route takes."""


@dataclass(frozen=True)
class Caller:
    """Who makes a request, with the roles in the evaluation of its address, if there is one."""

    actor: Actor
    evaluation: EvaluationRecord | None


class PasswordChangeNeededError(ForbiddenError):
    """Raise while somebody has to set a password of their own first."""


class AccessError(EvalsvcError):
    """Raise at start when a route has no rule, or a rule that does not fit its address."""


def public(view: View) -> View:
    """Open a route to everybody, signed in or not; what it posts still needs a CSRF token."""
    return _label(view, Rule(PUBLIC))


def page(*roles: str) -> Callable[[View], View]:
    """Open a page to signed-in people with one of the roles; without roles to anybody who takes part."""
    return _labeller(Rule(PAGE, _checked(roles)))


def api(*roles: str) -> Callable[[View], View]:
    """Open an API route to bearers of a token whose person has one of the roles; without roles to any of them."""
    return _labeller(Rule(API, _checked(roles)))


def device(view: View) -> View:
    """Open a route to an enumerator's device, which shows its token in the path or signs in by Digest."""
    return _label(view, Rule(DEVICE, frozenset({ENUMERATOR})))


def draft_device(view: View) -> View:
    """Open a route to a device on which a draft is tried, by the token that was made for that draft."""
    return _label(view, Rule(DEVICE, frozenset({DESIGNER, LEAD}), key_kind=DRAFT))


def upload(view: View) -> View:
    """Allow bodies up to the upload limit, or from the public up to the limit of checks; stands above the rule."""
    return _label(view, replace(rule_of(view) or Rule(""), upload=True), again=True)


def body(most: int) -> Callable[[View], View]:
    """Allow bodies up to a size of the route's own, never more than the upload limit; stands above the route's rule."""
    return lambda view: _label(view, replace(rule_of(view) or Rule(""), most=most), again=True)


def rule_of(view: object) -> Rule | None:
    """Return the rule of a view function or method."""
    return cast("Rule | None", getattr(view, "access_rule", None))


def require_rules(app: flask.Flask) -> None:
    """Refuse to start while a route has no rule, or one that does not fit its address."""
    for route in app.url_map.iter_rules():
        for method in sorted((route.methods or set()) - {"OPTIONS", "HEAD"}):
            rule = _route_rule(app, route.endpoint, method)
            if rule is None:
                raise AccessError("access.route_without_rule", route=f"{method} {route.rule}")
            if rule.kind != _kind_by_address(route.rule, rule.kind):
                raise AccessError("access.rule_misplaced", route=f"{method} {route.rule}", kind=rule.kind)


def guard() -> None:
    """Admit or refuse the request at hand, before its view runs."""
    request = flask.request
    if request.endpoint is None:
        return
    rule = _route_rule(flask.current_app, request.endpoint, request.method)
    if rule is None:
        if request.method == "OPTIONS":
            # Flask answers it itself, with the methods of the route and nothing else.
            return
        raise NotFoundError("http.404")
    flask.g.access_kind = rule.kind
    request.max_content_length = _limit(rule)
    if rule.kind != PUBLIC:
        _admit_or_count(rule)
    if rule.kind in {PUBLIC, PAGE}:
        flask.current_app.extensions["csrf"].protect()


def may_open(endpoint: str) -> bool:
    """Tell whether who reads the page at hand may open another one of the same evaluation; pages link no others."""
    rule = _route_rule(flask.current_app, endpoint, "GET")
    if rule is None or rule.kind not in {PUBLIC, PAGE}:
        return False
    actor = flask.g.get("actor")
    return rule.kind == PUBLIC or (actor is not None and (not rule.roles or actor.has(*rule.roles)))


def by_account() -> bool:
    """Tell whether the request's address is one of those for Digest sign-in."""
    return flask.request.path.startswith(ACCOUNT_PATH)


def _admit_or_count(rule: Rule) -> None:
    """Admit, or refuse; a proof that does not fit is counted after the reading that it failed in has ended."""
    database = flask.current_app.extensions["evalsvc"].database
    try:
        with database.turn, database.looking() as session:
            _admit(session, rule)
    except device_sign_in.WrongProofError as error:
        with database.transaction() as session:
            device_sign_in.note_failure(session, error)
        raise


def _admit(session: Session, rule: Rule) -> None:
    code = (flask.request.view_args or {}).get("evaluation")
    caller = _caller(session, rule, code)
    if code is not None and (caller.evaluation is None or not caller.actor.roles):
        raise NotFoundError("evaluation.unknown", evaluation=code)
    if rule.roles and not caller.actor.has(*rule.roles):
        raise ForbiddenError("access.role_missing", roles=sorted(rule.roles))
    flask.g.actor = caller.actor
    flask.g.evaluation = caller.evaluation


def _caller(session: Session, rule: Rule, code: str | None) -> Caller:
    """Return who makes the request, by the one proof that the kind of route takes."""
    if rule.kind == PAGE:
        person_id = _signed_in()
        return _of_person(session, person_id, person_id, code)
    if rule.kind == API:
        scheme, _, secret = flask.request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            raise UnauthenticatedError("access.token_missing")
        return _of_token(session, "api", secret.strip(), code)
    if by_account():
        return _of_person(session, *device_sign_in.signed_in(session), code)
    return _of_token(session, rule.key_kind, str((flask.request.view_args or {})["token"]), code)


def _of_token(session: Session, kind: str, secret: str, code: str | None) -> Caller:
    bearer = people.token_bearer(session.connection(), kind, secret, code)
    return Caller(Actor(f"token:{bearer.token_id}", bearer.person_id, bearer.roles), bearer.evaluation)


def _of_person(session: Session, identifier: str, person_id: str, code: str | None) -> Caller:
    evaluation = None if code is None else find_evaluation(session, code)
    roles = people.roles_of(session, person_id, None if evaluation is None else evaluation.id)
    return Caller(Actor(identifier, person_id, roles), evaluation)


def _signed_in() -> str:
    if "Authorization" in flask.request.headers:
        raise ForbiddenError("access.token_on_page")
    if not current_user.is_authenticated:
        raise UnauthenticatedError("access.sign_in_needed")
    if current_user.must_change_password and flask.request.endpoint not in WHILE_PASSWORD_IS_OLD:
        raise PasswordChangeNeededError("access.password_change_needed")
    return str(current_user.person_id)


def _limit(rule: Rule) -> int:
    config = flask.current_app.extensions["evalsvc"].config
    if rule.most is not None:
        return min(rule.most, int(config.upload_limit))
    if rule.upload:
        return int(config.check_limit if rule.kind == PUBLIC else config.upload_limit)
    return int(config.submission_limit) if rule.kind == DEVICE else ORDINARY_LIMIT


def _route_rule(app: flask.Flask, endpoint: str, method: str) -> Rule | None:
    """Return the rule of a route: of its function, or of the method of its class."""
    view = app.view_functions.get(endpoint)
    view_class = getattr(view, "view_class", None)
    if view_class is None:
        return rule_of(view)
    handler = getattr(view_class, method.lower(), None)
    if handler is None and method == "HEAD":
        handler = getattr(view_class, "get", None)
    return rule_of(handler)


def _kind_by_address(address: str, kind: str) -> str:
    if address.startswith((DEVICE_PATH, ACCOUNT_PATH)):
        return DEVICE
    if address.startswith(API_PATH):
        return kind if kind == PUBLIC else API
    return kind if kind in {PUBLIC, PAGE} else PAGE


def _checked(roles: tuple[str, ...]) -> frozenset[str]:
    unknown = sorted(set(roles) - set(ROLES))
    if unknown:
        raise AccessError("access.role_unknown", roles=unknown)
    return frozenset(roles)


def _labeller(rule: Rule) -> Callable[[View], View]:
    return lambda view: _label(view, rule)


def _label(view: View, rule: Rule, *, again: bool = False) -> View:
    if rule_of(view) is not None and not again:
        raise AccessError("access.two_rules", view=view.__qualname__)
    cast("Any", view).access_rule = rule
    return view
