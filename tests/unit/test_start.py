"""What starts is ready soon: libraries that lay out, sign, estimate or read workbooks wait until they are used."""

import subprocess
import sys
from importlib import import_module

import click
import pytest

from evalsvc.cli import COMMANDS
from evalsvc.draws.design_commands import DESIGN_COMMANDS
from evalsvc.draws.draw_commands import DRAW_COMMANDS

HEAVY = (
    "duckdb",
    "fontTools",
    "jsonschema",
    "numpy",
    "openpyxl",
    "psycopg",
    "pyarrow",
    "pyhanko",
    "pypdfium2",
    "pyxform",
    "scipy",
    "weasyprint",
)
SERVICE = (*HEAVY, "flask", "sqlalchemy", "rich", "jinja2", "lxml")


@pytest.mark.parametrize(
    ("start", "waiting"),
    [
        ("import evalsvc.wsgi, evalsvc.serve", HEAVY),
        ("import evalsvc.__main__, evalsvc.cli", SERVICE),
        ("import sys\nfrom evalsvc.cli import main\nsys.argv = ['evalsvc', '--help']\n"
         "try:\n    main()\nexcept SystemExit:\n    pass", SERVICE),
    ],
)  # fmt: skip
def test_what_starts_loads_nothing_that_waits(start, waiting):
    loaded = f"{start}\nimport sys\nprint(*{{name.split('.')[0] for name in sys.modules}}, sep='\\n')"
    made = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True)
    assert sorted(set(waiting) & set(made.stdout.splitlines())) == []


@pytest.mark.parametrize(
    "listed",
    [pytest.param(each, id=name) for part in (COMMANDS, DESIGN_COMMANDS, DRAW_COMMANDS) for name, each in part.items()],
)
def test_the_help_says_of_each_command_what_the_command_says_itself(listed):
    module, _, attribute = listed.place.partition(":")
    command: click.Command = getattr(import_module(module), attribute)
    assert (command.help or "").splitlines()[0] == listed.words
