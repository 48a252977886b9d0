"""Commands about people."""

import click

from evalsvc.config import read_config
from evalsvc.people import operations
from evalsvc.people.actor import ADMINISTRATOR, SYSTEM
from evalsvc.service import open_service


@click.group("people")
def commands() -> None:
    """人员与权限 / people and their roles."""


@commands.command("create-administrator")
@click.argument("sign_in_name")
@click.option("--name", required=True, help="显示的姓名 / the name that pages show")
@click.password_option(
    "--password", envvar="EVALSVC_ADMINISTRATOR_PASSWORD", help="不要写在命令行里 / leave it out: it is asked for"
)
def create_administrator(sign_in_name: str, name: str, password: str) -> None:
    """建立管理员账号 / make an administrator's account."""
    with open_service(read_config()).database.transaction() as session:
        person = operations.add_person(session, SYSTEM, sign_in_name, name, password)
        operations.grant_role(session, SYSTEM, person.id, ADMINISTRATOR)
    click.echo(f"管理员已建立 / administrator made: {sign_in_name}")
