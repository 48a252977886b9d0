"""The command line: every group of commands. terminal.py is the edge where an error becomes words and an exit code."""

import click

from evalsvc import models  # noqa: F401  (every table must be known before the first query)
from evalsvc.commands import audit_commands, database_commands
from evalsvc.draws.commands import commands as draws_commands
from evalsvc.draws.commands import design_commands
from evalsvc.editions.commands import commands as editions_commands
from evalsvc.evaluations.commands import commands as evaluations_commands
from evalsvc.frames.commands import commands as frames_commands
from evalsvc.instruments.commands import commands as instruments_commands
from evalsvc.people.commands import commands as people_commands
from evalsvc.results.commands import estimate
from evalsvc.serve import serve
from evalsvc.terminal import Edge
from evalsvc.verification.commands import verify_command

GROUPS: tuple[click.Command, ...] = (
    serve,
    database_commands,
    people_commands,
    evaluations_commands,
    frames_commands,
    design_commands,
    draws_commands,
    instruments_commands,
    estimate,
    editions_commands,
    verify_command,
    audit_commands,
)
"""Commands in the order of the help. Register a feature's here (its commands.py, name `commands`)."""

VERSION_MESSAGE = "evalsvc %(version)s"


@click.group(cls=Edge, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="evalsvc", message=VERSION_MESSAGE)
def main() -> None:
    """第三方评估系统：抽样、入户调查、估计、签名报告，每个数字都可由外部重算。

    Third-party evaluation: samples, field interviews, estimates and signed reports whose figures anyone can recompute.

    退出码 / exit codes: 0 正常 fine, 1 数据或核对不通过 data or check failed, 2 用法错误 wrong use.
    """


for command in GROUPS:
    main.add_command(command)
