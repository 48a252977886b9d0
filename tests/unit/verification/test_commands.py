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
    for role, name in (("lead", "张示例"), ("reviewer", "李示例"), ("institute", "示例评估研究院")):
        (tmp_path / f"{role}.p12").write_bytes(make_demo_key(name, b"secret", AT))
    plain, names = tmp_path / "plain.pdf", {name: str(tmp_path / name) for name in ("edition.json", "institute.p12")}
    built = CliRunner().invoke(main, ["report", "build", names["edition.json"], "--out", str(plain)])
    assert built.exit_code == 0, built.output
    signed = sign_in_turn(plain, tmp_path)
    run, arguments = CliRunner(), ["verify", str(signed)]
    good = run.invoke(main, [*arguments, "--bundle", str(bundle)])
    assert good.exit_code == 0, good.output
    assert "wrong_exit_rate/" not in good.output
    assert "不同的数字：0 个" in good.output
    roots = b"".join(root_of(tmp_path, role) for role in ("lead", "reviewer", "institute"))
    (tmp_path / "roots.pem").write_bytes(roots)
    assert run.invoke(main, [*arguments, "--trust", str(tmp_path / "roots.pem")]).exit_code == 0
    mistaken = run.invoke(main, [*arguments, "--trust", names["institute.p12"]])
    assert (mistaken.exit_code, "PEM" in mistaken.stderr) == (1, True), mistaken.output
    unsigned = run.invoke(main, ["verify", str(plain), "--bundle", str(bundle), "--json"])
    assert unsigned.exit_code == 1
    outcome = json.loads(unsigned.stdout)
    assert [step["name"] for step in outcome["steps"] if step["state"] == "failed"] == ["signature"]
    assert all(figure["equal"] for figure in outcome["figures"])
    assert run.invoke(main, ["verify", str(tmp_path / "nothing.pdf")]).exit_code == 2


def sign_in_turn(plain, folder):
    """Sign as lead, reviewer and institute, each the file of the one before; a wrong passphrase signs nothing."""
    before = plain
    for role in ("lead", "reviewer", "institute"):
        out = folder / f"{role}.pdf"
        arguments = ["report", "sign", str(before), "--role", role, "--key", str(folder / f"{role}.p12")]
        wrong = CliRunner().invoke(main, [*arguments, "--out", str(out)], env={"EVALSVC_KEY_PASSPHRASE": "wrong"})
        assert (wrong.exit_code, out.exists()) == (1, False)
        signed = CliRunner().invoke(main, [*arguments, "--out", str(out)], env={"EVALSVC_KEY_PASSPHRASE": "secret"})
        assert signed.exit_code == 0, signed.output
        before = out
    return before


def root_of(folder, role):
    """Write the root certificate above a key, and return it."""
    root, key = folder / f"{role}.pem", ["--key", str(folder / f"{role}.p12")]
    arguments = ["report", "certificate", *key, "--out", str(root)]
    written = CliRunner().invoke(main, arguments, env={"EVALSVC_KEY_PASSPHRASE": "secret"})
    assert (written.exit_code, str(root) in written.output) == (0, True), written.output
    return root.read_bytes()


def test_an_edition_that_another_version_wrote_is_refused_with_words(issued, tmp_path):
    facts = json.loads(issued.content["edition.json"])
    facts["verdicts"] = [{"code": each["code"]} for each in facts["verdicts"]]
    (tmp_path / "edition.json").write_text(json.dumps(facts), encoding="utf-8")
    ended = CliRunner().invoke(
        main, ["report", "build", str(tmp_path / "edition.json"), "--out", str(tmp_path / "report.pdf")]
    )
    assert ended.exit_code == 1
    assert "edition.json" in ended.output and not (tmp_path / "report.pdf").exists()
