"""What an edition.json may hold: a report within bounds is read, a crafted one is refused before it is laid out."""

import json

import pytest

from evalsvc.editions import bounds
from evalsvc.editions.format import MOST_COMPLAINTS, read_edition
from evalsvc.editions.printing import edition_bytes
from evalsvc.errors import InvalidError
from evalsvc.words import sentence


def edition(**parts):
    """Return a small edition.json with some parts changed."""
    head = {
        "number": 1,
        "kind": "总报告",
        "issued_at": "2026-03-20T02:30:00Z",
        "institute": "示例评估研究院",
        "lead": "张示例",
        "reviewer": "李示例",
        "corrects": None,
    }
    about = {"code": "kleine-probe", "name": "两县退出评估", "client": "示例委托单位", "simulated": True}
    rest = {"draw": {}, "frame": {}, "fieldwork": {}, "villages": [], "cases": {}, "verdicts": [], "estimates": []}
    rest |= {"problems": [], "quality": {}}
    texts = {"kind": "general", "language": "zh", "files": {"contents.toml": "title = ''"}}
    closing = {"inputs": {}, "code_version": "0.1.0", "texts": texts, "printed_with": {}, "printed": []}
    value = {"version": 1, "edition": head, "evaluation": about, "pack": {"title": "示范"}, **rest, **closing, **parts}
    return json.dumps(value, ensure_ascii=False).encode()


def worded(files, length):
    return {"kind": "general", "language": "zh", "files": {f"{number}.md": "字" * length for number in range(files)}}


def nested(levels):
    return {} if levels == 0 else {"x": nested(levels - 1)}


def test_a_small_edition_is_read():
    facts, complaints = read_edition(edition())
    assert complaints == []
    assert facts["evaluation"]["code"] == "kleine-probe"


@pytest.mark.parametrize(
    ("parts", "code", "column"),
    [
        ({"draw": {"note": "字" * 501}}, "edition.long_text", "$.draw.note"),
        ({"villages": [{"name": "村" * 90}] * 1400}, "edition.much_text", None),
        ({"texts": worded(6, 39_000)}, "edition.much_wording", None),
        ({"texts": worded(1, 40_001)}, "edition.format", "$.texts.files['0.md']"),
        ({"texts": worded(42, 1)}, "edition.format", "$.texts.files"),
        ({"texts": {**worded(1, 1), "files": {"../a.md": ""}}}, "edition.format", "$.texts.files"),
        ({"draw": {"n": 10**16}}, "edition.large_number", "$.draw.n"),
        ({"draw": {"n": float("nan")}}, "edition.large_number", "$.draw.n"),
        ({"draw": nested(17)}, "edition.too_deep", "$.draw" + ".x" * 16),
        ({"villages": [{"name": "村"}] * 1501}, "edition.format", "$.villages"),
        ({"villages": [{"name": "村" * 101}]}, "edition.format", "$.villages[0].name"),
        ({"frame": {"counties": [{"code": "1", "name": "县"}] * 41}}, "edition.format", "$.frame.counties"),
        ({"pack": {"title": "示范", "decimals": 100_000}}, "edition.format", "$.pack.decimals"),
        ({"estimates": [{"id": "x", "domain": {}}] * 1501}, "edition.format", "$.estimates"),
        ({"printed": [{"key": "x", "text": "1"}] * 15_001}, "edition.format", "$.printed"),
    ],
)
def test_what_would_take_too_long_to_lay_out_is_refused_with_its_place(parts, code, column):
    facts, complaints = read_edition(edition(**parts))
    assert facts is None
    assert (complaints[0].code, complaints[0].column) == (code, column)
    for language in ("zh", "en"):
        assert "%(" not in sentence(code, complaints[0].details, language)


def test_a_file_that_is_too_large_is_not_even_read():
    facts, complaints = read_edition(b"[" * (bounds.LARGEST_FILE + 1))
    assert (facts, [each.code for each in complaints]) == (None, ["edition.too_large"])


@pytest.mark.parametrize("data", [b"1e999", b'"text"', b"[[]]", b"[" * 100_000, b"1" * 5000, b"{}", b"null"])
def test_what_is_no_edition_is_refused(data):
    facts, complaints = read_edition(data)
    assert facts is None
    assert 0 < len(complaints) <= MOST_COMPLAINTS


def test_many_faults_are_told_up_to_a_bound():
    _, complaints = read_edition(edition(villages=[{"name": []}] * 1000))
    assert len(complaints) == MOST_COMPLAINTS


def test_a_report_that_nobody_could_check_is_not_issued(monkeypatch):
    monkeypatch.setattr("evalsvc.editions.printing.printed_of", lambda _facts: [])
    facts = json.loads(edition())
    assert json.loads(edition_bytes(facts))["printed_with"]["weasyprint"]
    with pytest.raises(InvalidError) as caught:
        edition_bytes(facts | {"villages": [{"name": "村"}] * 1501})
    assert caught.value.code == "edition.beyond_bounds"
    assert [each.code for each in caught.value.complaints] == ["edition.format"]
