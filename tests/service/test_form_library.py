"""The institute's own library: on the page of forms, in the API, in the commands; its faults are told."""

import json
from dataclasses import replace

import pytest
from click.testing import CliRunner

from evalsvc import web
from evalsvc.cli import main
from evalsvc.config import ConfigurationError, read_config
from evalsvc.instruments.form_library import SETTING
from evalsvc.wsgi import make_application
from tests.unit.forms.library.test_own import OWN_FORM, TEA


@pytest.fixture
def folder(tmp_path):
    for part, name, text in (("bank", "tea", TEA), ("forms", "extra", OWN_FORM)):
        (tmp_path / "own" / part).mkdir(parents=True, exist_ok=True)
        (tmp_path / "own" / part / f"{name}.md").write_text(text, encoding="utf-8")
    return tmp_path / "own"


@pytest.fixture
def configured(config, folder, monkeypatch):
    with_library = replace(config, library_directory=folder)
    monkeypatch.setattr(web, "config", lambda: with_library)
    return folder


def test_own_forms_are_offered_published_and_refused_with_their_faults(
    client, field, make_person, sign_in, csrf_of, configured
):
    designer = make_person("designer", evaluation=field.evaluation)
    sign_in(client, designer)
    base = f"/evaluations/{field.evaluation.code}/instruments"
    assert '<option value="extra">本省补充问卷' in client.get(base).text
    made = client.post(f"/api/v1{base}", headers=designer.bearer, data={"shipped": "extra"})
    assert made.status_code == 201, made.text
    assert made.json["form_id"] == "extra"
    (configured / "bank" / "tea.md").write_bytes(b"\xff\xfe")
    page = client.get(base).text
    assert "本机构的题库里有 1 处问题" in page and "bank/tea.md" in page and "<option" not in page
    for name in ("extra", "village"):
        told = client.post(f"/api/v1{base}", headers=designer.bearer, data={"shipped": name})
        assert (told.status_code, told.json["code"]) == (422, "instrument.library_refused")
        assert "bank/tea.md" in told.json["complaints"][0]["message"]


def test_the_commands_read_the_folder(folder, tmp_path, monkeypatch):
    run = lambda *words: CliRunner().invoke(main, ["form", *map(str, words)])  # noqa: E731
    listed = run("library", "--library", folder)
    assert (listed.exit_code, "extra\t本省补充问卷" in listed.output) == (0, True)
    assert "extra" not in run("library").output
    form = tmp_path / "extra.xlsx"
    assert run("example", form, "--form", "extra").exit_code == 1
    monkeypatch.setenv(SETTING, str(folder))
    assert run("example", form, "--form", "extra").exit_code == 0
    assert json.loads(run("check", form, "--json").stdout)["form"] == "extra"
    (folder / "forms" / "extra.md").write_text("nothing", encoding="utf-8")
    told = run("library")
    assert (told.exit_code, "forms/extra.md" in told.output) == (1, True)
    assert run("example", tmp_path / "other.xlsx", "--form", "village").exit_code == 1


def test_a_folder_that_is_not_there_stops_the_start(tmp_path):
    config = read_config({"EVALSVC_DATA_DIRECTORY": str(tmp_path), SETTING: str(tmp_path / "no")})
    assert config.library_directory == tmp_path / "no"
    with pytest.raises(ConfigurationError) as refused:
        make_application(config)
    assert refused.value.code == "config.library_directory"
