"""What a check costs as forms and submissions grow: questions, and rows of a repeat."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from lxml import etree

from benchmarks.evidence import table
from benchmarks.intake_form import NAME, SECTIONS, form_text, submission
from benchmarks.timing import Lane
from forms import check_by, compile_form, convert, parse_definition, parse_instance
from forms.answers import Answers
from forms.compiled import CompiledForm, Rules
from forms.expression import Expression
from forms.scope import CURRENT, Scope

NOW = datetime(2026, 3, 2, 2, 30, tzinfo=UTC)
GROWING = (10, 23, 48, 98)
"""Sections of five questions; with what stands around them 60, 125, 250 and 500 questions."""
ROWS = (10, 100, 1_000, 10_000)
ROSTER = """
| settings |
| | form_id | version |
| | roster | 1 |
| survey |
| | type | name | label | required | relevant | constraint | calculation |
| | begin_repeat | member | Member | | | | |
| | calculate | number | | | | | position(..) |
| | text | who | Who | yes | | string-length(.) < 40 | |
| | integer | age | Age | yes | | . >= 0 and . < 120 | |
| | integer | class | Class | | ${age} < 16 | . < 13 | |
| | end_repeat | | | | | | |
| | calculate | members | | | | | count(${member}) |
| | calculate | minors | | | | | count(${member}[age < 16]) |
"""
ACROSS = ROSTER.replace(
    "| | end_repeat",
    "| | calculate | alike | | | | | count(/data/member[who = current()/../who]) |\n| | end_repeat",
)
SIXTY, XPATH = "check: the form of sixty questions", "lxml's compiled XPath alone: the same expressions"


@dataclass(frozen=True)
class Grown:
    """One size: how many questions or rows, bytes of the submission, and seconds of reading and of checking it."""

    size: int
    bytes: int
    reading: float
    checking: float
    complaints: int


def prepared(sections: int = SECTIONS) -> tuple[CompiledForm, bytes]:
    """Return a form of so many sections and a submission of it."""
    form = compiled_text(form_text(sections))
    return form, submission(form.definition, "350125-1", photo=True, sections=sections)


def compiled_text(text: bytes) -> CompiledForm:
    """Compile a form from its text."""
    conversion = convert(text, NAME)
    if conversion.xform is None:
        raise ValueError(f"the form cannot be converted: {conversion.complaints}")
    return compile_form(parse_definition(conversion.xform))


def sixty_lanes(times: int) -> dict[str, Lane]:
    """Check one submission of sixty questions so many times, beside the XPath that its expressions are for libxml2."""
    form, xml = prepared()
    instance = parse_instance(xml)
    answers = Answers(form, parse_instance(xml).root)
    wanted = [
        (each, element) for path in answers.at for element in answers.at[path] for each in judged(form.rules[path])
    ]
    return {
        XPATH: Lane(lambda: [evaluate(form, answers, wanted) for _ in range(times)], times),
        SIXTY: Lane(lambda: [check_by(form, instance, NOW) for _ in range(times)], times, XPATH),
    }


def judged(rules: Rules) -> tuple[Expression, ...]:
    """Return the expressions of a node that stand for its answers, those of choices left out."""
    every = (rules.relevant, rules.required, rules.constraint, rules.calculate)
    return tuple(each for each in every if each is not None)


def evaluate(form: CompiledForm, answers: Answers, wanted: Sequence[tuple[Expression, etree._Element]]) -> int:
    """Evaluate expressions by libxml2, each at its node; count them."""
    token = CURRENT.set(Scope(answers.root, answers.root, form.tables, NOW, form.definition.default_language))
    try:
        return len([expression.value(element) for expression, element in wanted])
    finally:
        CURRENT.reset(token)


def growing_forms(sizes: Sequence[int]) -> list[Grown]:
    """Check one submission of forms of more and more questions."""
    grown = []
    for sections in sizes:
        form, xml = prepared(sections)
        grown.append(measured(form, xml, len(form.definition.questions), 50))
    return grown


def growing_rows(text: str, sizes: Sequence[int]) -> list[Grown]:
    """Check submissions of more and more rows."""
    form = compiled_text(text.encode())
    return [measured(form, roster(rows, "alike" in text), rows, max(1, 300 // rows)) for rows in sizes]


def roster(rows: int, across: bool) -> bytes:
    """Write a submission of so many rows without a fault."""
    more = "<alike>1</alike>" if across else ""
    members = "".join(
        f"<member><number>{row}</number><who>户主 {row}</who><age>{20 + row % 60}</age>{more}</member>"
        for row in range(1, rows + 1)
    )
    sums = f"<members>{rows}</members><minors>0</minors><meta><instanceID>uuid:1</instanceID></meta>"
    return f'<data id="roster" version="1">{members}{sums}</data>'.encode()


def measured(form: CompiledForm, xml: bytes, size: int, times: int) -> Grown:
    """Read and check a submission so many times; the least time of three rounds counts."""
    instance = parse_instance(xml)
    reading = least(lambda: parse_instance(xml), times)
    checking = least(lambda: check_by(form, instance, NOW), times)
    return Grown(size, len(xml), reading, checking, len(check_by(form, instance, NOW)))


def least(work: Callable[[], object], times: int) -> float:
    """Return the least processor time of one of three rounds, for one piece of work."""
    rounds = []
    for _ in range(3):
        began = time.process_time()
        for _ in range(times):
            work()
        rounds.append((time.process_time() - began) / times)
    return min(rounds)


def growth(title: str, grown: Sequence[Grown]) -> str:
    """Write a table of sizes."""
    rows = [
        (
            f"{each.size:,}",
            f"{each.bytes:,}",
            f"{1000 * each.reading:.3f}",
            f"{1000 * each.checking:.3f}",
            f"{1e6 * each.checking / each.size:.1f}",
            str(each.complaints),
        )
        for each in grown
    ]
    return table((title, "Bytes", "Read, ms", "Check, ms", "Check of each, µs", "Complaints"), rows)


def growth_sections(short: bool) -> list[str]:
    """Write the sections of the page on how the time grows."""
    forms, rows = (GROWING[:2], ROWS[:2]) if short else (GROWING, ROWS)
    return [
        "## More questions, more rows",
        "Forms of five questions more and more (a number, a text, three choices, one of them filtered; relevance,"
        " constraints, sums), all answered:",
        growth("Questions", growing_forms(forms)),
        "A roster of members: place, two required answers with constraints, one relevance a row, two counts:",
        growth("Rows", growing_rows(ROSTER, rows)),
        "The same with a question that looks at all rows in every row, which takes time by the square of their number."
        " One check does a bounded amount of such work; beyond it there is one complaint, and the rest is checked:",
        growth("Rows", growing_rows(ACROSS, rows)),
    ]
