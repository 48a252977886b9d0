"""Pages of the administrator: everybody, their roles and their tokens."""

from collections.abc import Sequence
from dataclasses import dataclass

import flask
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from evalsvc import incoming, web
from evalsvc.access import page
from evalsvc.evaluations import queries as evaluations
from evalsvc.people import once, operations, queries
from evalsvc.people.actor import ADMINISTRATOR, ENUMERATOR, ROLES
from evalsvc.people.device_accounts import make_account
from evalsvc.people.once import ShownSecret
from evalsvc.people.phone_settings import DeviceSignIn, application_code, application_link, settings_code

blueprint = flask.Blueprint("administration", __name__, template_folder="templates")
EVERYWHERE = "*"
"""What the form sends for a role in all evaluations; no code of an evaluation, and nothing that is sent by default."""


@blueprint.get("/people")
@page(ADMINISTRATOR)
def people() -> ResponseReturnValue:
    """List everybody."""
    with web.database().reading() as session:
        everybody = queries.people(session)
    return flask.render_template("people/people.html", people=everybody)


@blueprint.post("/people")
@page(ADMINISTRATOR)
def add() -> ResponseReturnValue:
    """Add somebody and show the first password, once."""
    form, password = flask.request.form, operations.first_password()
    with web.database().transaction() as session:
        person = operations.add_person(
            session,
            web.current_actor(),
            form.get("sign_in_name", ""),
            form.get("name", ""),
            password,
            must_change=True,
        )
    return _show(ShownSecret(person.id, _("初始密码"), password))


@blueprint.get("/people/<person_id>")
@page(ADMINISTRATOR)
def person(person_id: str) -> ResponseReturnValue:
    """Show one person, with everything that can be done."""
    with web.database().reading() as session:
        shown = queries.person_record(session, person_id)
        tokens = queries.tokens_of(session, person_id)
        choices = [(each.code, each.name) for each in evaluations.evaluations(session)]
    return flask.render_template(
        "people/person.html",
        person=shown,
        tokens=tokens,
        roles=ROLES,
        evaluations=choices,
        kinds=(*operations.TOKEN_KINDS, queries.ACCOUNT),
        everywhere=EVERYWHERE,
        needs_token=_needs_token(shown, tokens),
    )


@blueprint.post("/people/<person_id>/roles")
@page(ADMINISTRATOR)
def grant(person_id: str) -> ResponseReturnValue:
    """Grant a role."""
    form, wanted = flask.request.form, flask.request.form.get("evaluation", "")
    code = None if wanted == EVERYWHERE else wanted
    with web.database().transaction() as session:
        evaluation_id = None if code is None else evaluations.evaluation_by_code(session, code).id
        operations.grant_role(session, web.current_actor(), person_id, form.get("role", ""), evaluation_id)
    return _done(person_id, _("角色已授予。"))


@blueprint.post("/people/<person_id>/roles/<grant_id>/revoke")
@page(ADMINISTRATOR)
def revoke(person_id: str, grant_id: str) -> ResponseReturnValue:
    """Take a role away."""
    with web.database().transaction() as session:
        operations.revoke_role(session, web.current_actor(), person_id, grant_id)
    return _done(person_id, _("角色已收回。"))


@blueprint.post("/people/<person_id>/tokens")
@page(ADMINISTRATOR)
def make_token(person_id: str) -> ResponseReturnValue:
    """Make a token or a device account and show it, once."""
    form = flask.request.form
    kind, label, number = form.get("kind", ""), form.get("label", ""), form.get("days", 0, type=incoming.number)
    actor, key = web.current_actor(), web.config().secret_key
    with web.database().transaction() as session:
        if kind == queries.ACCOUNT:
            made = make_account(session, actor, person_id, label=label, days=number, key=key)
            shown = ShownSecret(person_id, _("设备账号"), made.password, for_device=True, username=made.username)
        else:
            kind = kind if kind in operations.TOKEN_KINDS else ""
            token = operations.make_token(session, actor, person_id, kind=kind, label=label, days=number)
            shown = ShownSecret(person_id, _("令牌"), token.secret, for_device=kind == "device")
    return _show(shown)


@blueprint.post("/people/<person_id>/tokens/<token_id>/revoke")
@page(ADMINISTRATOR)
def revoke_token(person_id: str, token_id: str) -> ResponseReturnValue:
    """End a token now."""
    with web.database().transaction() as session:
        operations.revoke_token(session, web.current_actor(), person_id, token_id)
    return _done(person_id, _("已作废，从现在起打不开任何地址。"))


@blueprint.post("/people/<person_id>/password")
@page(ADMINISTRATOR)
def new_password(person_id: str) -> ResponseReturnValue:
    """Replace a forgotten password and show the new one, once."""
    password = operations.first_password()
    with web.database().transaction() as session:
        operations.set_first_password(session, web.current_actor(), person_id, password)
    return _show(ShownSecret(person_id, _("初始密码"), password))


@blueprint.get("/people/<person_id>/secret")
@page(ADMINISTRATOR)
def secret(person_id: str) -> ResponseReturnValue:
    """Show the password or token that was just made; a second look finds nothing."""
    shown = once.take(person_id)
    if shown is not None:
        return flask.render_template("people/secret.html", shown=shown, addresses=_addresses(shown))
    flask.flash(_("密码和令牌只显示一次，已经不能再看。没有记下的，请重新生成。"), "open")
    return web.see_other("administration.person", person_id=person_id)


@blueprint.post("/people/<person_id>/active")
@page(ADMINISTRATOR)
def set_active(person_id: str) -> ResponseReturnValue:
    """Let somebody in, or out."""
    active = flask.request.form.get("active") == "1"
    with web.database().transaction() as session:
        operations.set_active(session, web.current_actor(), person_id, active=active)
    return _done(person_id, _("账号已启用。") if active else _("账号已停用。"))


def _needs_token(shown: queries.PersonRecord, tokens: Sequence[queries.TokenRecord]) -> bool:
    """Tell whether somebody who visits households has no device that could send them."""
    visits = any(each.role == ENUMERATOR for each in shown.roles)
    return visits and not any(each.kind in {"device", queries.ACCOUNT} and each.usable for each in tokens)


def _done(person_id: str, words: str) -> ResponseReturnValue:
    flask.flash(words, "good")
    return web.see_other("administration.person", person_id=person_id)


@dataclass(frozen=True)
class PhoneAddress:
    """Where a phone finds one evaluation, to type and to scan."""

    name: str
    address: str
    code: Markup
    """The settings of ODK Collect."""
    link: str | None
    """Where the application begins; None for an account, by which it does not sign in."""
    link_code: Markup | None


def _addresses(shown: ShownSecret) -> list[PhoneAddress]:
    """List where a device with this token or account finds each evaluation in which its person visits households."""
    if not shown.for_device:
        return []
    with web.database().reading() as session:
        grants = queries.person_record(session, shown.person_id).roles
        opened = evaluations.evaluations(session)
    codes = {grant.evaluation for grant in grants if grant.role == ENUMERATOR}
    visited = (each for each in opened if None in codes or each.code in codes)
    account = DeviceSignIn(shown.username, shown.secret) if shown.username else None
    token = shown.secret if account is None else None
    return [_address(each.name, web.device_address(token, each.code), account) for each in visited]


def _address(name: str, address: str, account: DeviceSignIn | None) -> PhoneAddress:
    collect = settings_code(address, name, account)
    if account is not None:
        return PhoneAddress(name, address, collect, None, None)
    home = web.config().public_url
    return PhoneAddress(name, address, collect, application_link(home, address), application_code(home, address))


def _show(shown: ShownSecret) -> ResponseReturnValue:
    once.keep(shown)
    return web.see_other("administration.secret", person_id=shown.person_id)
