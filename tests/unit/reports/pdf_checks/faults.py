"""One fault for each rule, put into a good file: a rule that finds nothing in it is no rule."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

from pikepdf import Array, Dictionary, Name, Pdf, Stream, String

from tests.unit.reports.pdf_checks.reading import annotations, filespecs, fonts, nodes, opened, role, tree_values

Fault = Callable[[Pdf], None]


def broken(content: bytes, fault: Fault) -> bytes:
    """Return the file with the fault, whole in every other way."""
    out = BytesIO()
    with opened(content) as pdf:
        fault(pdf)
        pdf.save(out, fix_metadata_version=False, deterministic_id=False)
    return out.getvalue()


def first(pdf: Pdf, kind: str) -> Any:
    return next(node for node in nodes(pdf) if role(node) == kind)


def on_page(pdf: Pdf, operators: bytes, number: int = 2) -> None:
    page = pdf.pages[number].obj
    page.Contents = pdf.make_indirect(Stream(pdf, page.Contents.read_bytes() + b"\n" + operators))


def with_xmp(pdf: Pdf, before: str, after: str) -> None:
    text = pdf.Root.Metadata.read_bytes().decode()
    assert before in text
    pdf.Root.Metadata.write(text.replace(before, after).encode())


def state(pdf: Pdf, **entries: Any) -> None:
    """Give a page a graphics state."""
    pdf.pages[2].obj.Resources.ExtGState["/Broken"] = Dictionary(**entries)


def shines_through(pdf: Pdf) -> None:
    del pdf.Root["/OutputIntents"]
    state(pdf, ca=0.5)


def no_program(pdf: Pdf) -> None:
    descriptor = next(iter(fonts(pdf))).DescendantFonts[0].FontDescriptor
    for name in ("/FontFile", "/FontFile2", "/FontFile3"):
        if name in descriptor:
            del descriptor[name]


def wider(pdf: Pdf) -> None:
    for font in fonts(pdf):
        descendant = font.DescendantFonts[0]
        descendant.W = Array([0, 9000, 321])


def no_letters(pdf: Pdf) -> None:
    for font in fonts(pdf):
        del font["/ToUnicode"]


def empty_box(pdf: Pdf) -> None:
    name = next(iter(pdf.pages[2].obj.Resources.Font.keys())).encode()
    on_page(pdf, b"/P <</MCID 0>> BDC BT " + name + b" 9 Tf <0000> Tj ET EMC")


def other_letters(pdf: Pdf) -> None:
    for font in fonts(pdf):
        font.Encoding = Name("/GBK-EUC-H")


def level_left_out(pdf: Pdf) -> None:
    first(pdf, "/H2")["/S"] = Name.H4


def attached_twice(pdf: Pdf) -> None:
    pdf.Root.AF.append(pdf.Root.AF[0])


def no_type(pdf: Pdf) -> None:
    del filespecs(pdf)[0].EF.F["/Subtype"]


def no_relation(pdf: Pdf) -> None:
    del filespecs(pdf)[0]["/AFRelationship"]


def widget(pdf: Pdf) -> None:
    page = pdf.pages[2].obj
    field = Dictionary(Type=Name.Annot, Subtype=Name.Widget, FT=Name.Tx, T=String("name"), F=4, Rect=[0, 0, 0, 0])
    page["/Annots"] = Array([pdf.make_indirect(field)])
    page["/Tabs"] = Name.S
    pdf.Root.AcroForm = Dictionary(Fields=Array(page.Annots))


def other_owner(pdf: Pdf) -> None:
    owners = tree_values(pdf.Root.StructTreeRoot.ParentTree)[5]
    owners[0], owners[-1] = owners[-1], owners[0]


def link(pdf: Pdf) -> Any:
    return next(annotation for _, annotation in annotations(pdf) if annotation.Subtype == Name.Link)


def blurred_picture(pdf: Pdf) -> None:
    pdf.Root["/X"] = pdf.make_indirect(Stream(pdf, b"", Subtype=Name.Image, Interpolate=True))


def second_block(pdf: Pdf) -> None:
    with_xmp(pdf, "</rdf:RDF>", '</rdf:RDF><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>')


def untold_link(pdf: Pdf) -> None:
    del link(pdf)["/Contents"]


def script(pdf: Pdf) -> None:
    pdf.Root.OpenAction = Dictionary(Type=Name.Action, S=Name.JavaScript, JS=String("app.alert(1)"))


FAULTS: dict[str, tuple[Fault, ...]] = {
    "6.2.3": (lambda pdf: pdf.Root.__delitem__("/OutputIntents"),),
    "6.2.4.3": (lambda pdf: on_page(pdf, b"0 0 0 1 k"),),
    "6.2.5": (lambda pdf: state(pdf, BM=Name("/Sparkle")),),
    "6.2.8": (blurred_picture,),
    "6.2.10": (shines_through,),
    "6.2.11.3": (other_letters,),
    "6.2.11.4": (no_program,),
    "6.2.11.5": (wider,),
    "6.2.11.7": (no_letters,),
    "6.2.11.8": (empty_box,),
    "6.3.2": (lambda pdf: link(pdf).__setitem__("/F", 2), lambda pdf: link(pdf).__setitem__("/Subtype", Name.Movie)),
    "6.4.1": (lambda pdf: pdf.Root.__setitem__("/AcroForm", Dictionary(NeedAppearances=True)),),
    "6.5.1": (script, lambda pdf: pdf.Root.__setitem__("/AA", Dictionary())),
    "6.6.2": (
        lambda pdf: pdf.Root.__delitem__("/Metadata"),
        lambda pdf: with_xmp(pdf, "<pdfaid:part>3", "<pdfaid:part>2"),
        second_block,
    ),
    "6.6.3": (
        lambda pdf: pdf.docinfo.__setitem__("/Title", "another"),
        lambda pdf: pdf.docinfo.__setitem__("/ModDate", "D:20200101000000Z"),
    ),
    "6.7.3": (
        lambda pdf: first(pdf, "/P").__setitem__("/S", Name("/Passage")),
        lambda pdf: pdf.Root.__delitem__("/MarkInfo"),
    ),
    "6.7.4": (lambda pdf: pdf.Root.__delitem__("/Lang"),),
    "6.8": (attached_twice, no_type, no_relation, lambda pdf: pdf.Root.__delitem__("/AF")),
    "5": (
        lambda pdf: with_xmp(pdf, "<pdfuaid:part>1", "<pdfuaid:part>2"),
        lambda pdf: with_xmp(pdf, "<pdfaSchema:prefix>pdfuaid", "<pdfaSchema:prefix>other"),
    ),
    "7.1 content": (
        lambda pdf: on_page(pdf, b"0 0 9 9 re f"),
        lambda pdf: on_page(pdf, b"/Artifact BMC /P <</MCID 0>> BDC 0 0 9 9 re f EMC EMC"),
    ),
    "7.1 tree": (lambda pdf: first(pdf, "/P").__setitem__("/K", Array()), other_owner),
    "7.1 title": (lambda pdf: pdf.Root.__delitem__("/ViewerPreferences"),),
    "7.2": (lambda pdf: first(pdf, "/P").__setitem__("/Lang", String("")),),
    "7.3": (
        lambda pdf: first(pdf, "/Figure").__delitem__("/Alt"),
        lambda pdf: first(pdf, "/Figure").A.__setitem__("/BBox", Array([0, 0, 9999, 9])),
    ),
    "7.4.2": (level_left_out,),
    "7.5": (
        lambda pdf: first(pdf, "/TH").__delitem__("/A"),
        lambda pdf: first(pdf, "/TR").K.__delitem__(0),
    ),
    "7.6": (lambda pdf: first(pdf, "/LI").__setitem__("/S", Name.P),),
    "7.9": (lambda pdf: first(pdf, "/Note").__delitem__("/ID"),),
    "7.18.3": (lambda pdf: next(annotations(pdf))[0].__delitem__("/Tabs"),),
    "7.18.4": (widget,),
    "7.18.5": (
        lambda pdf: link(pdf).__delitem__("/Contents"),
        lambda pdf: first(pdf, "/Link").__setitem__("/K", Array()),
    ),
}
