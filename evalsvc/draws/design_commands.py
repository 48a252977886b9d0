"""Commands for those who plan a sample: `evalsvc design …`; each is loaded when it is called."""

import click

from evalsvc.terminal import Listed, Shelf

DESIGN_COMMANDS = {
    "check": Listed(
        "evalsvc.draws.commands:check",
        "核对方案，列出全部问题，说明它会抽出什么 / check a design: every problem, else what it would take, in words.",
    ),
    "size": Listed(
        "evalsvc.draws.size_commands:size", "算样本量和把握度 / size a sample, and tell what a sample can decide."
    ),
    "simulate": Listed(
        "evalsvc.draws.simulate_commands:simulate",
        "模拟：反复抽取，看精度、覆盖率和各种结论的机会 / repeat the draw: precision, coverage, verdicts.",
    ),
}


@click.group("design", cls=Shelf, listed=DESIGN_COMMANDS)
def design_commands() -> None:
    """抽样方案：核对、算样本量、模拟 / sampling designs: check, size and simulate them."""
