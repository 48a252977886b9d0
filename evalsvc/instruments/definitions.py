"""Forms of published versions, kept in memory: a version never changes, so one reading serves every submission."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from sqlalchemy.orm import Session

from evalsvc.instruments.queries import files_of
from evalsvc.instruments.values import FormFile, InstrumentRecord
from evalsvc.store import Store
from forms.compiled import CompiledForm, compile_form
from forms.definition import FormDefinition, parse_definition

KEPT = 32
"""Versions kept at a time."""

_files: dict[str, tuple[FormFile, ...]] = {}
"""The files of versions by the version's identifier: a few names and hashes, asked for once by each process."""


@dataclass(frozen=True)
class _Source:
    """An XForm by its hash, which says what is read; where it is read from makes no difference."""

    xform_sha256: str
    store: Store = field(compare=False)


def definition_of(store: Store, xform_sha256: str) -> FormDefinition:
    """Return the form of a stored XForm, without its files."""
    return _definition(_Source(xform_sha256, store))


@lru_cache(maxsize=KEPT)
def _definition(source: _Source) -> FormDefinition:
    return parse_definition(source.store.get(source.xform_sha256))


@dataclass(frozen=True)
class PublishedForm:
    """A published version as answers are checked by it."""

    definition: FormDefinition
    """With the choices that stand in its files."""
    tables: Mapping[str, bytes]
    """The files that it looks values up in, by name."""
    rules: CompiledForm
    """The form compiled with its tables: `check_by(form.rules, instance)`."""


def form_of(session: Session, store: Store, instrument: InstrumentRecord) -> PublishedForm:
    """Return a published version with its tables and its compiled rules."""
    files = _files.get(instrument.id)
    if files is None:
        files = _files[instrument.id] = files_of(session, instrument.id)
    return _form(_Source(instrument.xform_sha256, store), files)


@lru_cache(maxsize=KEPT)
def _form(source: _Source, files: tuple[FormFile, ...]) -> PublishedForm:
    definition = _definition(source)
    wanted = {each.filename for each in definition.attachments if each.kind == "data"}
    tables = {each.name: source.store.get(each.sha256) for each in files if each.name in wanted}
    rules = compile_form(definition, tables)
    return PublishedForm(rules.definition, tables, rules)
