"""Commands for those who write forms without the server: `evalsvc form …`."""

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from evalsvc.errors import InvalidError
from evalsvc.given_paths import existing, existing_folder, force_option, new, refuse_existing
from evalsvc.instruments.beside import read_form_file
from evalsvc.instruments.complaints import as_unfit, in_order, placed
from evalsvc.instruments.dataset_commands import dataset
from evalsvc.instruments.form_library import SETTING, library_of, of_files, usable_library
from evalsvc.instruments.operations import SHIPPED, shipped_form
from evalsvc.instruments.questions import at_question, changes_in_words
from evalsvc.instruments.reading import Reading, tables_of_form
from evalsvc.terminal import FAILED, language, print_complaints
from evalsvc.words import sentence
from forms.changes import changes
from forms.check import check
from forms.complaint import Complaint
from forms.errors import InstanceError
from forms.instance import parse_instance
from forms.library import INSTITUTE, TELEPHONE, workbook_of

library_option = click.option(
    "--library",
    type=existing_folder,
    envvar=SETTING,
    help="本机构的题库 / folder of the institute's own forms",
)


@click.group("form")
def commands() -> None:
    """问卷：核对、样例 / forms: check them, write an example."""


@commands.command("check")
@click.argument("form_path", metavar="FILE", type=existing)
@click.option("--instance", "instance_paths", type=existing, multiple=True, help="答卷 / submissions (XML)")
@click.option("--data", "folder", type=existing_folder, help="附件所在文件夹 / folder of the form's files")
@click.option("--json", "as_json", is_flag=True, help="机器可读输出 / print JSON")
def check_form(form_path: Path, instance_paths: tuple[Path, ...], folder: Path | None, as_json: bool) -> None:
    """核对问卷（XLSForm 或 XForm）和答卷 / check a form, and submissions against it.

    附件（CSV、GeoJSON、图片等）放在问卷旁边、“问卷名-media”文件夹里，或用 --data 指明 / files of the form lie beside
    it, in a folder NAME-media, or in the one given by --data.
    """
    reading = read_form_file(form_path, folder)
    complaints = placed(reading.complaints, form_path.name)
    unfit = placed(reading.unfit, form_path.name)
    checked = [(path, _instance_complaints(reading, path)) for path in instance_paths]
    failed = bool(reading.errors) or reading.definition is None or any(found for _, found in checked)
    if as_json:
        # Programs ask about the form by itself: what only keeps it out of an evaluation stands apart and fails nothing.
        click.echo(json.dumps(_report(reading, complaints, unfit, checked), ensure_ascii=False, indent=1))
    else:
        failed = failed or bool(unfit)
        everything = in_order((*complaints, *(as_unfit(each, language()) for each in unfit)))
        _print(reading, everything, checked, form_path.name)
    if failed:
        sys.exit(FAILED)


def _instance_complaints(reading: Reading, path: Path) -> tuple[Complaint, ...]:
    """Check one submission; without a form there is nothing to check it by."""
    if reading.definition is None:
        return ()
    try:
        instance = parse_instance(path.read_bytes())
        found = check(reading.definition, instance, data=tables_of_form(reading.definition, reading.files))
    except InstanceError as error:
        found = tuple(error.complaints)
    return placed((at_question(each, reading.definition, language()) for each in found), path.name)


def _report(
    reading: Reading,
    complaints: Sequence[Complaint],
    unfit: Sequence[Complaint],
    checked: Sequence[tuple[Path, Sequence[Complaint]]],
) -> Mapping[str, Any]:
    """Write a report; why a form does not fit an evaluation stands apart, for nothing is wrong with the form."""
    definition = reading.definition
    return {
        "form": None if definition is None else definition.form_id,
        "version": None if definition is None else definition.version,
        "questions": 0 if definition is None else sum(not node.is_note for node in definition.questions),
        "complaints": list(map(_of_form, complaints)),
        "not_publishable": list(map(_of_form, unfit)),
        "instances": [
            {
                "file": str(path),
                "complaints": [{"kind": each.kind, "path": each.path, "message": _words(each)} for each in found],
            }
            for path, found in checked
        ],
    }


def _of_form(complaint: Complaint) -> Mapping[str, Any]:
    return {
        "kind": complaint.kind,
        "code": complaint.code,
        "severity": complaint.severity,
        "path": complaint.path,
        "sheet": complaint.sheet,
        "row": complaint.row,
        "column": complaint.column,
        "message": _words(complaint),
    }


def _print(
    reading: Reading,
    complaints: Sequence[Complaint],
    checked: Sequence[tuple[Path, Sequence[Complaint]]],
    name: str,
) -> None:
    print_complaints(complaints, of_one_file=True)
    errors = sum(each.severity == "error" for each in complaints)
    counts = {"file": name, "errors": errors, "warnings": len(complaints) - errors}
    if reading.definition is None:
        click.echo(sentence("instrument.not_read", counts, language()))
    else:
        questions = sum(not node.is_note for node in reading.definition.questions)
        details = {"form_id": reading.definition.form_id, "version": reading.definition.version, "questions": questions}
        click.echo(sentence("instrument.read", {**details, **counts}, language()))
    for path, found in checked:
        print_complaints(found, of_one_file=True)
        click.echo(sentence("instrument.instance_checked", {"file": path.name, "count": len(found)}, language()))


def _words(complaint: Complaint) -> str:
    return sentence(complaint.code, complaint.details, language())


@commands.command("example")
@click.argument("out", metavar="OUT.xlsx", type=new)
@click.option("--form", "name", default=SHIPPED, show_default=True, help="哪一份 / which")
@library_option
@click.option("--institute", default="", help="念给受访人听的机构名称 / name of the institute, as respondents hear it")
@click.option("--telephone", default="", help="受访人可以打的电话 / number that respondents can call")
@force_option
def example(out: Path, name: str, library: Path | None, institute: str, telephone: str, *, force: bool) -> None:
    """写出一份随附的问卷，供修改 / write a shipped questionnaire as a workbook to start from."""
    refuse_existing(out, force=force)
    blanks = {INSTITUTE: institute, TELEPHONE: telephone}
    _name, text = shipped_form(name, blanks, usable_library(library, language()))
    out.write_bytes(workbook_of(text))
    click.echo(sentence("instrument.example_written", {"file": str(out)}, language()))


@commands.command("library")
@library_option
def show_library(library: Path | None) -> None:
    """列出题库里的问卷，核对本机构的题库 / list the forms of the library, and check the institute's own folder."""
    found = library_of(library)
    for name, titles in found.titles.items():
        click.echo(f"{name}\t{titles[language()]}")
    print_complaints(of_files(found.complaints, language()))
    if found.complaints:
        sys.exit(FAILED)


commands.add_command(dataset)


@commands.command("changes")
@click.argument("old_path", metavar="OLD", type=existing)
@click.argument("new_path", metavar="NEW", type=existing)
@click.option("--json", "as_json", is_flag=True, help="机器可读输出 / print JSON")
def show_changes(old_path: Path, new_path: Path, as_json: bool) -> None:
    """列出两个版本之间改了什么 / list what changed from one version of a form to the next."""
    forms = [read_form_file(path).definition for path in (old_path, new_path)]
    unread = [path for path, form in zip((old_path, new_path), forms, strict=True) if form is None]
    if unread:
        raise InvalidError("instrument.unreadable", file=str(unread[0]))
    found = changes(*(form for form in forms if form is not None))
    if as_json:
        listed = [{**asdict(each), "breaks": each.breaks} for each in found]
        click.echo(json.dumps(listed, ensure_ascii=False, indent=1))
        return
    for each in changes_in_words(found, language()):
        details = {"path": each.path or each.name, "before": each.before or "—", "after": each.after or "—"}
        mark = sentence("instrument.change.breaks", {}, language()) if each.breaks else ""
        click.echo(sentence(f"instrument.change.{each.kind}", details, language()) + mark)
    click.echo(sentence("instrument.changes", {"count": len(found)}, language()))
