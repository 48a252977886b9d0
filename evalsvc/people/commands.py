"""Commands about people. A password is asked for, read from a pipe or from a variable; it is never an argument."""

import os
import sys

import click

from evalsvc.config import read_config
from evalsvc.errors import InvalidError
from evalsvc.evaluations.queries import evaluation_by_code
from evalsvc.people import operations, queries
from evalsvc.people.actor import ADMINISTRATOR, ROLES, SYSTEM
from evalsvc.people.device_accounts import make_account
from evalsvc.service import ready

PASSWORD_VARIABLE = "EVALSVC_ADMINISTRATOR_PASSWORD"  # noqa: S105  (the name of a variable)
name_option = click.option("--name", required=True, help="显示的姓名 / the name that pages show")


@click.group("people")
def commands() -> None:
    """人员、角色和令牌 / people, roles and tokens."""


@commands.command("create-administrator")
@click.argument("sign_in_name")
@name_option
def create_administrator(sign_in_name: str, name: str) -> None:
    """建立管理员账号 / make an administrator's account.

    密码在终端输入，或由管道送入，或取自变量 EVALSVC_ADMINISTRATOR_PASSWORD。
    The password is asked for, read from a pipe, or taken from EVALSVC_ADMINISTRATOR_PASSWORD.
    """
    password = _password()
    with ready(read_config()) as service, service.database.transaction() as session:
        person = operations.add_person(session, SYSTEM, sign_in_name, name, password)
        operations.grant_role(session, SYSTEM, person.id, ADMINISTRATOR)
    click.echo(f"管理员已建立 / administrator made: {queries.plain_name(sign_in_name)}")


@commands.command("add")
@click.argument("sign_in_name")
@name_option
def add(sign_in_name: str, name: str) -> None:
    """添加人员，显示一次性的初始密码 / add a person and print the first password, once."""
    password = operations.first_password()
    with ready(read_config()) as service, service.database.transaction() as session:
        person = operations.add_person(session, SYSTEM, sign_in_name, name, password, must_change=True)
    click.echo(f"{person.sign_in_name}\t{password}")


@commands.command("grant")
@click.argument("sign_in_name")
@click.argument("role", type=click.Choice(ROLES))
@click.option("--evaluation", help="评估项目编号，不写则对全部有效 / code of one evaluation; without it, all")
def grant(sign_in_name: str, role: str, evaluation: str | None) -> None:
    """授予角色 / grant a role."""
    with ready(read_config()) as service, service.database.transaction() as session:
        person = queries.person_named(session, sign_in_name)
        evaluation_id = None if evaluation is None else evaluation_by_code(session, evaluation).id
        operations.grant_role(session, SYSTEM, person.id, role, evaluation_id)
    click.echo(f"{person.sign_in_name}: {role}")


@commands.command("make-token")
@click.argument("sign_in_name")
@click.option(
    "--kind",
    type=click.Choice((*operations.TOKEN_KINDS, queries.ACCOUNT)),
    required=True,
    help="程序、设备，或用 Digest 登录的设备账号 / program, phone, or account of a phone that signs in by Digest",
)
@click.option("--label", required=True, help="用途 / what it is for")
@click.option("--days", default=90, show_default=True, type=click.IntRange(1, operations.LONGEST_TOKEN_DAYS))
def make_token(sign_in_name: str, kind: str, label: str, days: int) -> None:
    """签发令牌或设备账号，只显示一次 / make a token, or a device account (name and password), and print it, once."""
    config = read_config()
    with ready(config) as service, service.database.transaction() as session:
        person = queries.person_named(session, sign_in_name)
        if kind == queries.ACCOUNT:
            made = make_account(session, SYSTEM, person.id, label=label, days=days, key=config.secret_key)
            told = f"{made.username}\t{made.password}"
        else:
            told = operations.make_token(session, SYSTEM, person.id, kind=kind, label=label, days=days).secret
    click.echo(told)


def _password() -> str:
    """Return a password from the variable, the pipe or the terminal, in this order."""
    given = os.environ.get(PASSWORD_VARIABLE)
    if given is None and not sys.stdin.isatty():
        given = sys.stdin.readline().rstrip("\r\n")
        if not given:
            raise InvalidError("people.password_missing", variable=PASSWORD_VARIABLE)
    if given is not None:
        return given
    return str(click.prompt("密码 / password", hide_input=True, confirmation_prompt="再输一次 / again"))
