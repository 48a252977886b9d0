"""Say in the terminal's one language what is wrong with a command line; the library's own words are English."""

import re
from collections.abc import Mapping

import click

from evalsvc.given_paths import UnusableError
from evalsvc.words import sentence

CHINESE = re.compile(r"[\u4e00-\u9fff]")
OF_BOTH = " / "
"""Between the Chinese and the English of a message that a command wrote itself."""
GIVEN = re.compile(r"'(?P<text>[^']*)'|^(?P<number>\S+) is not in the range (?P<range>.+)\.$")
EXTRA = re.compile(r"unexpected extra arguments? \((?P<words>.*)\)")

ENGLISH_BELOW = ("usage.wrong", "usage.bad_value")
"""Sentences that say too little by themselves: the library's own words follow."""
Told = tuple[str, Mapping[str, object]]


def show_wrong_use(error: click.ClickException, language: str) -> None:
    """Print what is wrong, how the command is called, and where its help is."""
    own = CHINESE.search(error.message) is not None and OF_BOTH in error.message
    if language == "en" and own:
        english = error.message.split(OF_BOTH, 1)[1]
        error = click.UsageError(english, getattr(error, "ctx", None))
    if language == "en" or isinstance(error, click.exceptions.NoArgsIsHelpError):
        error.show()
        return
    code, details = _in_chinese(error)
    click.echo(error.message.split(OF_BOTH, 1)[0] if own else sentence(code, details), err=True)
    if code in ENGLISH_BELOW and not own:
        error.show()
        return
    context = getattr(error, "ctx", None)
    if isinstance(context, click.Context):
        click.echo(context.get_usage(), err=True)


def _in_chinese(error: click.ClickException) -> Told:
    """Give the code and the details of the Chinese of a message of the library."""
    if isinstance(error, UnusableError):
        return error.usage_code, error.usage_details
    parameter = getattr(error, "param", None)
    if isinstance(parameter, click.Parameter):
        name = parameter.get_error_hint(click.get_current_context(silent=True) or click.Context(click.Command(None)))
        missing = isinstance(error, click.MissingParameter)
        return ("usage.missing", {"parameter": name}) if missing else _bad_value(parameter, name, error.message)
    return _misplaced(error)


def _misplaced(error: click.ClickException) -> Told:
    """Give code and details of a word of the command line that has no place there."""
    if isinstance(error, click.NoSuchOption):
        return "usage.no_such_option", {"option": error.option_name}
    if isinstance(error, click.exceptions.NoSuchCommand):
        return "usage.no_such_command", {"command": error.command_name}
    extra = EXTRA.search(error.message)
    if extra is not None:
        return "usage.extra", {"words": extra.group("words")}
    if isinstance(error, click.BadOptionUsage):
        return "usage.option", {"option": error.option_name}
    return "usage.wrong", {}


def _bad_value(parameter: click.Parameter, name: str, message: str) -> Told:
    found = GIVEN.search(message)
    value = "" if found is None else found.group("text") or found.group("number") or ""
    details: Mapping[str, object] = {"parameter": name, "value": value}
    kind = parameter.type
    if isinstance(kind, click.Path):
        return "usage.no_file" if "does not exist" in message else "usage.unusable_file", details
    if isinstance(kind, click.Choice):
        return "usage.not_a_choice", {**details, "allowed": list(map(str, kind.choices))}
    if found is not None and found.group("range"):
        return "usage.out_of_range", {**details, "range": found.group("range")}
    if isinstance(kind, click.types.IntParamType | click.types.FloatParamType):
        return "usage.not_a_number", details
    return "usage.bad_value", details
