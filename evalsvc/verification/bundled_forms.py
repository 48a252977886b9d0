"""The forms of a bundle, each compiled with the tables that it looks values up in."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from evalsvc import files
from forms.compiled import CompiledForm, compile_form
from forms.definition import parse_definition
from forms.errors import DefinitionError
from sampling.errors import Complaint, complain

Content = Mapping[str, bytes]


@dataclass(frozen=True)
class BundledForms:
    """The form versions by the name of their file, and what is wrong with the files."""

    forms: Mapping[str, CompiledForm]
    complaints: tuple[Complaint, ...]

    def by_version(self) -> dict[tuple[str, str], CompiledForm]:
        """Return the forms by id and version, as interviews name them."""
        return {(each.definition.form_id, each.definition.version): each for each in self.forms.values()}


def read_forms(content: Content, inputs: Mapping[str, str]) -> BundledForms:
    """Read the forms that the signed file names; a table that is missing is told, and its questions stay unchecked."""
    named, complaints = named_files(content)
    found: dict[str, CompiledForm] = {}
    for name in sorted(name for name in inputs if files.is_instrument(name) and name in content):
        try:
            definition = parse_definition(content[name])
        except DefinitionError as error:
            complaints += [
                Complaint(each.code, name, details={"file": name, **each.details}) for each in error.complaints
            ]
            continue
        tables = {each.filename for each in definition.attachments if each.kind == "data"}
        stored = {
            table: files.form_table_name(digest) for table, digest in named.get(name, {}).items() if table in tables
        }
        complaints += [
            complain("verification.file_missing", file=each) for each in stored.values() if each not in content
        ]
        found[name] = compile_form(
            definition, {table: content[each] for table, each in stored.items() if each in content}
        )
    return BundledForms(found, (*complaints, *_other_names(content)))


def named_files(content: Content) -> tuple[dict[str, dict[str, str]], list[Complaint]]:
    """Read which form is delivered with which files: their hashes by the form's file and by name."""
    if files.FORM_FILES not in content:
        return {}, []
    try:
        read = json.loads(content[files.FORM_FILES])
        return {
            form: {str(table): str(digest) for table, digest in tables.items()} for form, tables in read.items()
        }, []
    except (ValueError, AttributeError, RecursionError) as error:
        return {}, [complain("verification.not_json", file=files.FORM_FILES, problem=str(error)[:200])]


def _other_names(content: Content) -> Iterator[Complaint]:
    """Name tables whose name is not the hash of what is in them."""
    for name, data in content.items():
        found = hashlib.sha256(data).hexdigest() if files.is_form_table(name) else ""
        if found and name != files.form_table_name(found):
            expected = name.removeprefix(files.FORM_TABLE_FOLDER)
            yield complain("verification.file_changed", file=name, expected=expected, found=found)
