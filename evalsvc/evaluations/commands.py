"""Commands about evaluations."""

import json
from dataclasses import asdict

import click

from evalsvc.config import read_config
from evalsvc.evaluations import operations, queries
from evalsvc.evaluations.packs import pack_names
from evalsvc.people.actor import SYSTEM
from evalsvc.service import ready


@click.group("evaluation")
def commands() -> None:
    """评估项目 / evaluations."""


@commands.command("create")
@click.argument("code")
@click.option("--name", required=True, help="名称 / name")
@click.option("--client", required=True, help="委托单位 / the client")
@click.option("--institute", required=True, help="评估机构 / the institute")
@click.option("--pack", required=True, type=click.Choice(pack_names()), help="规则包 / rule pack")
@click.option("--simulated", is_flag=True, help="模拟数据 / the data are simulated")
def create(code: str, name: str, client: str, institute: str, pack: str, *, simulated: bool) -> None:
    """建立评估项目 / open an evaluation."""
    with ready(read_config()) as service, service.database.transaction() as session:
        made = operations.create_evaluation(
            session, SYSTEM, code=code, name=name, client=client, institute=institute, pack=pack, simulated=simulated
        )
    click.echo(f"评估项目已建立 / evaluation opened: {made.code}")


@commands.command("list")
@click.option("--json", "as_json", is_flag=True, help="供程序读取 / for machines")
def list_all(*, as_json: bool) -> None:
    """列出评估项目 / list the evaluations."""
    with ready(read_config()) as service, service.database.reading() as session:
        rows = queries.evaluations(session)
    if as_json:
        click.echo(json.dumps([asdict(row) for row in rows], ensure_ascii=False, indent=1, default=str))
        return
    for row in rows:
        click.echo(f"{row.code}\t{row.name}\t{row.client}")
