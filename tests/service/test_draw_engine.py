"""A draw by files on Spark is the draw by files."""

import json

import pytest
from click.testing import CliRunner

from evalsvc.cli import main
from sampling import engine_spark


def invoke(*arguments):
    return CliRunner().invoke(main, [str(each) for each in arguments])


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_the_manifest_is_the_same(prepared_field, tmp_path, monkeypatch):
    monkeypatch.setenv("JDK_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1")  # its Java starts sooner
    row = prepared_field.rows["frame_file"][0]
    frame, design = tmp_path / "frame.parquet", tmp_path / "design.yaml"
    frame.write_bytes((prepared_field.files / row["file_sha256"][:2] / row["file_sha256"]).read_bytes())
    design.write_text(prepared_field.rows["draw"][0]["design_text"], encoding="utf-8")
    commitment, secret = tmp_path / "commitment.json", tmp_path / "secret.json"
    common = ("--design", design, "--frame", frame)
    assert invoke("draw", "commit", *common, "--out", commitment, "--secret-out", secret).exit_code == 0
    drawn = []
    for name, options in {"duckdb": (), "spark": ("--engine", "spark", "--master", "local[2]")}.items():
        out = tmp_path / f"{name}.json"
        run = invoke("draw", "run", *common, "--commitment", commitment, "--secret", secret, "--out", out, *options)
        assert run.exit_code == 0, run.output
        drawn.append({**json.loads(out.read_text(encoding="utf-8")), "drawn_at": None})
    engine_spark.stop()
    assert drawn[0] == drawn[1]


def test_only_spark_has_a_master(tmp_path):
    for name in ("manifest.json", "frame.parquet"):
        (tmp_path / name).write_text("{}", encoding="utf-8")
    given = ("draw", "verify", tmp_path / "manifest.json", "--frame", tmp_path / "frame.parquet", "--master", "local")
    refused = invoke(*given)
    assert (refused.exit_code, "--engine spark" in refused.output) == (2, True)
