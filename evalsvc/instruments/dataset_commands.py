"""`evalsvc form dataset`: typed tables and a codebook from a form and a folder of submissions, without the server."""

import os
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from evalsvc.errors import InvalidError
from evalsvc.given_paths import existing, refuse_existing
from evalsvc.instruments.beside import read_form_file
from evalsvc.instruments.dataset_package import pack, scratch_folder
from evalsvc.instruments.dataset_progress import telling
from evalsvc.instruments.dataset_readme import Circumstances, missing_labels, write_readmes
from evalsvc.terminal import language
from evalsvc.words import sentence
from forms.complaint import Complaint
from forms.dataset.codebook import Codebook
from forms.dataset.formats import FORMATS
from forms.dataset.making import Plan, Source, make_dataset
from forms.dataset.metadata import Envelope
from forms.dataset.release import Release, deidentified_release, full_release
from forms.dataset.schema import schema_of
from forms.dataset.variables import INTERVIEWS, Schema
from forms.dataset.writing import Wish
from forms.definition import FormDefinition
from forms.errors import InstanceError
from forms.instance import Instance, parse_instance

PSEUDONYM_KEY_BYTES = 32
ZIP = ".zip"


@click.command("dataset")
@click.argument("form_paths", metavar="FORM...", type=existing, nargs=-1, required=True)
@click.argument("out", metavar="OUT", type=click.Path(path_type=Path))
@click.option(
    "--instance",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    required=True,
    help="答卷文件夹，含下级 / folder of submissions (XML), searched with all folders below",
)
@click.option("--format", "form", type=click.Choice(sorted(FORMATS)), default="csv", help="格式 / format")
@click.option("--full", is_flag=True, help="不去标识，含个人信息 / everything, with personal data")
@click.option("--labels", type=click.Choice(["zh", "en"]), default="zh", help="标签的语言 / language of labels")
@click.option("--no-bom", is_flag=True, help="CSV 不带字节序标记 / CSV without a byte order mark")
def dataset(  # noqa: PLR0917 (options of a command)
    form_paths: tuple[Path, ...], out: Path, folder: Path, form: str, full: bool, labels: str, no_bom: bool
) -> None:
    """由问卷的各版本（旧的在前）和答卷写出数据集和编码本 / typed tables and a codebook from submissions.

    OUT 是新文件夹，或以 .zip 结尾的文件。默认去标识。OUT is a new folder, or a file that ends in .zip.
    """
    refuse_existing(out, force=False)
    definitions = read_versions(form_paths)
    paths = sorted(folder.rglob("*.xml"))
    if not paths:
        raise InvalidError("dataset.no_instances", folder=str(folder))
    refuse_foreign(paths, definitions)
    schema = schema_of(definitions)
    release = full_release(schema) if full else deidentified_release(schema, os.urandom(PSEUDONYM_KEY_BYTES))
    with scratch_folder(out.resolve().parent) as scratch:
        wish = Wish(scratch, labels, not no_bom, missing_labels(labels))
        with telling("dataset.activity") as tell:
            source = Source(definitions, submissions(paths), len(paths))
            book = make_dataset(source, Plan(schema, release, form, wish), tell)
        write_readmes(book, Circumstances(form, "files", weighted=False, media=False), scratch)
        _put(scratch, out)
    _tell(book, release, schema, out)


def read_versions(paths: Sequence[Path]) -> list[FormDefinition]:
    """Read the versions of one form.

    Raises
    ------
    InvalidError
        ``dataset.form_unreadable``, ``dataset.forms_differ``, ``dataset.version_twice``
    """
    found: list[FormDefinition] = []
    for path in paths:
        reading = read_form_file(path, None)
        if reading.definition is None:
            count = len(reading.complaints)
            raise InvalidError("dataset.form_unreadable", reading.complaints, file=path.name, count=count)
        if any(each.version == reading.definition.version for each in found):
            raise InvalidError("dataset.version_twice", version=reading.definition.version)
        found.append(reading.definition)
    if len(ids := sorted({each.form_id for each in found})) > 1:
        raise InvalidError("dataset.forms_differ", ids=", ".join(ids))
    return found


def refuse_foreign(paths: Sequence[Path], definitions: Sequence[FormDefinition]) -> None:
    """Refuse a folder in which files cannot be read or belong to no given version: nothing is left out silently.

    Raises
    ------
    InvalidError
        ``dataset.instances_refused``
    """
    known = {(each.form_id, each.version) for each in definitions}
    found = [complaint for path in paths if (complaint := _foreign(path, known)) is not None]
    if found:
        raise InvalidError("dataset.instances_refused", found, count=len(found))


def _foreign(path: Path, known: set[tuple[str, str]]) -> Complaint | None:
    try:
        instance = parse_instance(path.read_bytes())
    except InstanceError:
        return Complaint("structure", "dataset.instance_unreadable", details={"file": path.name})
    if (instance.form_id, instance.version) in known:
        return None
    details: dict[str, str | int] = {"file": path.name, "form_id": instance.form_id, "version": instance.version}
    return Complaint("form", "dataset.instance_of_another_form", details=details)


def submissions(paths: Sequence[Path]) -> Iterator[tuple[Instance, Envelope]]:
    """Read the submissions one after the other."""
    for path in paths:
        instance = parse_instance(path.read_bytes())
        yield instance, Envelope(instance.instance_id, instance.version)


def _put(scratch: Path, out: Path) -> None:
    """Give the finished files their name, all at once."""
    if out.suffix == ZIP:
        packed = scratch / f"packed{ZIP}"
        inside = scratch / "files"
        inside.mkdir()
        for path in list(scratch.iterdir()):
            if path not in (packed, inside):
                path.rename(inside / path.name)
        pack(inside, (), packed)
        packed.rename(out)
    else:
        shutil.copytree(scratch, out)


def _tell(book: Codebook, release: Release, schema: Schema, out: Path) -> None:
    rows = {table["name"]: table["rows"] for table in book.content["tables"]}
    details = {
        "interviews": rows[INTERVIEWS],
        "variables": len(release.schema.variables),
        "withheld": len(schema.variables) - len(release.schema.variables),
        "out": str(out),
    }
    click.echo(sentence("dataset.written", details, language()), err=True)
