"""An institute's own texts: file by file before ours, checked at the start, written out to begin with."""

import json

import pytest
from click.testing import CliRunner

from evalsvc.config import Config, ConfigurationError, read_config
from evalsvc.editions.chapters.texts import other_texts, require_usable, shipped, texts_of, write_shipped
from evalsvc.editions.commands import commands
from evalsvc.editions.printing import edition_bytes
from evalsvc.editions.report import document_of
from evalsvc.errors import InvalidError
from tests.unit.editions.printed_words import told


def own(folder, name, text):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return folder


def complaints_of(folder):
    with pytest.raises(InvalidError) as caught:
        require_usable(folder)
    return [(each.code.removeprefix("report_text."), each.file) for each in caught.value.complaints]


def test_a_file_of_the_folder_goes_before_ours_and_the_others_stay(facts, tmp_path):
    own(tmp_path, "zh/general/cases.md", "# 个案\r\n\r\n本院的话。\r\n")
    texts = texts_of("总报告", "zh", tmp_path)
    assert texts.files["cases.md"] == "# 个案\n\n本院的话。\n"
    assert {**texts.files, "cases.md": ""} == {**texts_of("总报告", "zh").files, "cases.md": ""}
    document = document_of({**facts, "texts": texts.as_json()})
    assert ["本院的话。"] in [told(chapter.blocks) for chapter in document.chapters]
    assert other_texts(texts.as_json()) == ["cases.md"]
    assert other_texts(texts_of("总报告", "zh").as_json()) == []


def test_a_chapter_of_ones_own_is_listed_in_the_contents(facts, tmp_path):
    contents = shipped("总报告", "zh")["contents.toml"].replace('"cases.md"', '"cases.md", "thanks.md"')
    own(own(tmp_path, "zh/general/contents.toml", contents), "zh/general/thanks.md", "# 致谢\n\n谢谢。\n")
    require_usable(tmp_path)
    document = document_of({**facts, "texts": texts_of("总报告", "zh", tmp_path).as_json()})
    assert [chapter.title for chapter in document.chapters][5] == "致谢"


def test_a_shared_text_is_changed_for_all_kinds(tmp_path):
    own(tmp_path, "zh/shared/glossary.md", "# 词\n\n无。\n")
    assert {kind: texts_of(kind, "zh", tmp_path).files["glossary.md"] for kind in ("总报告", "分县报告")} == {
        "总报告": "# 词\n\n无。\n", "分县报告": "# 词\n\n无。\n"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("zh/general/sumary.md", "错名", "unused"),
        ("zh/general/summary.txt", "错类", "unused"),
        ("zh/general/glossary.md", "# 词", "shared"),
        ("zh/genral/summary.md", "错夹", "no_folder"),
        ("zh/general/summary.md", "{{ nothing }}", "unknown_name"),
        ("zh/general/contents.toml", "title = ", "not_toml"),
        ("zh/general/contents.toml", "title = 1", "contents"),
        ("zh/general/contents.toml", "chapter = []", "contents"),
        ("zh/general/contents.toml", "title = 'a'", "contents_missing"),
        ("zh/general/contents.toml", "title = 'a'\nsubtitle = 'b'\nchapters = ['x.md']", "missing_text"),
        ("zh/general/contents.toml", "title = 'a'\nsubtitle = 'b'\nchapters = ['cases.md', 'cases.md']", "text_twice"),
        ("zh/general/contents.toml", f"title = 'a'\nsubtitle = 'b'\nchapters = {['x.md'] * 41}", "many_texts"),
        ("zh/general/contents.toml", "title = '{{ a }}'\nsubtitle = 'b'\nchapters = ['cases.md']", "unknown_name"),
    ],
)
def test_mistakes_of_a_folder_are_told_at_the_start(tmp_path, name, text, code):
    own(tmp_path, name, text)
    file = name.rsplit("/", 1)[0] if code == "no_folder" else name
    assert (code, file) in complaints_of(tmp_path)


def test_what_is_no_utf_8_or_too_large_is_told(tmp_path):
    (tmp_path / "zh/general").mkdir(parents=True)
    (tmp_path / "zh/general/cases.md").write_bytes("个案".encode("gbk"))
    (tmp_path / "zh/general/fieldwork.md").write_bytes(b"x" * 160_001)
    codes = {code for code, _ in complaints_of(tmp_path)}
    assert {"not_utf8", "long"} <= codes


def test_the_setting_is_checked(tmp_path):
    with pytest.raises(ConfigurationError) as caught:
        require_usable(tmp_path / "no")
    assert caught.value.code == "config.report_texts"
    environment = {"EVALSVC_REPORT_TEXTS": str(tmp_path), "EVALSVC_DATA_DIRECTORY": str(tmp_path / "data")}
    assert read_config(environment).report_texts == tmp_path
    assert Config.report_texts is None


def test_ours_are_written_out_as_a_start_and_a_preview_is_made_of_them(facts, tmp_path):
    edition, folder, out = tmp_path / "edition.json", tmp_path / "texts", tmp_path / "preview.pdf"
    edition.write_bytes(edition_bytes(facts))
    runner = CliRunner()
    assert runner.invoke(commands, ["texts", "--out", str(folder)]).exit_code == 0
    assert (folder / "zh/letter/opening.md").is_file() and (folder / "en/shared/glossary.md").is_file()
    require_usable(folder)
    own(folder, "zh/general/cases.md", "# 个案\n\n本院的话。\n")
    result = runner.invoke(commands, ["preview", "--edition", str(edition), "--texts", str(folder), "--out", str(out)])
    assert result.exit_code == 0, result.output
    assert out.read_bytes().startswith(b"%PDF")
    with pytest.raises(InvalidError) as caught:
        write_shipped(folder)
    assert caught.value.code == "report_text.folder_not_empty"
    assert json.loads(edition.read_bytes())["texts"]["language"] == "zh"
