"""The command line: every command by name. terminal.py is the edge where an error becomes words and an exit code."""

from collections.abc import Mapping

import click

from evalsvc.terminal import Edge

COMMANDS: Mapping[str, str] = {
    "serve": "evalsvc.serve:serve",
    "db": "evalsvc.commands:database_commands",
    "people": "evalsvc.people.commands:commands",
    "evaluation": "evalsvc.evaluations.commands:commands",
    "frame": "evalsvc.frames.commands:commands",
    "design": "evalsvc.draws.commands:design_commands",
    "draw": "evalsvc.draws.commands:commands",
    "form": "evalsvc.instruments.commands:commands",
    "estimate": "evalsvc.results.commands:estimate",
    "report": "evalsvc.editions.commands:commands",
    "verify": "evalsvc.verification.commands:verify_command",
    "demo": "evalsvc.demonstration.commands:demo",
    "audit": "evalsvc.commands:audit_commands",
}
"""Name of a command: module and attribute, in the order of the help. Register a feature's here.

A module is loaded when its command is called: whoever only checks a report need not wait for the database's tools.
"""


@click.group(
    cls=Edge,
    commands_by_name=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="evalsvc", message="evalsvc %(version)s")
def main() -> None:
    """第三方评估系统：抽样、入户调查、估计、签名报告，每个数字都可由外部重算。

    Third-party evaluation: samples, field interviews, estimates and signed reports whose figures anyone can recompute.

    退出码 / exit codes: 0 正常 fine, 1 数据或核对不通过 data or check failed, 2 用法错误 wrong use.
    """
