"""The values of this room: what a variable is, which kinds of missing there are, and what a dataset consists of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import Enum
from functools import cached_property
from typing import Literal

from forms.structure import Texts

VariableKind = Literal["integer", "decimal", "date", "time", "datetime", "text", "choice", "flag"]
"""`choice` is one of listed values, `flag` is 0 or 1."""
NUMBERS = frozenset({"integer", "decimal", "flag"})
MOMENTS = frozenset({"date", "time", "datetime"})
INTERVIEWS = "interviews"
"""Name of the table with one row for each interview; every repeat is a table of its own."""
LARGEST_WHOLE = 2**53
"""Whole numbers beyond it are texts here: SPSS, Stata, R and spreadsheets would round them."""


class Missing(Enum):
    """Why a cell has no value; the letter is Stata's (.a to .e), the code SPSS's."""

    NOT_ASKED = "a"
    """The submission does not hold the question: the form did not ask it in this interview."""
    NOT_ANSWERED = "b"
    """The submission holds the question without an answer."""
    NOT_IN_VERSION = "c"
    """The version of the form that was filled does not have the question."""
    UNFIT = "d"
    """The answer is no value of the variable's kind; its text stands in the row's `ev_unfit`."""
    NO_CHANCE = "e"
    """Of weights and stages alone: the unit has no known chance of being drawn."""

    @property
    def code(self) -> int:
        """Give the number that stands for it in files whose missing values are numbers."""
        return -999_999_990 - "abcde".index(self.value) - 1


Scalar = int | float | str | date | time | datetime
Cell = Scalar | Missing | None
"""None stands only where the server itself has nothing to say, as for a weight that is not known."""
Row = list[Cell]


@dataclass(frozen=True)
class ValueLabel:
    """One value of a choice: the text that forms use, the number in SPSS and Stata, its labels by language."""

    value: str
    code: int
    labels: Texts
    no_answer: bool = False
    """Set where the name says that the respondent did not know or did not want to say; it stays a value."""


@dataclass(frozen=True)
class Conflict:
    """A variable that versions of the form ask as different kinds; it is a text here."""

    versions: Mapping[str, str]


@dataclass(frozen=True)
class Variable:
    """One column of one table."""

    name: str
    """Its name in every format but Stata's, which allows short ones only."""
    table: str
    kind: VariableKind
    labels: Texts
    path: str = ""
    """The question's path in the form; empty for what the server adds."""
    part: str = ""
    """What of the answer it is: a choice of several, `latitude`, … ; empty for the whole of it."""
    role: str = ""
    """For what the server adds: what it is (dataset/metadata.py)."""
    values: tuple[ValueLabel, ...] = ()
    question_type: str = ""
    relevant: str = ""
    """When the question is asked, as the form has it; the conditions around it stand before its own."""
    calculation: str = ""
    """How the form computes it, as the form has it."""
    unit: str = ""
    """The unit of a number, where the question names one."""
    indicators: tuple[str, ...] = ()
    personal: str | None = None
    assignment: str | None = None
    typed_in: bool = False
    """Set where somebody writes the answer in words of their own."""
    takes_from: frozenset[str] = frozenset()
    """Names of the questions that its value is computed from."""
    device: bool = False
    """Set where the value tells of the device or of who holds it."""
    versions: tuple[str, ...] = ()
    paths: Mapping[str, str] = field(default_factory=dict)
    """The path by version: a question may move from one group to another."""
    conflict: Conflict | None = None
    name_in_stata: str = ""
    """Empty where it is the name."""
    treatment: str = ""
    """What de-identification did to it (dataset/release.py); empty where nothing."""

    @cached_property
    def code_of(self) -> Mapping[str, int]:
        """Give the number of each value."""
        return {each.value: each.code for each in self.values}

    def label(self, language: str) -> str:
        """Give its label in a language, else in any, else its name."""
        return self.labels.get(language) or next((each for each in self.labels.values() if each), "") or self.name


@dataclass(frozen=True)
class Table:
    """One table: its name, the path of its repeat (empty for the interviews), its variables in order."""

    name: str
    path: str
    variables: tuple[Variable, ...]
    labels: Texts


@dataclass(frozen=True)
class Schema:
    """What a dataset consists of: the form, the versions that it joins, its tables; the interviews come first."""

    form_id: str
    titles: Texts
    versions: tuple[str, ...]
    tables: tuple[Table, ...]
    stages: int = 0
    """Stages of the draw whose columns the interviews have."""

    @property
    def variables(self) -> tuple[Variable, ...]:
        """Give the variables of all tables."""
        return tuple(variable for table in self.tables for variable in table.variables)


Rows = Mapping[str, list[Row]]
"""The rows of one interview, by the name of the table."""
