"""The report as a document, from edition.json alone: its facts, and the texts that it is worded by."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from evalsvc import files
from evalsvc.editions.chapters.allowance import Allowance
from evalsvc.editions.chapters.contents import CONTENTS
from evalsvc.editions.chapters.faults import TextFault, refuse
from evalsvc.editions.chapters.functions import Functions
from evalsvc.editions.chapters.inline import plain, words_in
from evalsvc.editions.chapters.kinds import FOLDERS, LETTER
from evalsvc.editions.chapters.markdown import Reader
from evalsvc.editions.chapters.marks import Marks
from evalsvc.editions.chapters.texts import checked_contents, place_of
from evalsvc.editions.chapters.views import date_text
from evalsvc.editions.chapters.writing import Writer
from evalsvc.editions.figures import Figures
from reports.document import Annex, Block, Chapter, Cover, Document, Fact, Form, printed_figures
from sampling.errors import Complaint, complain

LANGUAGE_TAGS = {"zh": "zh-CN", "en": "en"}


def document_of(facts: Mapping[str, Any], mark: str = "", code: str = "") -> Document:
    """Compose the report; a mark lies behind the text of every page, `code` is what the QR code on the cover holds.

    Raises
    ------
    InvalidError
        ``report_text.refused``: every text that has a mistake, with its line.
    """
    stated, head = facts["texts"], facts["edition"]
    if (stated["kind"], stated["language"]) != (FOLDERS.get(head["kind"]), head.get("language", "zh")):
        refuse(
            [complain("report_text.other_kind", file=files.EDITION, row=1, kind=head["kind"], folder=stated["kind"])]
        )
    contents = checked_contents(stated["files"], stated["language"], stated["kind"])
    composer = Composer(Figures(facts), stated["files"], stated["kind"])
    title, subtitle = composer.words(contents.title), composer.words(contents.subtitle)
    salutation = composer.words(contents.salutation)
    summary = tuple(block for name in contents.summary for block in composer.text(name)[1])
    chapters = tuple(Chapter(named, blocks) for named, blocks in composer.titled(contents.chapters))
    annexes = tuple(Annex(named, blocks) for named, blocks in composer.titled(contents.annexes))
    refuse(composer.complaints)
    cover = _cover(composer.figures, title, subtitle)
    cover = replace(cover, across=mark)
    cover = replace(cover, code=code, code_explained=composer.figures.label("cover.code_explained") if code else "")
    language = LANGUAGE_TAGS[composer.figures.language]
    return Document(
        cover,
        chapters,
        annexes,
        summary,
        language,
        contents.keywords,
        form=Form.LETTER if stated["kind"] == FOLDERS[LETTER] else Form.REPORT,
        salutation=salutation,
    )


def printed_of(facts: Mapping[str, Any]) -> list[dict[str, str]]:
    """List every printed figure: its key, and the exact text on the page."""
    return [{"key": each.key, "text": each.text} for each in printed_figures(document_of(facts))]


class Composer:
    """Compose the texts of one report, one after the other, and gather what is wrong with them."""

    def __init__(self, figures: Figures, files: Mapping[str, str], folder: str) -> None:
        self.figures, self.files, self._folder = figures, files, folder
        self.complaints: list[Complaint] = []
        self._marks = Marks(Allowance())
        self._writer = Writer(Functions(figures, self._marks).names(), self._marks)

    def _place(self, name: str) -> str:
        return place_of(self.figures.language, self._folder, name)

    def words(self, text: str) -> str:
        """Return words of the cover."""
        try:
            return plain(words_in(self._writer.render(CONTENTS, text).markdown, self._marks), 1)
        except TextFault as fault:
            self.complaints.append(fault.at(self._place(CONTENTS)))
            return ""

    def titled(self, names: Sequence[str]) -> Iterator[tuple[str, tuple[Block, ...]]]:
        """Yield the texts that say anything, each with its title."""
        for name in names:
            title, blocks = self.text(name)
            if blocks and not title:
                self.complaints.append(TextFault("report_text.no_title").at(self._place(name)))
            elif blocks:
                yield title, blocks

    def text(self, name: str) -> tuple[str, tuple[Block, ...]]:
        """Return the title and the blocks of one text; of one with a mistake nothing, and the mistake is kept."""
        try:
            rendered = self._writer.render(name, self.files[name])
            return Reader(rendered, self._marks, self.figures.language).title_and_blocks()
        except TextFault as fault:
            self.complaints.append(fault.at(self._place(name)))
            return "", ()


def _cover(figures: Figures, title: str, subtitle: str) -> Cover:
    facts = figures.facts
    edition, evaluation, simulated = facts["edition"], facts["evaluation"], facts["evaluation"]["simulated"]
    return Cover(
        title=title,
        subtitle=subtitle,
        institute=edition["institute"],
        client=evaluation["client"],
        number=f"{evaluation['code']}-{edition['number']}",
        date=date_text(edition["issued_at"], figures.language),
        lead=edition["lead"],
        reviewer=edition["reviewer"],
        issued_at=datetime.strptime(edition["issued_at"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC),
        kind=figures.label(f"kind.{edition['kind']}"),
        facts=(
            Fact(figures.label("cover.pack"), facts["pack"]["title"]),
            Fact(figures.label("cover.frame"), facts["draw"]["frame_sha256"]),
            Fact(figures.label("cover.commitment"), facts["draw"]["commitment"]),
            *_corrected(figures, edition["corrects"]),
        ),
        mark=figures.label("cover.simulated") if simulated else "",
        mark_explained=figures.label("cover.simulated_explained") if simulated else "",
    )


def _corrected(figures: Figures, corrects: Mapping[str, Any] | None) -> tuple[Fact, ...]:
    """Name the edition that this one takes the place of, and what is different."""
    if corrects is None:
        return ()
    replaced = figures.label("cover.replaced", number=corrects["number"], sha256=corrects["pdf_sha256"])
    return (
        Fact(figures.label("cover.corrects"), replaced),
        Fact(figures.label("cover.changed"), corrects["changed"]),
    )
