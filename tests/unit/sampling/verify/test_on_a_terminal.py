"""What somebody who checks a draw at the command line is told of the file that he checked it with."""

import json
from pathlib import Path

from click.testing import CliRunner

from evalsvc.cli import main
from sampling.frame import Frame
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


def test_a_log_is_not_called_whole_for_want_of_lines(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    log.write_bytes(b"")
    told = CliRunner().invoke(main, ["draw", "log", str(log)])
    assert (told.exit_code, "没有任何登记" in told.output, "完整" in told.output) == (0, True, False)


def test_a_size_refuses_what_it_would_not_look_at() -> None:
    for unused in (["--population", "900"], ["--df", "28"]):
        told = CliRunner().invoke(main, ["design", "size", "--threshold", "0.02", *unused])
        assert (told.exit_code, unused[0] in told.output, "请去掉" in told.output) == (2, True, True)
