"""Parsed forms, kept in memory: a published version never changes, so one reading serves every submission."""

from functools import lru_cache

from evalsvc.store import Store
from forms.definition import FormDefinition, parse_definition

KEPT = 32
"""Versions kept at a time."""


@lru_cache(maxsize=KEPT)
def definition_of(store: Store, xform_sha256: str) -> FormDefinition:
    """Return the form of a stored XForm."""
    return parse_definition(store.get(xform_sha256))
