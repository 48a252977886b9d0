"""A report in words, chapter by chapter."""

from evalsvc.editions.chapters.texts import texts_of
from evalsvc.editions.report import document_of
from reports.document import Heading, Items, Paragraph


def of_kind(facts, kind, language="zh", scope=""):
    """Return the facts as those of another kind of edition."""
    head = {**facts["edition"], "kind": kind, "language": language, "scope": scope}
    return {**facts, "edition": head, "texts": texts_of(kind, language).as_json()}


def with_text(facts, text, name="glossary.md"):
    """Return the facts with one chapter written anew."""
    texts = facts["texts"]
    return {**facts, "texts": {**texts, "files": {**texts["files"], name: text}}}


def words_of(text):
    """Return a text of a document without its marks."""
    parts = text if isinstance(text, tuple) else (text,)
    return "".join(part if isinstance(part, str) else part.text for part in parts)


def chapter(facts, title):
    """Return the blocks of a chapter of the report."""
    document = document_of(facts)
    return next(each.blocks for each in (*document.chapters, *document.annexes) if each.title == title)


def told(blocks):
    """Return every paragraph, heading and item in words."""
    found = []
    for block in blocks:
        if isinstance(block, Items):
            found += [words_of(item) for item in block.items]
        elif isinstance(block, Paragraph | Heading):
            found.append(words_of(block.text))
    return found
