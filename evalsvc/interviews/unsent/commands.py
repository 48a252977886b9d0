"""Commands for whoever runs the server: `evalsvc interviews import FILE`."""

import json
from dataclasses import asdict
from pathlib import Path

import click

from evalsvc.config import read_config
from evalsvc.evaluations.queries import evaluation_by_id
from evalsvc.given_paths import existing
from evalsvc.interviews.unsent.importing import REFUSED, import_unsent
from evalsvc.interviews.unsent.opening import read_header
from evalsvc.interviews.unsent.telling import counts, message, summary
from evalsvc.people.actor import SYSTEM
from evalsvc.service import ready
from evalsvc.terminal import FAILED, language


@click.group("interviews")
def commands() -> None:
    """访谈：导入手机没能提交的 / interviews: import what phones could not send."""


@commands.command("import")
@click.argument("path", metavar="FILE", type=existing)
@click.option("--json", "as_json", is_flag=True, help="供程序读取 / for machines")
def import_file(path: Path, *, as_json: bool) -> None:
    """导入手机导出的加密文件，逐份说明结果 / import a file that a phone sealed, interview by interview."""
    with ready(read_config()) as service, path.open("rb") as file:
        with service.database.reading() as session:
            evaluation = evaluation_by_id(session, read_header(file).evaluation_id)
        imported = import_unsent(service, SYSTEM, evaluation, file)
    told = [{**asdict(each), "message": message(each, language())} for each in imported]
    if as_json:
        click.echo(json.dumps({**counts(imported), "interviews": told}, ensure_ascii=False))
    else:
        for each in told:
            click.echo(f"{each['instance_id']}\t{each['message']}")
        click.echo(summary(imported, language()), err=True)
    if any(each.outcome == REFUSED for each in imported):
        click.get_current_context().exit(FAILED)
