"""Commands of the core: the database and the audit trail."""

import json

import click

from evalsvc import audit, migrate
from evalsvc.config import read_config
from evalsvc.service import ready, running
from evalsvc.terminal import FAILED, language
from evalsvc.words import sentence


@click.group("db")
def database_commands() -> None:
    """数据库 / the database."""


@database_commands.command("upgrade")
def upgrade() -> None:
    """建立或升级数据库结构 / make or upgrade the tables."""
    with running(read_config()) as service:
        revision = migrate.upgrade(service.database)
    click.echo(f"数据库结构已是最新 / the database is up to date: {revision}")


@click.group("audit")
def audit_commands() -> None:
    """审计记录 / the audit trail."""


@audit_commands.command("verify")
@click.option("--json", "as_json", is_flag=True, help="供程序读取 / for machines")
def verify(*, as_json: bool) -> None:
    """核对审计记录的哈希链：改动、删除、调换次序都会被发现 / check the hash chain for edits, removals and reorders."""
    with ready(read_config()) as service, service.database.reading() as session:
        found = audit.verify(session)
    broken = found.breaks
    if as_json:
        listed = [{"sequence": each.sequence, "code": each.code} for each in broken]
        click.echo(json.dumps({"ok": not broken, "rows": found.rows, "head": found.head, "breaks": listed}))
    else:
        for each in broken:
            click.echo(sentence(each.code, {"sequence": each.sequence}, language()), err=True)
        code = "audit.broken" if broken else "audit.whole"
        click.echo(sentence(code, {"rows": found.rows, "head": found.head, "breaks": len(broken)}, language()))
    if broken:
        click.get_current_context().exit(FAILED)
