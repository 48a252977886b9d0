"""The command line: help, exit codes, complaints as a table and as JSON, and a real server that ends well."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import click
import httpx
import pytest
from click.testing import CliRunner

from evalsvc import jobs, migrate
from evalsvc.cli import main
from evalsvc.config import ConfigurationError, read_config
from evalsvc.db import Database
from evalsvc.errors import ConflictError, InvalidError
from evalsvc.listening import listen
from evalsvc.people import operations
from evalsvc.people.actor import SYSTEM
from evalsvc.program import program
from evalsvc.terminal import MOST_ALIKE, MOST_COMPLAINTS, Edge
from sampling.errors import SamplingError, complain

PATIENCE = 120
"""Seconds after which a server that neither answers nor ends is at fault, on a machine that has much else to do."""


@click.group(cls=Edge)
def trial() -> None:
    """Break in every way."""


@trial.command("break")
@click.argument("how")
@click.option("--json", "as_json", is_flag=True)
def break_(how: str, *, as_json: bool) -> None:
    """Break in a given way."""
    assert as_json in {True, False}
    many = [complain("frame.empty_id", file="村.csv", row=row, column="id") for row in range(MOST_COMPLAINTS + 5)]
    errors: dict[str, BaseException] = {
        "data": SamplingError("frame.refused", many, file="村.csv", count=len(many)),
        "known": InvalidError("people.token_days", maximum=366),
        "settings": ConfigurationError("config.secret_key_short", minimum=32),
        "file": PermissionError(13, "Permission denied", "/closed"),
        "ours": RuntimeError("a mistake"),
        "interrupted": KeyboardInterrupt(),
        "usage": click.UsageError("no"),
    }
    if how in errors:
        raise errors[how]
    click.echo("fine")


@pytest.mark.parametrize(
    ("how", "code", "words"),
    [
        ("none", 0, "fine"),
        ("data", 1, "村.csv"),
        ("known", 1, "366"),
        ("file", 1, "/closed"),
        ("settings", 2, "EVALSVC_SECRET_KEY"),
        ("usage", 2, "no"),
        ("ours", 70, "RuntimeError: a mistake"),
        ("interrupted", 130, "已中断"),
    ],
)
def test_every_end_has_its_exit_code_and_words(how: str, code: int, words: str) -> None:
    result = CliRunner().invoke(trial, ["break", how])
    assert (result.exit_code, words in result.output) == (code, True), result.output


def test_complaints_are_a_table_with_row_and_column() -> None:
    result = CliRunner(env={"COLUMNS": "160"}).invoke(trial, ["break", "data"])
    head = next(line for line in result.stderr.splitlines() if "文件" in line)
    assert all(name in head for name in ("文件", "行", "列", "问题和办法"))
    lines = result.stderr.splitlines()
    assert sum("村.csv" in line for line in lines[1:]) == MOST_ALIKE
    assert f"另有 {MOST_COMPLAINTS + 5 - MOST_ALIKE} 处未列出" in result.stderr
    assert result.stdout == ""


def test_file_and_row_stand_in_their_columns_alone() -> None:
    result = CliRunner(env={"COLUMNS": "160"}).invoke(trial, ["break", "data"])
    assert all(line.count("村.csv") == 1 for line in result.stderr.splitlines() if "村.csv" in line)


def test_a_machine_reads_every_complaint() -> None:
    result = CliRunner().invoke(trial, ["break", "data", "--json"])
    told = json.loads(result.stdout)
    assert (result.exit_code, told["ok"], told["code"]) == (1, False, "frame.refused")
    assert len(told["complaints"]) == MOST_COMPLAINTS + 5
    assert told["complaints"][0]["details"]["column"] == "id"


def test_the_terminal_speaks_english_where_the_system_does() -> None:
    assert "at least 32" in CliRunner(env={"LC_ALL": "en_GB.UTF-8"}).invoke(trial, ["break", "settings"]).output
    assert "至少要 32" in CliRunner(env={"LC_ALL": "C.UTF-8"}).invoke(trial, ["break", "settings"]).output


def commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield (*path, name), command
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))


@pytest.mark.parametrize("path", [path for path, _ in commands(main)], ids=" ".join)
def test_every_command_says_in_both_languages_what_it_does(path: tuple[str, ...]) -> None:
    result = CliRunner().invoke(main, [*path, "--help"])
    assert result.exit_code == 0
    command = dict(commands(main))[path]
    assert command.name == path[-1]
    assert re.search(r"[\u4e00-\u9fff]", command.help or ""), "Chinese first"
    assert re.search(r"[A-Za-z]{3}", command.help or ""), "English second"


def test_the_check_of_a_report_waits_for_no_database() -> None:
    heavy = "{'sqlalchemy', 'flask', 'alembic'}"
    asked = f"import sys, evalsvc.verification.commands; print(sorted({heavy} & set(sys.modules)))"
    told = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


def test_the_help_lists_commands_in_the_order_of_the_work() -> None:
    result = CliRunner().invoke(main, ["--help"])
    listed = re.findall(r"^  ([a-z-]+) ", result.output.split("Commands:")[1], flags=re.MULTILINE)
    assert listed[:4] == ["serve", "db", "people", "evaluation"]
    assert CliRunner().invoke(main, []).exit_code == 2
    assert CliRunner().invoke(main, ["nothing"]).exit_code == 2
    assert CliRunner().invoke(main, ["--version"]).output.startswith("evalsvc ")


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("draw log nothere.jsonl", "'LOG' 的值不能使用：文件不存在"),
        ("draw log --lgo x", "没有 --lgo 这个选项"),
        ("draw verify", "缺少 'MANIFEST'"),
        ("draw nothing", "没有 nothing 这个命令"),
        ("draw log", "缺少"),
        ("serve --threads 0", "不在范围"),
        ("estimate . --out x.json", "不是可以读写的文件"),
        ("serve --threads x", "'--threads' 的值不能使用"),
    ],
)
def test_a_wrong_use_is_said_in_chinese_first(command: str, words: str) -> None:
    told = CliRunner().invoke(main, command.split())
    assert (told.exit_code, words in told.stderr.splitlines()[0]) == (2, True), told.stderr
    english = CliRunner(env={"LC_ALL": "en_GB.UTF-8"}).invoke(main, command.split())
    assert words not in english.stderr and "Error" in english.stderr


def test_a_wrong_use_is_said_in_one_language() -> None:
    told = CliRunner().invoke(main, ["draw", "log", "nothere.jsonl"]).stderr
    assert "nothere.jsonl" in told and "Error" not in told and "Try" not in told
    own = ["design", "size", "demonstrate", "--threshold", "0.02", "--icc", "0.1"]
    chinese = CliRunner().invoke(main, own).stderr
    assert "要同时写" in chinese and "go together" not in chinese
    english = CliRunner(env={"LC_ALL": "en_GB.UTF-8"}).invoke(main, own).stderr
    assert "go together" in english and "要同时写" not in english


# Configuration


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ({"SECRET_KEY": "short"}, "secret_key_short"),
        ({"DATABASE_URL": "mysql://x"}, "database_url"),
        ({"UPLOAD_LIMIT": "9"}, "limit_small"),
        ({"UPLOAD_LIMIT": "lots"}, "not_a_number"),
        ({"SECURE_COOKIES": "perhaps"}, "not_yes_or_no"),
        ({"PUBLIC_URL": "evaluation.example.org"}, "public_url"),
        ({"PUBLIC_URL": "ftp://evaluation.example.org"}, "public_url"),
        ({"PUBLIC_URL": "https:///evaluation"}, "public_url"),
        ({"PUBLIC_URL": "https://evaluation.example.org/?x"}, "public_url"),
        ({"PUBLIC_URL": "https://[::1"}, "public_url"),
        ({"SESSION_HOURS": "0"}, "value_out_of_range"),
        ({"SECRET_KEX": "x"}, "unknown_setting"),
    ],
)
def test_a_setting_that_cannot_be_stops_the_start(tmp_path: Path, settings: dict[str, str], code: str) -> None:
    given = {"EVALSVC_DATA_DIRECTORY": str(tmp_path), **{f"EVALSVC_{name}": value for name, value in settings.items()}}
    with pytest.raises(ConfigurationError) as caught:
        read_config(given)
    assert caught.value.code == f"config.{code}"


def test_the_secret_key_is_made_once_and_kept(tmp_path: Path) -> None:
    given = {"EVALSVC_DATA_DIRECTORY": str(tmp_path / "data"), "EVALSVC_PUBLIC_URL": "https://x.example/", "OTHER": "y"}
    first, second = read_config(given), read_config(given)
    assert first == second
    assert len(first.secret_key) == 64
    assert (tmp_path / "data" / "secret-key").stat().st_mode & 0o077 == 0
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["secret-key"]
    assert first.public_url == "https://x.example"


# A real server


@pytest.fixture
def installation(tmp_path: Path) -> dict[str, str]:
    """Environment of a fresh installation, with tables."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("EVALSVC_")},
        "EVALSVC_DATA_DIRECTORY": str(tmp_path / "data"),
        "EVALSVC_SECURE_COOKIES": "no",
    }
    database = Database(read_config(environment).database_url)
    migrate.upgrade(database)
    database.close()
    return environment


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_the_server_serves_works_hides_tokens_and_ends_on_ctrl_c(installation: dict[str, str], tmp_path: Path) -> None:
    config = read_config(installation)
    database = Database(config.database_url)
    with database.transaction() as session:
        person = operations.add_person(session, SYSTEM, "phone", "调查员甲")
        token = operations.make_token(session, SYSTEM, person.id, kind="device", label="x", days=1)
        job = jobs.enqueue(session, SYSTEM, "no such kind", person.id)
    port, log = free_port(), tmp_path / "log"
    with log.open("wb") as output:
        program = [Path(sys.executable).parent / "evalsvc", "serve", "--bind", f"127.0.0.1:{port}"]
        server = subprocess.Popen(program, env=installation, stdout=output, stderr=output)
    try:
        page = _first_answer(f"http://127.0.0.1:{port}/sign-in")
        assert "登录" in page.text
        httpx.get(f"http://127.0.0.1:{port}/v1/key/{token.secret}/evaluations/none/formList")
        assert _end_of(database, job) == "job.kind_unknown"
    finally:
        server.send_signal(signal.SIGINT)
        code = server.wait(PATIENCE)
        database.close()
    told = log.read_text(encoding="utf-8")
    assert code == 0, told
    assert token.secret not in told
    assert "/v1/key/…/evaluations/none/formList" in told
    assert "Traceback" not in told
    assert f"serving at http://127.0.0.1:{port}" in told


def test_the_server_refuses_a_database_of_another_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EVALSVC_DATA_DIRECTORY", str(tmp_path / "data"))
    refused = CliRunner().invoke(main, ["serve"])
    assert (refused.exit_code, "evalsvc db upgrade" in refused.output) == (1, True)
    assert CliRunner().invoke(main, ["db", "upgrade"]).exit_code == 0
    assert CliRunner().invoke(main, ["serve", "--processes", "2"]).exit_code == 2


@pytest.mark.parametrize("command", ["evaluation list", "audit verify", "people grant x lead", "people add x --name x"])
def test_commands_name_the_upgrade_that_a_database_needs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setenv("EVALSVC_DATA_DIRECTORY", str(tmp_path / "data"))
    ended = CliRunner().invoke(main, command.split())
    assert (ended.exit_code, "evalsvc db upgrade" in ended.stderr, "Traceback" in ended.stderr) == (1, True, False)


def test_printed_commands_run_where_they_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed = tmp_path / "an environment" / "evalsvc"
    installed.parent.mkdir()
    installed.write_text("#!/bin/sh\n")
    installed.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["an environment/evalsvc", "demo"])
    monkeypatch.setenv("PATH", "/nowhere")
    assert program() == "'an environment/evalsvc'"
    monkeypatch.setenv("PATH", str(installed.parent))
    assert program() == "evalsvc"
    monkeypatch.setattr(sys, "argv", ["-c"])
    assert program() == str(Path(sys.executable).with_name("evalsvc"))
    asked = subprocess.run(f"{program()} --version", shell=True, capture_output=True, text=True, check=True)
    assert asked.stdout.startswith("evalsvc ")


def test_a_port_that_another_listens_on_is_named_before_anything_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EVALSVC_DATA_DIRECTORY", str(tmp_path / "data"))
    assert CliRunner().invoke(main, ["db", "upgrade"]).exit_code == 0
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        bind = f"127.0.0.1:{other.getsockname()[1]}"
        ended = CliRunner().invoke(main, ["serve", "--bind", bind])
    assert (ended.exit_code, ended.stdout) == (1, "")
    assert bind in ended.stderr and "占用" in ended.stderr and len(ended.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("bind", "code"),
    [("127.0.0.1:99999", "serve.address"), ("127.0.0.1:x", "serve.address"), ("192.0.2.1:8000", "serve.cannot_listen")],
)
def test_an_address_that_nobody_can_listen_on_is_refused(bind: str, code: str) -> None:
    with pytest.raises((ConfigurationError, ConflictError)) as caught:
        listen(bind)
    assert caught.value.code == code


def _first_answer(address: str) -> httpx.Response:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            return httpx.get(address)
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError("the server did not start")


def _end_of(database: Database, job: str) -> str | None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with database.reading() as session:
            status = jobs.status(session, job)
        if status.ended_at is not None:
            return status.failure_code
        time.sleep(0.1)
    raise AssertionError("the server's worker took no job")


@pytest.mark.parametrize("path", [path for path, _ in commands(main)], ids=" ".join)
def test_every_help_has_chinese_headings(path: tuple[str, ...]) -> None:
    told = CliRunner().invoke(main, [*path, "--help"]).stdout
    assert told.startswith("用法 / Usage: ")
    assert "选项 / Options:" in told and "显示本说明" in told
    assert not re.search("^(Usage|Options|Commands)", told, flags=re.MULTILINE)
    english = CliRunner(env={"LC_ALL": "en_GB.UTF-8"}).invoke(main, [*path, "--help"]).stdout
    assert english.startswith("Usage: ") and "Show this message and exit." in english


@pytest.mark.parametrize(
    "command",
    [
        "frame import {file} --out {out}",
        "draw commit --design {file} --frame {file} --out {out}",
        "form example {out}",
        "estimate {file} --out {out}",
        "report build {file} --out {out}",
        "report sign {file} --role lead --key {file} --out {out}",
    ],
)
def test_a_file_is_written_into_a_folder_that_is_there_and_over_none(command: str, tmp_path: Path) -> None:
    given = tmp_path / "given.yaml"
    given.write_text("{}", encoding="utf-8")
    out = tmp_path / "没有" / "r.json"
    told = CliRunner().invoke(main, command.format(file=given, out=out).split())
    assert told.exit_code == 2
    assert told.stderr.startswith(f"文件夹 {out.parent} 不存在")
    standing = tmp_path / "r.json"
    standing.write_text("kept", encoding="utf-8")
    told = CliRunner().invoke(main, command.format(file=given, out=standing).split())
    assert (told.exit_code, "r.json 已存在，不覆盖" in told.stderr) == (1, True), told.output
    assert standing.read_text(encoding="utf-8") == "kept"


def test_a_file_is_replaced_when_that_is_asked_for(tmp_path: Path) -> None:
    out = tmp_path / "form.xlsx"
    out.write_text("old", encoding="utf-8")
    assert CliRunner().invoke(main, ["form", "example", str(out), "--force"]).exit_code == 0
    assert out.read_bytes()[:2] == b"PK"
