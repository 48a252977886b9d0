"""The command line: every group of commands, and the one edge at which an error becomes words and an exit code."""

import click

from evalsvc.people.commands import commands as people_commands

GROUPS: tuple[click.Command, ...] = (people_commands,)
"""Groups of commands. Register a feature's here (its commands.py, name `commands`)."""


@click.group()
def main() -> None:
    """第三方评估系统 / survey and field-evaluation system."""


for group in GROUPS:
    main.add_command(group)
