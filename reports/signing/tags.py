"""The fields of signatures in the tags: who has a report read aloud comes to them at its end (PDF/UA-1, 7.18.4)."""

from collections.abc import Mapping

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name

from reports.signing.places import page_references
from reports.signing.update import Update


def tag_last_field(update: Update, page: int) -> None:
    """Add the field that was made last to the tags of a report; a file without tags is left as it is."""
    if "/StructTreeRoot" not in update.root:
        return
    root = update.root["/StructTreeRoot"]
    document, fields = root["/K"].raw_get(0), update.root["/AcroForm"]["/Fields"]
    field = fields.raw_get(len(fields) - 1)
    reference = page_references(update.root["/Pages"])[page]
    on_page = generic.IndirectObject(reference.idnum, reference.generation, update)  # type: ignore[no-untyped-call]
    shown = {"/Type": pdf_name("/OBJR"), "/Obj": field, "/Pg": on_page}
    form = {"/Type": pdf_name("/StructElem"), "/S": pdf_name("/Form"), "/P": document, "/Pg": on_page}
    tag = update.add_object(_dictionary({**form, "/K": _dictionary(shown)}))
    parts, numbers = document.get_object()["/K"], root["/ParentTree"]["/Nums"]
    parts.append(tag)
    number = generic.NumberObject(1 + max(int(numbers[place]) for place in range(0, len(numbers), 2)))  # type: ignore[no-untyped-call]
    numbers.extend((number, tag))
    widget = field.get_object()
    widget[pdf_name("/StructParent")] = number
    for changed in (parts, numbers, widget):
        update.update_container(changed)


def _dictionary(entries: Mapping[str, generic.PdfObject]) -> generic.DictionaryObject:
    named = {pdf_name(name): value for name, value in entries.items()}
    return generic.DictionaryObject(named)  # type: ignore[no-untyped-call]
