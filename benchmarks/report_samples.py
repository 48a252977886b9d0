"""Reports, letters and county reports with invented figures, in Chinese and English, for the studies of the layout."""

import tomllib
from datetime import UTC, datetime
from pathlib import Path

from reports.document import (
    Annex,
    Block,
    Chapter,
    Column,
    Cover,
    Document,
    Fact,
    Finding,
    Footnote,
    Form,
    Heading,
    IntervalChart,
    IntervalRow,
    Items,
    Paragraph,
    Printed,
    Row,
    Strong,
    Table,
    Threshold,
    Tone,
)
from reports.looks import Logo, Look
from reports.number_format import interval, percent, whole

LOGO = Logo(
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><rect width="64" height="64" rx="9" fill="#14505c"/>'
    b'<path d="M14 46V30h9v16zM28 46V18h9v28zM42 46V36h9v10z" fill="#fff"/></svg>',
    "示例评估研究院 / Sample Institute",
)
LOOK, BAND = Look(logo=LOGO), Look(logo=LOGO, cover="band", accent="#1d3f72")
_RATES = (
    (0.0061, 0.0032, 0.0108, Tone.PASS),
    (0.0314, 0.0222, 0.0436, Tone.FAIL),
    (0.0187, 0.0114, 0.0292, Tone.UNDECIDED),
)
WORDS = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


def words(language: str, name: str) -> list[str]:
    text: str = WORDS[language][name]
    return text.split("|")


def cover(language: str, **given: str) -> Cover:
    known = WORDS[language]
    named = {
        name: known[name] for name in ("title", "subtitle", "institute", "client", "date", "lead", "reviewer", "kind")
    }
    return Cover(
        issued_at=datetime(2026, 3, 20, 2, 30, tzinfo=UTC),
        facts=(Fact(known["fact"], "9f2c" * 16),), **{"number": "SLPG-2026-001", **named, **given},
    )  # fmt: skip


def report(
    language: str = "zh", *, look: Look | None = None, rows: int = 60, paragraphs: int = 3, **given: str
) -> Document:
    known, titles, headings = WORDS[language], words(language, "chapters"), words(language, "headings")
    prose = Paragraph(known["prose"])
    noted = Paragraph((known["effect"], Footnote((known["note"],)), " ≈ 2.24. ", known["prose"]))
    result: tuple[Block, ...] = (Heading(known["indicator"]), prose, chart(language), counties(language), prose)
    rule = Paragraph((Strong(known["threshold"]), " — ", known["meaning"]))
    parts: tuple[tuple[Block, ...], ...] = (
        (Heading(headings[0]), prose, noted, Heading(headings[1]), prose, steps(language)),
        (Heading(headings[2]), *[prose] * paragraphs, Heading(headings[3]), rule),
        result,
        (prose, steps(language), *[prose] * paragraphs),
    )  # fmt: skip
    return Document(
        cover(language, **given),
        tuple(Chapter(title, blocks) for title, blocks in zip(titles, parts, strict=True)),
        (Annex(known["annex"], (prose, villages(language, rows)), landscape=True),),
        findings(language), "zh-CN" if language == "zh" else "en", look=look,
    )  # fmt: skip


def letter(language: str = "zh", look: Look | None = None) -> Document:
    known = WORDS[language]
    blocks: tuple[Block, ...] = (Paragraph(known["prose"]), findings(language)[1], Paragraph(known["request"]))
    return Document(
        cover(language, title=known["letter"], subtitle="", client=known["to"]), (Chapter("", blocks),),
        language="zh-CN" if language == "zh" else "en", look=look, form=Form.LETTER, salutation=known["to"],
    )  # fmt: skip


def findings(language: str) -> tuple[Finding, ...]:
    known = WORDS[language]
    named = zip(words(language, "counties"), words(language, "verdicts"), _RATES, strict=True)
    return tuple(
        Finding(f"{county}　{known['indicator']}", verdict, tone, (known["found"], percent(rate)),
                (known["certain"], interval(low, high)), known["meaning"])
        for county, verdict, (rate, low, high, tone) in named
    )  # fmt: skip


def chart(language: str) -> IntervalChart:
    known = WORDS[language]
    named = zip(words(language, "counties"), words(language, "verdicts"), _RATES, strict=True)
    rows = tuple(
        IntervalRow(county, rate, low, high, tone, Printed(f"{county}/rate", percent(rate)), verdict)
        for county, verdict, (rate, low, high, tone) in named
    )
    return IntervalChart(known["caption"], known["described"], rows, Threshold(0.02, known["threshold"]))


def counties(language: str) -> Table:
    known = WORDS[language]
    aligned = ("start", "end", "end", "end", "center", "center")
    columns = tuple(Column(title, align) for title, align in zip(words(language, "columns"), aligned, strict=True))
    named = zip(words(language, "counties"), words(language, "verdicts"), _RATES, strict=True)
    rows = tuple(
        Row((county, whole(1846), whole(612), percent(rate), interval(low, high), verdict))
        for county, verdict, (rate, low, high, _) in named
    )
    return Table(known["caption"], columns, rows, known["table_note"])


def villages(language: str, rows: int) -> Table:
    known = WORDS[language]
    shares = (
        ("start", 0.17),
        ("start", 0.13),
        ("start", 0.16),
        ("end", 0.11),
        ("end", 0.13),
        ("center", 0.2),
        ("end", 0.1),
    )
    columns = tuple(Column(title, *share) for title, share in zip(words(language, "villages"), shares, strict=True))
    body = tuple(
        Row((f"9901251{number:05d}", known["town"], known["village"].format(number), whole(180 + number * 7),
             f"{0.05 + number / 4000:.4f}", f"{number * 977:013x}", "8"))
        for number in range(1, rows + 1)
    )  # fmt: skip
    return Table(known["draw"], columns, body, small=True)


def steps(language: str) -> Items:
    return Items(tuple(WORDS[language]["items"].split("|")), numbered=True)
