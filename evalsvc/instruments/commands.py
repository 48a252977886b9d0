"""Commands for those who write forms without the server: `evalsvc form …`."""

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from evalsvc.given_paths import existing, force_option, new, refuse_existing
from evalsvc.instruments.complaints import placed
from evalsvc.instruments.operations import SHIPPED
from evalsvc.instruments.reading import Reading, read_form
from evalsvc.terminal import FAILED, language, print_complaints
from evalsvc.words import sentence
from forms.check import check
from forms.complaint import Complaint
from forms.definition import FormDefinition
from forms.errors import InstanceError
from forms.instance import parse_instance
from forms.library import workbook_bytes


@click.group("form")
def commands() -> None:
    """问卷：核对、样例 / forms: check them, write an example."""


@commands.command("check")
@click.argument("form_path", metavar="FILE", type=existing)
@click.option("--instance", "instance_paths", type=existing, multiple=True, help="答卷 / submissions (XML)")
@click.option("--json", "as_json", is_flag=True, help="机器可读输出 / print JSON")
def check_form(form_path: Path, instance_paths: tuple[Path, ...], as_json: bool) -> None:
    """核对问卷（XLSForm 或 XForm）和答卷 / check a form, and submissions against it."""
    reading = read_form(form_path.read_bytes(), form_path.name)
    complaints = placed(reading.complaints, form_path.name)
    checked = [(path, _instance_complaints(reading.definition, path)) for path in instance_paths]
    failed = bool(reading.errors) or reading.definition is None or any(found for _, found in checked)
    if as_json:
        click.echo(json.dumps(_report(reading, complaints, checked), ensure_ascii=False, indent=1))
    else:
        _print(reading, complaints, checked, form_path.name)
    if failed:
        sys.exit(FAILED)


def _instance_complaints(definition: FormDefinition | None, path: Path) -> tuple[Complaint, ...]:
    """Check one submission; without a form there is nothing to check it by."""
    if definition is None:
        return ()
    try:
        found = check(definition, parse_instance(path.read_bytes()))
    except InstanceError as error:
        found = tuple(error.complaints)
    return placed(found, path.name)


def _report(
    reading: Reading, complaints: Sequence[Complaint], checked: Sequence[tuple[Path, Sequence[Complaint]]]
) -> Mapping[str, Any]:
    definition = reading.definition
    return {
        "form": None if definition is None else definition.form_id,
        "version": None if definition is None else definition.version,
        "questions": 0 if definition is None else sum(not node.is_note for node in definition.questions),
        "complaints": [
            {
                "kind": each.kind,
                "code": each.code,
                "severity": each.severity,
                "path": each.path,
                "sheet": each.sheet,
                "row": each.row,
                "column": each.column,
                "message": _words(each),
            }
            for each in complaints
        ],
        "instances": [
            {
                "file": str(path),
                "complaints": [{"kind": each.kind, "path": each.path, "message": _words(each)} for each in found],
            }
            for path, found in checked
        ],
    }


def _print(
    reading: Reading,
    complaints: Sequence[Complaint],
    checked: Sequence[tuple[Path, Sequence[Complaint]]],
    name: str,
) -> None:
    print_complaints(complaints)
    if reading.definition is not None:
        questions = sum(not node.is_note for node in reading.definition.questions)
        details = {"form_id": reading.definition.form_id, "version": reading.definition.version, "questions": questions}
        counts = {"errors": len(reading.errors), "warnings": len(reading.complaints) - len(reading.errors)}
        click.echo(sentence("instrument.read", {"file": name, **details, **counts}, language()))
    for path, found in checked:
        print_complaints(found)
        click.echo(sentence("instrument.instance_checked", {"file": path.name, "count": len(found)}, language()))


def _words(complaint: Complaint) -> str:
    return sentence(complaint.code, complaint.details, language())


@commands.command("example")
@click.argument("out", metavar="OUT.xlsx", type=new)
@force_option
def example(out: Path, *, force: bool) -> None:
    """写出随附的入户问卷，供修改 / write the shipped questionnaire as a workbook to start from."""
    refuse_existing(out, force=force)
    out.write_bytes(workbook_bytes(SHIPPED))
    click.echo(sentence("instrument.example_written", {"file": str(out)}, language()))
