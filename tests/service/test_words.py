"""The words: every code has both sentences, every place in a sentence is filled, every page has its English."""

import ast
import re
import string
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po

from evalsvc import words
from evalsvc.evaluations.packs import pack_bytes, pack_names
from evalsvc.evaluations.rule_pack import read_pack
from evalsvc.words import PLACEHOLDER, catalogue, sentence

ROOT = Path(__file__).parents[2]
CODE = re.compile(r"[a-z][a-z_]*(\.[a-z][a-z0-9_]*)+|http\.\d{3}")
CODE_BEGINNING = re.compile(r"[a-z][a-z_]*\.([a-z0-9_]+\.)*[a-z0-9_]*")
FILE_ENDINGS = (".csv", ".json", ".jsonl", ".yaml", ".xml", ".html", ".css", ".pdf", ".zip", ".parquet", ".xlsx", ".md")
SPEAKERS = re.compile(
    r"Error$|^_?complain|^_?sentence$|^Complaint$|^AuditBreak$|^Finding$|^_?Problem$|^_fail$|^_answer$|^met$"
)
"""Calls whose first code is one that people read."""
SILENT = frozenset(
    {"record", "url_for", "see_other", "enqueue", "JobKind", "ForeignKey", "getLogger", "files", "joinpath"}
)
"""Calls whose texts look like codes and are not: audit actions, addresses, kinds of jobs, columns, modules."""
PLACES = frozenset({"file", "row", "column", "sheet", "path"})
"""Details that complain() and the readers of files add by themselves."""


ABBREVIATION = re.compile(r"[A-Z]{0,3}")
CLIENT_SOURCES = ROOT / "evalsvc" / "client" / "src"
CLIENT_CODE = re.compile(r"""(['"`])(phone\.[a-z0-9_.]*[a-z0-9_])\1""")
CLIENT_BEGINNING = re.compile(r"`(phone\.[a-z0-9_.]*)\$\{")
"""How the phone's application names a code: whole, or put together from a family and a name."""


@cache
def client_sources() -> tuple[tuple[str, str], ...]:
    """Read the sources of the phone's application; its tests use no words of their own."""
    paths = sorted(path for ending in ("*.ts", "*.vue") for path in CLIENT_SOURCES.rglob(ending))
    own = (path for path in paths if not path.name.endswith(".test.ts"))
    return tuple((str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")) for path in own)


def client_codes() -> dict[str, str]:
    """Collect the codes that the phone's application names, with the place of one use."""
    return {code: name for name, text in client_sources() for _quote, code in CLIENT_CODE.findall(text)}


@cache
def trees() -> tuple[tuple[str, ast.AST], ...]:
    parts = ("sampling", "forms", "reports", "evalsvc")
    paths = [path for part in parts for path in sorted((ROOT / part).rglob("*.py"))]
    return tuple((str(path.relative_to(ROOT)), ast.parse(path.read_text(encoding="utf-8"))) for path in paths)


def called(call: ast.Call) -> str:
    return getattr(call.func, "id", getattr(call.func, "attr", ""))


def texts(node: ast.AST) -> Iterator[str]:
    for inner in ast.walk(node):
        if isinstance(inner, ast.Constant) and isinstance(inner.value, str) and CODE.fullmatch(inner.value):
            yield inner.value


def raised() -> dict[str, str]:
    """Collect codes given to errors and complaints, with the place of one use."""
    found: dict[str, str] = {}
    for name, tree in trees():
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            if SPEAKERS.search(called(call)):
                # The first argument with a code holds it; a later one names a place inside a document.
                codes = next((each for each in map(list, map(texts, call.args[:3])) if each), [])
                found |= dict.fromkeys(codes, f"{name}:{call.lineno}")
    return {code: place for code, place in found.items() if not code.endswith(FILE_ENDINGS)}


def spoken() -> set[str]:
    """Collect every text that looks like a code, wherever it stands."""
    return {code for _, tree in trees() for code in texts(tree)} | client_codes().keys()


def beginnings() -> tuple[str, ...]:
    """Collect how codes begin that are put together from a family and a name."""
    first = (
        node.values[0]
        for _, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr) and node.values
    )
    known = (str(part.value) for part in first if isinstance(part, ast.Constant))
    ours = {text for text in known if CODE_BEGINNING.fullmatch(text) and not text.startswith("evalsvc")}
    return tuple(sorted(ours | {text for _, source in client_sources() for text in CLIENT_BEGINNING.findall(source)}))


def test_every_code_has_its_sentences() -> None:
    assert [f"{place} {code}" for code, place in raised().items() if code not in catalogue()] == []


def test_every_code_of_the_phone_has_its_sentences() -> None:
    assert client_codes()
    assert [f"{place} {code}" for code, place in client_codes().items() if code not in catalogue()] == []


def test_every_sentence_has_its_code() -> None:
    known = beginnings()
    built = {code for code in catalogue() if code.startswith(known)}
    assert sorted(set(catalogue()) - spoken() - built) == []


def test_both_languages_fill_the_same_places() -> None:
    """A detail that has words of its own in each language may stand as ``name`` and ``name_en``."""
    differing = {
        code: places(entry.zh) ^ places(entry.en)
        for code, entry in catalogue().items()
        if places(entry.zh) != places(entry.en)
    }
    assert differing == {}


def places(text: str) -> set[str]:
    return {name.removesuffix("_en") for name in PLACEHOLDER.findall(text)}


def test_no_place_is_written_wrongly() -> None:
    wrong = [
        code
        for code, entry in catalogue().items()
        for text in (entry.zh, entry.en)
        if "%(" in PLACEHOLDER.sub("", text) or not text.strip()
    ]
    assert wrong == []


def test_every_place_is_filled_where_the_code_is_raised() -> None:
    """Calls that name all their details in one place are checked; details passed on as a mapping are not seen here."""
    unfilled = []
    for name, tree in trees():
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            first = call.args[0] if call.args else None
            plain = isinstance(first, ast.Constant) and first.value in catalogue() and called(call).endswith("Error")
            if not plain or any(keyword.arg is None for keyword in call.keywords):
                continue
            entry = catalogue()[first.value]
            wanted = set(PLACEHOLDER.findall(entry.zh)) - {keyword.arg for keyword in call.keywords}
            if wanted - (PLACES if called(call) != "EvalsvcError" else set()):
                unfilled.append((f"{name}:{call.lineno}", first.value, sorted(wanted)))
    assert unfilled == []


@pytest.mark.parametrize("code", sorted(code for code, entry in catalogue().items() if "%(problem)s" in entry.zh))
def test_no_other_program_speaks_inside_a_chinese_sentence(code: str) -> None:
    """Only what the operating system says of a place, and what the demonstration says to developers, is passed on."""
    assert code in {"config.signing_file", "serve.cannot_listen", "demonstration.unexpected_answer"}


def test_chinese_sentences_are_chinese_and_english_ones_are_not() -> None:
    chinese = re.compile(r"[\u4e00-\u9fff]")
    # Between places there may be nothing but signs, or an abbreviation that both languages use (PIN, MB).
    others = {
        code: PLACEHOLDER.sub("", entry.zh) for code, entry in catalogue().items() if not chinese.search(entry.zh)
    }
    assert [
        code for code, text in others.items() if not ABBREVIATION.fullmatch("".join(filter(str.isalpha, text)))
    ] == []
    letters = set(string.ascii_letters)
    silent = {code for code, text in others.items() if not any(map(str.isalpha, text))}
    assert [code for code, entry in catalogue().items() if not letters & set(entry.en) and code not in silent] == []


def test_sentences_are_filled_and_unknown_codes_stand_for_themselves() -> None:
    details = {"pack": "x", "packs": ("a", "b")}
    assert sentence("evaluation.pack_unknown", details) == "没有规则包“x”。现有：a、b。"
    assert sentence("evaluation.pack_unknown", details, "en") == "There is no rule pack “x”. There are: a, b."
    assert "—" in sentence("evaluation.pack_unknown", {})
    assert sentence("http.422", {"fields": {"json": {"name": ["too long", 3]}}}, "en").count("name: too long, 3") == 1
    assert sentence("nothing.such") == "nothing.such"


def test_a_code_that_stands_twice_is_a_mistake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    codes = tmp_path / "translations" / "codes"
    codes.mkdir(parents=True)
    for name in ("one.toml", "two.toml"):
        (codes / name).write_text('["a.b"]\nzh = "甲"\nen = "a"\n', encoding="utf-8")
    (codes / "README").write_text("not a table", encoding="utf-8")
    monkeypatch.setattr(words, "files", lambda _package: tmp_path)
    with pytest.raises(ValueError, match="stands twice"):
        catalogue.__wrapped__()


# Pages


def page_texts() -> dict[str, str]:
    """Collect the Chinese originals of templates and code, with the place of one use."""
    found = {}
    for method, pattern in (("python", "*.py"), ("jinja2.ext:babel_extract", "*.html")):
        for path in sorted((ROOT / "evalsvc").rglob(pattern)):
            options = {"encoding": "utf-8"}
            for line, message, *_ in extract_from_file(method, path, options=options):
                found[message] = f"{path.relative_to(ROOT)}:{line}"
    return found


def english() -> Catalog:
    with (ROOT / "evalsvc/translations/en/LC_MESSAGES/messages.po").open("rb") as file:
        return read_po(file, locale="en")


def test_every_page_has_its_english() -> None:
    translated = {message.id: message.string for message in english() if message.id}
    assert [f"{place} {text}" for text, place in page_texts().items() if not translated.get(text)] == []


def test_no_english_is_left_over_and_the_places_agree() -> None:
    used, places = set(page_texts()), re.compile(r"%\(\w+\)[sd]")
    for message in (message for message in english() if message.id):
        assert message.id in used
        assert set(places.findall(message.id)) == set(places.findall(message.string))


# Rule packs


@pytest.mark.parametrize("name", pack_names())
def test_shipped_packs_are_in_form_and_named_by_their_edition(name: str) -> None:
    pack, complaints = read_pack(pack_bytes(name))
    assert complaints == []
    assert pack is not None
    assert name.endswith(f"-{pack.edition}")
    assert pack.note


def test_times_of_files_are_told_in_the_zone_of_the_readers() -> None:
    details = {"committed_at": "2026-11-22T17:56:47Z"}
    assert "北京时间 2026-11-23 01:56:47〔世界时 2026-11-22T17:56:47Z〕" in sentence("time_stamp.none", details)
    assert "2026-11-23 01:56:47 Beijing time [2026-11-22T17:56:47Z]" in sentence("time_stamp.none", details, "en")
    assert "（2026）" in sentence("time_stamp.none", {"committed_at": "2026"})


def test_lists_are_joined_as_the_language_joins_them() -> None:
    details = {"columns": ["a", "b"]}
    assert "a、b" in sentence("frame.columns_unused", details)
    assert "a, b" in sentence("frame.columns_unused", details, "en")
