"""Tampering with the signed PDF: bytes, updates, boxes, faces, attachments, signatures taken away, false names."""

import copy
import json
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.rw_common import PdfHandler

from benchmarks.tampered_kinds import Material, Tampering, own_key, sign_all, sign_on
from evalsvc import files
from evalsvc.editions.material import results_json
from evalsvc.editions.printing import with_places
from evalsvc.editions.report import document_of
from reports.keys import authority_of
from reports.pdf import build
from reports.signing.places import page_references
from reports.signing.revisions import states_of
from reports.signing.roles import LEAD, ROLES
from reports.signing.update import update_of

BROKEN, ADDED = "reports.signature_broken", "reports.changed_after_signing"
PAGE = 3
"""The page that is drawn upon, from 0."""
WHITE = b"1 1 1 rg 0 0 300 40 re f"
Change = Callable[[IncrementalPdfFileWriter], None]
name = generic.NameObject


def tampered_files(made: Material) -> Iterator[Tampering]:
    """Make every kind of tampering that touches the PDF alone."""
    yield from _bytes(made)
    yield from _updates(made)
    yield from _before_signing(made)
    yield from _signatures(made)


def _bytes(made: Material) -> Iterator[Tampering]:
    pdf, place = made.pdf, _stream_of_page(made.pdf)
    yield Tampering("byte of a page", "one bit in the content of page 4", BROKEN, _flipped(pdf, place))
    digits = pdf.rindex(b"/Contents <") + 1200
    changed = pdf[:digits] + (b"0" if pdf[digits : digits + 1] != b"0" else b"1") + pdf[digits + 1 :]
    yield Tampering(
        "byte of a signature",
        "one digit of a certificate in the institute's container",
        "reports.signature_container",
        changed,
    )
    yield Tampering("bytes at the end", "a comment after the last byte", ADDED, pdf + b"\n% more\n")


def _flipped(pdf: bytes, place: int) -> bytes:
    return pdf[:place] + bytes([pdf[place] ^ 1]) + pdf[place + 1 :]


def _stream_of_page(pdf: bytes) -> int:
    """Return the place of a byte within the content of a page."""
    reader = PdfFileReader(BytesIO(pdf))
    content = _page(reader).raw_get("/Contents")
    number = (content[0] if isinstance(content, generic.ArrayObject) else content).idnum
    at = pdf.index(f"\n{number} 0 obj".encode())
    return pdf.index(b"stream", at) + 60


def _page(handler: PdfHandler) -> generic.DictionaryObject:
    found = list(page_references(handler.root["/Pages"]))[PAGE].get_object()
    assert isinstance(found, generic.DictionaryObject)
    return found


def _updates(made: Material) -> Iterator[Tampering]:
    page = str(PAGE + 1)
    for title, change in (("words", _write), ("a white box", _cover), ("results.json", _swap_results)):
        done = f"incremental update of {title} after the last signature"
        yield Tampering(f"update: {title}", done, ADDED, updated(made.pdf, change))
    prepared = sign_on(updated(with_places(made.layout), _hide), made.head)
    drawn = "verification.page_drawn"
    yield Tampering("shadow, prepared", "a hidden box signed along", drawn, prepared, where=(page,))
    yield Tampering("shadow, revealed", "the hidden box shown by an update", ADDED, updated(prepared, _reveal))
    between = sign_on(updated(sign_on(with_places(made.layout), made.head, (LEAD,)), _cover), made.head, ROLES[1:])
    yield Tampering("update between signatures", "a box after the lead signed", drawn, between, where=(page,))


def updated(pdf: bytes, change: Change) -> bytes:
    """Add an incremental update."""
    update = update_of(pdf)
    change(update)
    return update.revised()


def _write(update: IncrementalPdfFileWriter) -> None:
    drawn = b"q 1 0 0 1 150 400 cm " + WHITE + b" Q"
    update.add_stream_to_page(PAGE, update.add_object(generic.StreamObject(stream_data=drawn)))  # type: ignore[no-untyped-call]


def _annotation(update: IncrementalPdfFileWriter, flags: int) -> None:
    box = generic.ArrayObject(generic.FloatObject(each) for each in (0, 0, 300, 40))  # type: ignore[no-untyped-call]
    picture = generic.StreamObject({name("/Subtype"): name("/Form"), name("/BBox"): box}, stream_data=WHITE)
    stamp = generic.DictionaryObject({name("/Type"): name("/Annot"), name("/Subtype"): name("/Stamp")})  # type: ignore[no-untyped-call]
    stamp[name("/Rect")] = generic.ArrayObject(generic.FloatObject(each) for each in (150, 400, 450, 440))  # type: ignore[no-untyped-call]
    stamp[name("/F")] = generic.NumberObject(flags)  # type: ignore[no-untyped-call]
    stamp[name("/AP")] = generic.DictionaryObject({name("/N"): update.add_object(picture)})  # type: ignore[no-untyped-call]
    update.register_annotation(update.find_page_for_modification(PAGE)[0], update.add_object(stamp))  # type: ignore[no-untyped-call]


def _cover(update: IncrementalPdfFileWriter) -> None:
    _annotation(update, 4)


def _hide(update: IncrementalPdfFileWriter) -> None:
    _annotation(update, 2)


def _reveal(update: IncrementalPdfFileWriter) -> None:
    annotation = _page(update)["/Annots"][-1]
    annotation[name("/F")] = generic.NumberObject(4)  # type: ignore[no-untyped-call]
    update.update_container(annotation)


def _swap_results(update: IncrementalPdfFileWriter) -> None:
    names = update.root["/Names"]["/EmbeddedFiles"]["/Names"]
    place = next(at for at in range(0, len(names), 2) if str(names[at]) == files.RESULTS)
    stream = names[place + 1]["/EF"]["/F"]
    changed = generic.StreamObject(dict(stream), stream_data=b'{"version": 1, "estimates": []}')
    for gone in ("/Filter", "/Length"):
        changed.pop(name(gone), None)
    names[place + 1]["/EF"][name("/F")] = update.add_object(changed)
    update.update_container(names[place + 1]["/EF"])


def _before_signing(made: Material) -> Iterator[Tampering]:
    """Change the layout and sign it in all names: the signatures hold, so the pages have to tell."""
    facts = made.report.signed.facts
    assert facts is not None
    faces = sign_on(updated(with_places(made.layout), _exchange_faces), made.head)
    done = "font programs of two faces exchanged, signed anew"
    yield Tampering("replaced face", done, "verification.page_drawn", faces)
    shown = copy.deepcopy(facts)
    shown["edition"]["lead"] += "另"
    other = _laid_out(shown, made.report.signed.edition, facts)
    done = "a printed word, all signed anew in the same names"
    yield Tampering("other print", done, "verification.page_differs", other, where=(made.head["lead"],))
    trust = authority_of(own_key(made.head["institute"]))
    yield Tampering("signed by others", "signed anew", "verification.not_trusted", sign_all(made.layout, made.head),
                    where=(made.head["lead"],), trust=trust)  # fmt: skip
    row = next(each for each in facts["printed"] if each["text"].endswith("%"))
    shown = copy.deepcopy(facts)
    next(each for each in shown["printed"] if each["key"] == row["key"])["text"] = "77.77%"
    swapped = json.dumps(shown, ensure_ascii=False).encode()
    pdf = sign_all(
        build(document_of(facts), {files.EDITION: swapped, files.RESULTS: made.report.signed.results}), made.head
    )
    done = "one figure of the embedded edition.json"
    yield Tampering("embedded edition", done, "verification.not_printed", pdf, where=("77.77%",))
    pdf = sign_all(
        build(document_of(facts), {files.EDITION: made.report.signed.edition, files.RESULTS: b"{}"}), made.head
    )
    yield Tampering("embedded results", "other results.json inside", "verification.embedded_differ", pdf)


def _laid_out(shown: dict[str, Any], edition: bytes, facts: dict[str, Any]) -> bytes:
    attachments = {files.EDITION: edition, files.RESULTS: results_json(facts["estimates"])}
    return sign_all(build(document_of(shown), attachments), shown["edition"])


def _exchange_faces(update: IncrementalPdfFileWriter) -> None:
    """Give the first face of the fourth page the outlines of another; the text that is read out stays the same."""
    found: dict[int, generic.DictionaryObject] = {}
    for page in page_references(update.root["/Pages"]):
        drawn: Any = page.get_object()
        for font in drawn["/Resources"]["/Font"].values():
            descriptor = font.get_object()["/DescendantFonts"][0]["/FontDescriptor"]
            if "/FontFile3" in descriptor:
                found[descriptor.raw_get("/FontFile3").idnum] = descriptor
    one, other, *_ = found.values()
    programs = [each.raw_get("/FontFile3") for each in (one, other)]
    for descriptor, program in zip((one, other), reversed(programs), strict=True):
        descriptor[name("/FontFile3")] = program
        update.update_container(descriptor)


def _signatures(made: Material) -> Iterator[Tampering]:
    first, second = states_of(made.pdf)[:2]
    missing = "reports.signature_missing."
    yield Tampering("last signature removed", "cut back to the reviewer", missing + "institute", second)
    yield Tampering("two signatures removed", "cut back to the lead", missing + "reviewer", first)
    yield Tampering("all signatures removed", "the layout alone", "reports.not_signed", made.layout)
