"""What stands in the public log: the kinds of its lines and how they name what they are about; docs/formats.md."""

import hashlib
import unicodedata
from collections.abc import Mapping

from sampling.hashing import canonical_json

COMMITMENT, MANIFEST = "draw.commitment", "draw.manifest"
LIST, CONTINUATION = "draw.list", "draw.continuation"
"""A list made later, under the unit whose it is; the manifest that goes on from it, in place of the one before."""
FORM = "form"
"""A published form version; the hash is that of `hash_of_form`."""
PLAN = "fieldwork.plan"
"""What fieldwork is carried out by; the hash is that of the object of `evalsvc.planning.fixed`."""
INTERVIEWS = "interviews"
"""Every interview received so far; the hash is the running one of `evalsvc.interviews.log.running`."""
REJECTIONS = "rejections"
"""The interviews that review rejected, with their reasons; the hash is that of `evalsvc.interviews.log.rejections`."""
EDITION = "edition"
"""An issued report; the hash is that of the signed PDF."""
REVOCATION = "edition.revocation"
"""A report taken back; the hash is that of the object which says why (`evalsvc.editions.closing`)."""


def subject_of(evaluation: str, number: int) -> str:
    """Name a draw in the log."""
    return f"{evaluation}/{number}"


def subject_of_list(evaluation: str, number: int, parent: str) -> str:
    """Name a list made later in the log."""
    return f"{evaluation}/{number}/list/{parent}"


def subject_of_form(evaluation: str, form_id: str, version: str) -> str:
    """Name a form version in the log."""
    return unicodedata.normalize("NFC", f"{evaluation}/form/{form_id}/{version}")


def hash_of_form(xform_sha256: str, files: Mapping[str, str]) -> str:
    """Return what the log says of a form version: the hash of its XForm, and where it has files that of all together.

    `files` are the hashes of the files that it is delivered with, tables and media, by their names.
    """
    if not files:
        return xform_sha256
    return hashlib.sha256(canonical_json({"xform": xform_sha256, "files": dict(files)})).hexdigest()


def subject_of_edition(evaluation: str, number: int) -> str:
    """Name an issued report in the log."""
    return f"{evaluation}/edition/{number}"
