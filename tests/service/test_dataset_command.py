"""`evalsvc form dataset`: a form and a folder of submissions become a dataset, without the server."""

import csv
import io
import zipfile

import pytest
from lxml import etree

from evalsvc.cli import main
from tests.unit.forms.dataset.village_form import FULL, SPARSE, form, second_version, sent


@pytest.fixture
def sources(tmp_path):
    """Two versions of a form, and three submissions in folders as ODK lays them down."""
    for name, definition in (("first.xml", form()), ("second.xml", second_version())):
        (tmp_path / name).write_bytes(definition.xform)
    bodies = ((FULL, "1"), (SPARSE, "1"), ("<age>五十</age><roof>2</roof>", "2"))
    for number, (body, version) in enumerate(bodies):
        folder = tmp_path / "instances" / f"village_{number}"
        folder.mkdir(parents=True)
        (folder / "submission.xml").write_bytes(etree.tostring(sent(body, version, f"uuid:{number}").root))
    return tmp_path


def run(*arguments):
    with pytest.raises(SystemExit) as ended:
        main.main(["form", "dataset", *map(str, arguments)])
    return ended.value.code


def test_a_folder_of_submissions_becomes_a_folder_of_tables(sources, capsys):
    out = sources / "out"
    assert run(sources / "first.xml", sources / "second.xml", out, "--instance", sources / "instances") == 0
    assert "3 份访谈" in capsys.readouterr().err
    with (out / "interviews.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["ev_form_version"] for row in rows] == ["1", "1", "2"]
    assert "name" not in rows[0]
    assert "350125-1" not in (out / "interviews.csv").read_text(encoding="utf-8")
    assert {"README.zh.md", "README.en.md", "codebook.xlsx", "member.csv"} < {path.name for path in out.iterdir()}
    assert run(sources / "first.xml", out, "--instance", sources / "instances") == 1
    assert "out" in capsys.readouterr().err


def test_everything_is_given_where_it_is_asked_for(sources):
    out = sources / "out.zip"
    given = ("--instance", sources / "instances", "--full", "--no-bom", "--labels", "en")
    assert run(sources / "first.xml", sources / "second.xml", out, *given) == 0
    with zipfile.ZipFile(out) as packed:
        rows = list(csv.DictReader(io.StringIO(packed.read("interviews.csv").decode())))
        assert "holds personal data" in packed.read("README.en.md").decode()
    assert [row["name"] for row in rows] == ["'=周某甲", "", ""]
    assert not [path for path in sources.iterdir() if path.name.startswith(".dataset")]


def test_submissions_of_another_version_are_all_named_and_nothing_is_written(sources, capsys):
    (sources / "instances" / "broken.xml").write_text("<data", encoding="utf-8")
    out = sources / "out"
    assert run(sources / "first.xml", out, "--instance", sources / "instances") == 1
    told = capsys.readouterr().err
    assert "broken.xml" in told
    assert "“2”" in told
    assert not out.exists()


@pytest.mark.parametrize(
    ("forms", "folder", "word"),
    [(["first.xml", "first.xml"], "instances", "给了两次"), (["first.xml"], "empty", "没有答卷")],
)
def test_wishes_that_cannot_be_met_are_refused(sources, capsys, forms, folder, word):
    (sources / "empty").mkdir()
    (sources / "again").mkdir()
    assert run(*(sources / name for name in forms), sources / "out", "--instance", sources / folder) == 1
    assert word in capsys.readouterr().err.replace("\n", "")
