"""What somebody who checks a draw at the command line is told of the file that he checked it with."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from evalsvc.cli import main
from evalsvc.draws.log import COMMITMENT, MANIFEST
from evalsvc.draws.telling import difference
from sampling.chain import chain_entry, write_chain
from sampling.compare import Finding
from sampling.frame import Frame, write_frame
from sampling.hashing import sha256_text
from sampling.manifest import Manifest
from tests.unit.sampling.verify.world import branch


def test_only_the_whole_frame_is_called_whole(frame: Frame, whole: Path, manifest: Manifest, tmp_path: Path) -> None:
    path = tmp_path / "draw-manifest.json"
    path.write_text(manifest.to_json(), encoding="utf-8")
    of_all = CliRunner().invoke(main, ["draw", "verify", str(path), "--frame", str(whole)])
    assert (of_all.exit_code, "整个抽样框" in of_all.output, "只是" in of_all.output) == (0, True, False)
    # Strata by county: everything of the county can be checked in full, and nothing of the others was seen.
    part = ["draw", "verify", str(path), "--frame", str(branch(frame, tmp_path, "c3"))]
    of_one = CliRunner().invoke(main, part)
    assert (of_one.exit_code, "c3 这一部分" in of_one.output, "没有核验" in of_one.output) == (0, True, True)
    assert json.loads(CliRunner().invoke(main, [*part, "--json"]).stdout)["branches"] == ["c3"]


def told(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["draw", "verify", *map(str, arguments)])


@pytest.fixture
def stated(manifest: Manifest, tmp_path: Path) -> Path:
    path = tmp_path / "draw-manifest.json"
    path.write_text(manifest.to_json(), encoding="utf-8")
    return path


def test_what_was_checked_is_told(stated: Path, whole: Path, manifest: Manifest) -> None:
    result = told(stated, "--frame", whole)
    for known in (manifest.commitment, manifest.secret, manifest.seed, "没有：种子只由机构自己的秘密数决定"):
        assert known in result.stdout
    checks = [line for line in result.stdout.splitlines() if line[:1] in tuple("✓✗–")]
    # What was not given is not checked, and said: a time stamp, a copy of the public log.
    assert [line[0] for line in checks if line[0] != "✓"] == ["–", "–"]
    assert any("公开登记表：没有给出" in line for line in checks)
    assert any("农户一级：由种子从名单重新抽取" in line for line in checks)


def test_another_list_is_said_to_be_another(stated: Path, frame: Frame, whole: Path, tmp_path: Path) -> None:
    table = frame.table
    assert table is not None
    other = tmp_path / "other.parquet"
    write_frame(Frame(frame.levels, table=table.slice(3)), other)
    result = told(stated, "--frame", other)
    assert result.exit_code == 1
    assert result.stderr.startswith("other.parquet 与承诺时登记的名单不同")
    assert "加 --all 全部列出" in result.stdout
    everything = told(stated, "--frame", other, "--all").stdout
    assert len(result.stdout.splitlines()) < len(everything.splitlines())
    assert "--all" not in everything
    assert "units[" not in result.output
    csv = tmp_path / "list.csv"
    csv.write_text("a,b\n1,2\n", encoding="utf-8")
    assert told(stated, "--frame", csv).output.count("不是抽样框文件") == 1
    assert "Parquet magic" not in told(stated, "--frame", csv).output


def test_the_log_is_looked_up(stated: Path, whole: Path, manifest: Manifest, tmp_path: Path) -> None:
    subject, text = f"{manifest.evaluation}/{manifest.draw}", stated.read_text(encoding="utf-8")
    first = chain_entry(None, kind=COMMITMENT, subject=subject, sha256=manifest.commitment, at=manifest.committed_at)
    second = chain_entry(first, kind=MANIFEST, subject=subject, sha256=sha256_text(text), at=manifest.drawn_at)
    late = chain_entry(None, kind=MANIFEST, subject=subject, sha256=sha256_text(text), at=manifest.drawn_at)
    after = chain_entry(late, kind=COMMITMENT, subject=subject, sha256=manifest.commitment, at=manifest.drawn_at)
    hidden = chain_entry(None, kind=COMMITMENT, subject="test/99", sha256="0" * 64, at=manifest.committed_at)
    again = chain_entry(hidden, kind=COMMITMENT, subject=subject, sha256=manifest.commitment, at=manifest.committed_at)
    other = [
        hidden,
        again,
        chain_entry(again, kind=MANIFEST, subject=subject, sha256=sha256_text(text), at=manifest.drawn_at),
    ]
    logs = {"whole": [first, second], "early": [first], "turned": [late, after], "alien": [late], "other": other}
    logs["empty"] = []
    for name, lines in logs.items():
        (tmp_path / f"{name}.jsonl").write_text(write_chain(lines), encoding="utf-8")

    def check(*names: str) -> Result:
        copies = (part for name in names for part in ("--log", tmp_path / f"{name}.jsonl"))
        return told(stated, "--frame", whole, *copies)

    good = check("whole")
    assert (good.exit_code, "登记在第 1 行" in good.stdout, "✓ 公开登记表" in good.stdout) == (0, True, True)
    assert (check("whole", "early").exit_code, "较早的副本" in check("whole", "early").stdout) == (0, True)
    for names in (("early",), ("turned",), ("alien",), ("whole", "turned"), ("whole", "other"), ("whole", "empty")):
        assert (check(*names).exit_code, "✗ 公开登记表" in check(*names).stdout) == (1, True), names
    assert json.loads(told(stated, "--frame", whole, "--log", tmp_path / "early.jsonl", "--json").stdout)["ok"] is False


@pytest.mark.parametrize(
    ("place", "expected", "found", "words"),
    [
        ("stages[1].units[21].weight v7", 1.5, 1.6, "v7 的权数：重算为 1.5，清单上是 1.6"),
        ("stages[1].units[21].sample_type v7", "reserve", "certainty", "v7 的样本类型：重算为 备选，清单上是 必中"),
        ("stages[1].units[3] v7", None, "v7", "v7 在清单上，重算没有抽中它"),
        ("stages[1].units v7", "v7", None, "v7 重算抽中了，清单上没有"),
        ("stages[1].units household", 4, 5, "单位数：重算为 4，清单上是 5"),
        ("stages[1].units[3]", "a", "b", "从第 4 个单位起次序不同：应为 a，清单上是 b"),
        ("stages[0].strata[0].population :x/y", 4, 5, "层 x/y 的单位数：重算为 4，清单上是 5"),
        ("stages[1].strata v1:a", "v1:a", None, "名单里有层 a（上级 v1），清单上没有"),
        ("frames[2] c1", "aa", "bb", "c1：所给名单的哈希是 aa，登记的是 bb"),
        ("frames c1", "aa", None, "c1 在所给名单里，登记的抽样框没有它"),
        ("frames[0].committed_at", "t", "u", "抽样框的承诺时间 u 与承诺时间 t 不同"),
        ("frame household", 7, 8, "农户：有 7 个不同的编码，名单里却有 8 个写法"),
        ("protocol", "a", "b", "protocol：应为 a，清单上是 b"),
    ],
)
def test_each_difference_has_words(place: str, expected: object, found: object, words: str) -> None:
    assert words in difference(Finding(place, False, expected, found), "zh")


def test_a_log_is_not_called_whole_for_want_of_lines(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    log.write_bytes(b"")
    told = CliRunner().invoke(main, ["draw", "log", str(log)])
    assert (told.exit_code, "没有任何登记" in told.output, "完整" in told.output) == (0, True, False)


def test_a_size_refuses_what_it_would_not_look_at() -> None:
    told = CliRunner().invoke(main, ["design", "size", "--threshold", "0.02", "--population", "900"])
    assert (told.exit_code, "--population" in told.output, "请去掉" in told.output) == (2, True, True)
