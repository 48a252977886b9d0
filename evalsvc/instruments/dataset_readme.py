"""The README of a dataset, in Chinese and English: what it holds, what was left out, how to read it."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from evalsvc.words import LANGUAGES, sentence
from forms.dataset.codebook import Codebook
from forms.dataset.variables import INTERVIEWS, Missing

READING = ("tables", "codebook", "multiple", "missing", "unfit", "times")
NAMES_SHOWN = 60
"""Variables named of one treatment; the codebook names all."""


@dataclass(frozen=True)
class Circumstances:
    """What the README says beside the codebook."""

    format: str
    scope: str
    """Which interviews were taken: the name of a sentence `dataset.scope.…`."""
    weighted: bool
    media: bool
    variance: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Paragraphs on standard errors by language, where the interviews hang on a draw."""


def missing_labels(language: str) -> Mapping[Missing, str]:
    """Return what the kinds of missing are called inside a file."""
    return {each: sentence(f"dataset.missing.{each.name.lower()}", {}, language) for each in Missing}


def write_readmes(book: Codebook, circumstances: Circumstances, folder: Path) -> None:
    """Write `README.zh.md` and `README.en.md` into a folder."""
    for language in LANGUAGES:
        text = "\n\n".join(_paragraphs(book, circumstances, language)) + "\n"
        (folder / f"README.{language}.md").write_text(text, encoding="utf-8")


def _paragraphs(book: Codebook, circumstances: Circumstances, language: str) -> Iterator[str]:
    def say(name: str, **details: object) -> str:
        return sentence(f"dataset.readme.{name}", details, language)

    content = book.content
    counts = {table["name"]: table["rows"] for table in content["tables"]}
    yield "# " + say("title", title=content["title"])
    yield say(
        "contents",
        form_id=content["form_id"],
        versions=", ".join(content["versions"]),
        format=circumstances.format,
        interviews=f"{counts[INTERVIEWS]:,}",
        scope=sentence(f"dataset.scope.{circumstances.scope}", {}, language),
    )
    yield say("deidentified" if content["deidentified"] else "full")
    yield "## " + say("reading")
    yield "\n".join(f"- {say(name)}" for name in _points(circumstances, deidentified=content["deidentified"]))
    if conflicts := [entry["name"] for entry in book.variables if entry["conflict"]]:
        yield say("conflicts", names=", ".join(conflicts))
    yield from circumstances.variance.get(language, ())
    if content["deidentified"]:
        yield "## " + say("treatments")
        yield "\n".join(_treatments(book, language))
        yield say("limits")


def _points(circumstances: Circumstances, *, deidentified: bool) -> list[str]:
    weight = "weight_coarse" if deidentified else "weight"
    added = [(weight, circumstances.weighted), ("counts", circumstances.weighted), ("media", circumstances.media)]
    return [*READING, circumstances.format, *(name for name, wanted in added if wanted)]


def _treatments(book: Codebook, language: str) -> Iterator[str]:
    """Say of each rule which variables it changed or left out."""
    named: dict[str, list[str]] = defaultdict(list)
    for entry in (*book.variables, *book.withheld):
        if entry["treatment"]:
            named[entry["treatment"]].append(_name(entry))
    for treatment, names in named.items():
        more = len(names) - NAMES_SHOWN
        listed = ", ".join(names[:NAMES_SHOWN]) + (f", … (+{more})" if more > 0 else "")
        yield f"- {sentence(f'dataset.treatment.{treatment}', {}, language)}: {listed}"


def _name(entry: Mapping[str, Any]) -> str:
    name, table = entry["name"], entry["table"]
    return f"`{name}`" if table == INTERVIEWS else f"`{table}.{name}`"
