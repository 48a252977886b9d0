"""The short form of the acceptance of public forms: the shipped library, and a folder with good and bad ones."""

from pathlib import Path

from benchmarks.form_acceptance import STAGES, row, sections, shipped, suite_of

GOOD = "| survey |\n| | type | name | label |\n| | text | a | A |\n"
LOOKS_UP = "| survey |\n| | type | name | calculation |\n| | calculate | a | pulldata('t', 'b', 'k', '1') |\n"


def test_every_shipped_form_comes_to_the_end() -> None:
    suite = shipped()
    assert [each for each in suite.outcomes if each.stage != STAGES[-1]] == []
    assert {code for each in suite.outcomes for code in each.told} <= {"check.required"}


def test_a_folder_is_counted_and_its_refusals_are_told_apart(tmp_path: Path) -> None:
    folder = tmp_path / "suite"
    (folder / "tables").mkdir(parents=True)
    (folder / "deep").mkdir()
    (folder / "SOURCE").write_text("somebody/forms at 123\n")
    (folder / "REFUSED").write_text("bad.md\tits test wants it\n")
    (folder / "deep" / "good.md").write_text(GOOD)
    (folder / "bad.md").write_text(GOOD.replace("text", "wort"))
    (folder / "broken.xml").write_text("<h:html>")
    (folder / "table.md").write_text(LOOKS_UP)
    (folder / "lost.md").write_text(LOOKS_UP.replace("'t'", "'u'"))
    (folder / "tables" / "t.csv").write_text("k,b\n1,x\n")
    suite = suite_of(folder)
    assert {each.file: each.stage for each in suite.outcomes} == {
        "bad.md": "refused", "broken.xml": "refused", "deep/good.md": "checked", "lost.md": "served",
        "table.md": "checked",
    }  # fmt: skip
    assert row(suite) == ("suite", 5, 3, 3, 3, 2, 3)
    page = "\n".join(sections([suite]))
    assert "| suite | workbook.unknown_type | 1 | 0 | 0 |" in page
    assert "| suite | check.data_missing | 0 | 1 | 0 |" in page
    assert "| suite | broken.xml | refused | xml.prefix_unknown |" in page
    assert "| suite | 2 | 2 | 1 | 0 | 1 |" in page
    assert str(tmp_path) not in page
