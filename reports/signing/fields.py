"""All fields are made before the first signature: a field that came later would change what was signed."""

from collections.abc import Sequence
from io import BytesIO

from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import SigFieldSpec, append_signature_field, enumerate_sig_fields

from reports.errors import ReportError
from reports.signing.places import place_of
from reports.signing.roles import ROLES, Role
from reports.signing.tags import tag_last_field
from reports.signing.update import update_of


def with_fields(pdf: bytes, roles: Sequence[Role]) -> bytes:
    """Add the fields of those who will sign, in their order.

    Raises
    ------
    ReportError
        ``reports.not_signable`` when the file cannot be read or has fields; ``reports.no_seal_place``.
    """
    try:
        update = update_of(pdf)
        if any(True for _ in enumerate_sig_fields(update)):
            raise ReportError("reports.not_signable", reason="/AcroForm")
        for role in ROLES:
            if role in roles:
                place = place_of(update.prev, role)
                field = SigFieldSpec(role.field, place.page, place.box, readable_field_name=role.words)
                append_signature_field(update, field)
                tag_last_field(update, place.page)
        return update.revised()
    except PdfError as error:
        raise ReportError("reports.not_signable", reason=str(error)) from error


def has_fields(pdf: bytes) -> bool:
    """Tell whether a file has the fields of those who sign.

    Raises
    ------
    ReportError
        ``reports.not_signable`` when the file cannot be read.
    """
    try:
        return bool(roles_in(PdfFileReader(BytesIO(pdf))))
    except PdfError as error:
        raise ReportError("reports.not_signable", reason=str(error)) from error


def roles_in(reader: PdfFileReader) -> tuple[Role, ...]:
    """Return the roles that a file has fields for, in the order of signing."""
    names = {name for name, _, _ in enumerate_sig_fields(reader)}
    return tuple(role for role in ROLES if role.field in names)


def next_to_sign(reader: PdfFileReader) -> Role | None:
    """Return whose turn it is; None when everybody has signed."""
    filled = {name for name, value, _ in enumerate_sig_fields(reader) if value is not None}
    return next((role for role in roles_in(reader) if role.field not in filled), None)
