"""Patterns of forms, written for Java or JavaScript, matched within bounds whatever they and the answers are.

RE2 matches in time that grows with the text alone. It knows no lookaround, no references back and no large counts; such
patterns are matched by `regex`, which tries one way after the other, and ends it when the time is up.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import lru_cache
from time import perf_counter
from typing import Any

import re2
import regex

from forms.scope import CURRENT, EvaluationError
from forms.xpath import Call, Literal, parse, walk

MAX_TESTED_LENGTH = 10_000
MAX_PATTERN_LENGTH = 10_000
MAX_WRITTEN = 300_000
"""Characters of a pattern when its counts are written out, as `regex` does it: counts inside of counts multiply."""
SHOWN = 100
SECONDS = 0.2
"""The time of one match."""
_TOKEN = re.compile(
    r"\\u\{(?P<braced>[0-9A-Fa-f]{1,6})\}|\\u(?P<four>[0-9A-Fa-f]{4})|\\(?P<sign>[pP])\{(?P<named>[^}]*)\}"
    r"|\\(?P<escaped>.)|(?P<posix>\[:\^?\w+:\])|(?P<bracket>[\[\]])",
    re.DOTALL,
)
_COUNT = re.compile(r"\{(\d+)")
_INTERSECTION = re.compile(r"(?<!\\)&&")
# Java's classes of ASCII; the same letters for digits, words and blanks, which mean ASCII in Java and JavaScript.
_ASCII = {
    "Alpha": "A-Za-z", "Digit": "0-9", "Alnum": "A-Za-z0-9", "Lower": "a-z", "Upper": "A-Z", "XDigit": "0-9A-Fa-f",
    "Punct": r"!-/:-@\[-`{-~", "Space": r" \t-\r", "Blank": r" \t", "ASCII": r"\x00-\x7f", "Cntrl": r"\x00-\x1f\x7f",
    "Graph": "!-~", "Print": " -~",
}  # fmt: skip
_LETTERS = {"d": "0-9", "w": "A-Za-z0-9_", "s": r" \t-\r"}
_NAMES = {
    "Alphabetic": "L", "Letter": "L", "Digit": "Nd", "Number": "N", "Punctuation": "P", "Uppercase": "Lu",
    "Lowercase": "Ll", "Uppercase_Letter": "Lu", "Lowercase_Letter": "Ll",
}  # fmt: skip


@dataclass(frozen=True)
class Pattern:
    """A compiled pattern; a linear one takes time by the length of the text alone."""

    source: str
    compiled: Any
    linear: bool

    def matches(self, text: str, seconds: float = SECONDS) -> bool:
        """Tell whether the whole text is of this pattern; raise TimeoutError when that takes too long."""
        if self.linear:
            return self.compiled.fullmatch(text) is not None
        return self.compiled.fullmatch(text, timeout=min(SECONDS, seconds)) is not None


def matches(source: str, text: str) -> bool:
    """Tell whether a whole text is of a pattern.

    Patterns share the time of the run over a submission, so that no number of rows adds up; where it is used up, or a
    pattern is wrong, raise EvaluationError.
    """
    if len(text) > MAX_TESTED_LENGTH:
        raise EvaluationError("check.text_too_long", limit=MAX_TESTED_LENGTH)
    scope = CURRENT.get()
    started = perf_counter()
    try:
        if scope.patience > 0:
            return compiled_pattern(source).matches(text, scope.patience)
    except TimeoutError:
        pass
    finally:
        scope.patience -= perf_counter() - started
    raise EvaluationError("check.pattern_slow", pattern=source[:SHOWN])


@lru_cache(maxsize=256)
def compiled_pattern(source: str) -> Pattern:
    """Compile a pattern; raise EvaluationError for one that is wrong or too large."""
    if len(source) > MAX_PATTERN_LENGTH:
        raise EvaluationError("form.pattern_large", pattern=source[:SHOWN])
    # What both clients' languages know, and RE2 reads as something else.
    intersects = _INTERSECTION.search(source) is not None
    written = _written(source)
    if not intersects:
        try:
            return Pattern(source, re2.compile(written, _options()), linear=True)
        except (re2.error, UnicodeEncodeError):
            pass
    if len(source) * math.prod(int(count) or 1 for count in _COUNT.findall(source)) > MAX_WRITTEN:
        raise EvaluationError("form.pattern_large", pattern=source[:SHOWN])
    try:
        return Pattern(source, regex.compile(written, regex.V1 if intersects else regex.V0), linear=False)
    except (regex.error, RecursionError, UnicodeError) as problem:
        raise EvaluationError("form.pattern", pattern=source[:SHOWN], reason=str(problem)) from problem


def patterns_in(expression: str) -> list[Pattern]:
    """Give the patterns that stand in an expression itself."""
    if "regex" not in expression:
        return []
    calls = (part for part in walk(parse(expression)) if isinstance(part, Call) and part.name == "regex")
    written = (call.arguments[1] for call in calls if len(call.arguments) > 1)
    return [compiled_pattern(each.text) for each in written if isinstance(each, Literal)]


@lru_cache(maxsize=1)
def _options() -> Any:
    options = re2.Options()
    options.log_errors = False
    options.never_capture = True
    return options


def _written(source: str) -> str:
    """Write the classes and escapes of Java and JavaScript as both engines read them."""
    inside = False

    def write(token: re.Match[str]) -> str:
        nonlocal inside
        if token["bracket"]:
            inside = token["bracket"] == "["
            return token[0]
        code = token["braced"] or token["four"]
        if code:
            return _character(int(code, 16))
        if token["sign"]:
            return _class(token["sign"] == "p", token["named"], inside) or token[0]
        return token[0] if token["posix"] else _escaped(token["escaped"], inside)

    return _TOKEN.sub(write, source)


def _character(code: int) -> str:
    letter = chr(min(code, 0x10FFFF))
    return letter if letter.isalnum() or code > 0x7F else f"\\x{code:02x}"


def _escaped(letter: str, inside: bool) -> str:
    if letter in _LETTERS:
        return _LETTERS[letter] if inside else f"[{_LETTERS[letter]}]"
    if letter.lower() in _LETTERS and not inside:
        return f"[^{_LETTERS[letter.lower()]}]"
    if letter == "Z":
        return r"\z"
    return letter if ord(letter) > 0x7F else f"\\{letter}"


def _class(positive: bool, named: str, inside: bool) -> str | None:
    """Write a class with a name; None where it can stay as it is."""
    if named in _ASCII:
        if inside:
            return _ASCII[named] if positive else None
        return f"[{'' if positive else '^'}{_ASCII[named]}]"
    name = named.rpartition("=")[2].removeprefix("Is")
    return f"\\{'p' if positive else 'P'}{{{_NAMES.get(name, name)}}}"
