"""The Chinese guide shows only what works: its files are read, its commands and options exist."""

import re
import shlex
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from evalsvc.cli import main
from sampling.design import load_design
from sampling.estimate import load_plan
from sampling.mapping import load_mapping
from sampling.simulate import load_pattern

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "guide.zh.md").read_text(encoding="utf-8")


def blocks(language):
    return re.findall(rf"^ *```{language}\n(.*?)^ *```$", GUIDE, re.DOTALL | re.MULTILINE)


def commands():
    lines = "\n".join(blocks("sh")).replace("\\\n", " ").splitlines()
    inline = re.findall(r"`(evalsvc [^`]+)`", GUIDE)
    return [line.strip() for line in (*lines, *inline) if line.strip()]


def test_the_files_of_the_guide_are_read_without_complaint():
    mapping, design, rates, plan = blocks("yaml")
    assert load_mapping(mapping).complaints == ()
    reading = load_design(design, "design.yaml")
    assert reading.complaints == ()
    assert load_pattern(rates, reading.design).complaints == ()
    assert load_plan(plan).complaints == ()


@pytest.mark.parametrize("line", commands())
def test_the_commands_of_the_guide_exist_with_their_options(line):
    words = shlex.split(line, comments=True)[1:]
    command = main
    while isinstance(command, click.Group) and (words or not command.invoke_without_command):
        command = command.get_command(click.Context(command), words.pop(0))
    assert command is not None
    known = {name for parameter in command.params for name in parameter.opts}
    assert {word for word in words if word.startswith("--")} <= known


@pytest.mark.parametrize("line", [line for line in commands() if line.startswith("evalsvc design size")])
def test_sizes_of_the_guide_are_computed(line):
    ended = CliRunner().invoke(main, shlex.split(line, comments=True)[1:])
    assert ended.exit_code == 0, ended.output


def test_the_readme_leads_to_the_guide_and_its_links_lead_somewhere():
    assert "(docs/guide.zh.md)" in (ROOT / "README.md").read_text(encoding="utf-8")
    assert all((ROOT / "docs" / name).is_file() for name in re.findall(r"\]\(([\w.-]+\.md)\)", GUIDE))
