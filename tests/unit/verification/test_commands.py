"""The commands of those who work without the server: build, sign, verify."""

import json
from datetime import UTC, datetime

from click.testing import CliRunner

from evalsvc.cli import main
from reports.keys import make_demo_key

AT = datetime(2026, 3, 20, tzinfo=UTC)


def test_reports_are_built_signed_and_verified_without_the_server(issued, tmp_path):
    bundle = tmp_path / "bundle.zip"
    bundle.write_bytes(issued.bundle)
    (tmp_path / "edition.json").write_bytes(issued.content["edition.json"])
    (tmp_path / "key.p12").write_bytes(make_demo_key("示例评估研究院", b"secret", AT))
    run, names = (
        CliRunner(),
        {name: str(tmp_path / name) for name in ("edition.json", "plain.pdf", "signed.pdf", "key.p12")},
    )
    built = run.invoke(main, ["report", "build", names["edition.json"], "--out", names["plain.pdf"]])
    assert built.exit_code == 0, built.output
    arguments = ["report", "sign", names["plain.pdf"], "--key", names["key.p12"], "--out", names["signed.pdf"]]
    wrong = run.invoke(main, arguments, env={"EVALSVC_KEY_PASSPHRASE": "wrong"})
    assert wrong.exit_code == 1
    signed = run.invoke(main, arguments, env={"EVALSVC_KEY_PASSPHRASE": "secret"})
    assert signed.exit_code == 0, signed.output
    good = run.invoke(main, ["verify", names["signed.pdf"], "--bundle", str(bundle)])
    assert good.exit_code == 0, good.output
    assert "wrong_exit_rate/" not in good.output
    assert "不同的数字：0 个" in good.output
    root, key = str(tmp_path / "root.pem"), ["--key", names["key.p12"]]
    written = run.invoke(main, ["report", "certificate", *key, "--out", root], env={"EVALSVC_KEY_PASSPHRASE": "secret"})
    assert (written.exit_code, root in written.output) == (0, True), written.output
    assert run.invoke(main, ["verify", names["signed.pdf"], "--trust", root]).exit_code == 0
    mistaken = run.invoke(main, ["verify", names["signed.pdf"], "--trust", names["key.p12"]])
    assert (mistaken.exit_code, "PEM" in mistaken.stderr) == (1, True), mistaken.output
    unsigned = run.invoke(main, ["verify", names["plain.pdf"], "--bundle", str(bundle), "--json"])
    assert unsigned.exit_code == 1
    outcome = json.loads(unsigned.stdout)
    assert [step["name"] for step in outcome["steps"] if step["state"] == "failed"] == ["signature"]
    assert all(figure["equal"] for figure in outcome["figures"])
    assert run.invoke(main, ["verify", str(tmp_path / "nothing.pdf")]).exit_code == 2


def test_an_edition_that_another_version_wrote_is_refused_with_words(issued, tmp_path):
    facts = json.loads(issued.content["edition.json"])
    facts["verdicts"] = [{"code": each["code"]} for each in facts["verdicts"]]
    (tmp_path / "edition.json").write_text(json.dumps(facts), encoding="utf-8")
    ended = CliRunner().invoke(
        main, ["report", "build", str(tmp_path / "edition.json"), "--out", str(tmp_path / "report.pdf")]
    )
    assert ended.exit_code == 1
    assert "edition.json" in ended.output and not (tmp_path / "report.pdf").exists()
