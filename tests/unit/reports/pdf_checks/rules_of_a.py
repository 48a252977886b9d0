"""Rules of ISO 19005-3 (PDF/A-3, level A) by their clauses, as far as our files could break them.

Written from the standard's text, over pikepdf, without regard to how our files are made. Each rule yields its faults.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any
from xml.etree import ElementTree

from pikepdf import Array, Dictionary, Name, Pdf, Stream

from tests.unit.reports.pdf_checks.reading import (
    annotations,
    filespecs,
    instructions,
    nodes,
    tree_values,
    xmp,
)

Rule = Callable[[Pdf, bytes], Iterator[str]]
RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
STANDARD_TYPES = frozenset(
    re.findall(
        r"\w+",
        "Document Part Art Sect Div BlockQuote Caption TOC TOCI Index NonStruct Private P H H1 H2 H3 H4 H5 H6 L LI Lbl"
        " LBody Table TR TH TD THead TBody TFoot Span Quote Note Reference BibEntry Code Link Annot Ruby RB RT RP"
        " Warichu WT WP Figure Formula Form",
    )
)
ACTIONS = frozenset({"/GoTo", "/GoToR", "/GoToE", "/Thread", "/URI", "/Named", "/SubmitForm"})
BLENDS = frozenset(
    re.findall(
        r"/\w+",
        "/Normal /Compatible /Multiply /Screen /Overlay /Darken /Lighten /ColorDodge /ColorBurn /HardLight /SoftLight"
        " /Difference /Exclusion /Hue /Saturation /Color /Luminosity",
    )
)
RELATIONS = ("/Source", "/Data", "/Alternative", "/Supplement", "/Unspecified")
SAME_WORDS = {
    "/Title": "dc:title", "/Subject": "dc:description", "/Author": "dc:creator", "/Keywords": "pdf:Keywords",
    "/Producer": "pdf:Producer", "/Creator": "xmp:CreatorTool",
}  # fmt: skip
PRINT, UNSEEN = 4, 1 | 2 | 32 | 256
"""Flags of annotations: printed; invisible, hidden, not shown, shown now and then."""


def header(_pdf: Pdf, content: bytes) -> Iterator[str]:
    if not re.match(rb"%PDF-1\.[0-7]\n%[\x80-\xff]{4}", content):
        yield "no header with four high bytes"


def trailer(pdf: Pdf, content: bytes) -> Iterator[str]:
    if "/ID" not in pdf.trailer:
        yield "no identifier"
    if pdf.is_encrypted or "/Encrypt" in pdf.trailer:
        yield "encrypted"
    if not content.rstrip(b"\r\n").endswith(b"%%EOF"):
        yield "something after the end"


def filters(pdf: Pdf, _content: bytes) -> Iterator[str]:
    for stream in _streams(pdf):
        named = stream.get("/Filter", Array())
        used = {str(each) for each in (named if isinstance(named, Array) else [named])}
        if used & {"/LZWDecode", "/Crypt"} or "/F" in stream:
            yield f"{sorted(used)}"


def output_intent(pdf: Pdf, _content: bytes) -> Iterator[str]:
    intents = [each for each in pdf.Root.get("/OutputIntents", []) if each.get("/S") == Name.GTS_PDFA1]
    if len(intents) != 1:
        yield f"{len(intents)} intents"
        return
    profile = intents[0].DestOutputProfile.read_bytes()
    if profile[36:40] != b"acsp" or profile[16:20] != b"RGB " or int(intents[0].DestOutputProfile.N) != 3:
        yield "no RGB profile"


def device_colours(pdf: Pdf, _content: bytes) -> Iterator[str]:
    for number, page in enumerate(pdf.pages, start=1):
        if any(each.operator in ("k", "K") for each in instructions(page)):
            yield f"page {number}: CMYK without an intent for it"
    for stream in _streams(pdf):
        if stream.get("/ColorSpace") == Name.DeviceCMYK:
            yield "picture in CMYK"


def images(pdf: Pdf, _content: bytes) -> Iterator[str]:
    for stream in _streams(pdf):
        if stream.get("/Subtype") == Name.Image and (stream.get("/Interpolate") or "/Alternates" in stream):
            yield "picture that is not drawn as it is"


def graphics_states(pdf: Pdf, _content: bytes) -> Iterator[str]:
    for state in _dictionaries(pdf):
        blend = state.get("/BM")
        if isinstance(blend, Name) and str(blend) not in BLENDS:
            yield f"blending {blend}"
        if "/ca" in state and "/TR" in state:
            yield "transfer function"


def transparency(pdf: Pdf, _content: bytes) -> Iterator[str]:
    """6.2.10: what shines through needs a colour space to be mixed in: the intent's, or the page's own."""
    has_intent = "/OutputIntents" in pdf.Root
    if has_intent:
        return
    for state in _dictionaries(pdf):
        if any(float(state[name]) < 1 for name in ("/ca", "/CA") if name in state):
            yield "transparent, and nothing says in which colours"


def annotation_flags(pdf: Pdf, _content: bytes) -> Iterator[str]:
    for _, annotation in annotations(pdf):
        kind, flags = str(annotation.Subtype), int(annotation.get("/F", 0))
        if kind not in ("/Link", "/Widget"):
            yield f"annotation {kind}"
        if not flags & PRINT or flags & UNSEEN:
            yield f"{kind} with flags {flags}"


def forms(pdf: Pdf, _content: bytes) -> Iterator[str]:
    form = pdf.Root.get("/AcroForm", Dictionary())
    if form.get("/NeedAppearances") or "/XFA" in form:
        yield "a form that a reader draws anew"


def actions(pdf: Pdf, _content: bytes) -> Iterator[str]:
    for value in _dictionaries(pdf):
        if "/AA" in value:
            yield "additional actions"
        kind = value.get("/S")
        is_action = value.get("/Type") == Name.Action or kind in (Name.JavaScript, Name.Launch)
        if is_action and str(kind) not in ACTIONS:
            yield f"action {kind}"
    if "/JavaScript" in pdf.Root.get("/Names", Dictionary()):
        yield "scripts by name"


def metadata(pdf: Pdf, _content: bytes) -> Iterator[str]:
    if "/Metadata" not in pdf.Root:
        yield "no XMP"
        return
    root = ElementTree.fromstring(xmp(pdf))
    if len(root.findall(f".//{RDF}RDF")) != 1:
        yield "not one block of RDF"
    stated = dict(re.findall(r"pdfaid:(part|conformance)[>=\"]+(\w+)", xmp(pdf)))
    if stated != {"part": "3", "conformance": "A"}:
        yield f"stated: {stated}"


def info_matches(pdf: Pdf, _content: bytes) -> Iterator[str]:
    for name, tag in SAME_WORDS.items():
        inside = re.search(rf"<{tag}>(.*?)</{tag}>", xmp(pdf), re.DOTALL)
        stated = "".join(ElementTree.fromstring(_bare(inside[0])).itertext()) if inside else None
        given = str(pdf.docinfo[name]) if name in pdf.docinfo else None
        if stated != given:
            yield f"{name}: {given!r} in the file, {stated!r} in XMP"
    for name, tag in (("/CreationDate", "CreateDate"), ("/ModDate", "ModifyDate")):
        digits = re.sub(r"\D", "", str(pdf.docinfo.get(name, "")))[:14]
        if digits not in re.sub(r"\D", "", "".join(re.findall(rf"xmp:{tag}>(.*?)<", xmp(pdf)))) or not digits:
            yield name


def structure(pdf: Pdf, _content: bytes) -> Iterator[str]:
    if not pdf.Root.get("/MarkInfo", Dictionary()).get("/Marked") or "/StructTreeRoot" not in pdf.Root:
        yield "not marked, or without a tree"
        return
    mapped = pdf.Root.StructTreeRoot.get("/RoleMap", Dictionary())
    for node in nodes(pdf):
        kind = str(node.S)
        if str(mapped.get(kind, node.S))[1:] not in STANDARD_TYPES:
            yield f"{kind} is no standard type"


def language(pdf: Pdf, _content: bytes) -> Iterator[str]:
    if not re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", str(pdf.Root.get("/Lang", ""))):
        yield "no language"


def embedded_files(pdf: Pdf, _content: bytes) -> Iterator[str]:
    listed = [each.objgen for each in pdf.Root.get("/AF", [])]
    names = tree_values(pdf.Root.get("/Names", Dictionary()).get("/EmbeddedFiles", Dictionary()))
    named = [each.objgen for each in names[1::2]]
    texts = [bytes(each) for each in names[0::2]]
    if texts != sorted(set(texts)):
        yield "names twice, or out of order"
    for file in filespecs(pdf):
        name = str(file.get("/UF", "?"))
        if "/F" not in file or "/UF" not in file or not str(file.get("/Desc", "")):
            yield f"{name}: no name for every reader, or no description"
        if str(file.get("/AFRelationship")) not in RELATIONS:
            yield f"{name}: no relation"
        stream = file.EF.F
        if not re.fullmatch(r"/[a-z]+/[\w.+-]+", str(stream.get("/Subtype", ""))):
            yield f"{name}: no media type"
        if "/ModDate" not in stream.get("/Params", Dictionary()):
            yield f"{name}: no date"
        if listed.count(file.objgen) != 1 or named.count(file.objgen) != 1:
            yield f"{name}: listed {listed.count(file.objgen)} times, named {named.count(file.objgen)} times"


def _bare(element: str) -> str:
    """Take the prefixes off, so that a part can be read by itself."""
    return re.sub(r"(</?)\w+:", r"\1", element).replace("xml:lang", "lang")


def _streams(pdf: Pdf) -> Iterator[Any]:
    return (each for each in pdf.objects if isinstance(each, Stream))


def _dictionaries(pdf: Pdf) -> Iterator[Any]:
    """Yield every dictionary, those inside others too."""
    waiting: list[Any] = list(pdf.objects)
    while waiting:
        value = waiting.pop()
        if isinstance(value, Dictionary | Stream):
            if isinstance(value, Dictionary):
                yield value
            waiting += [each for _, each in value.items() if not getattr(each, "is_indirect", False)]
        elif isinstance(value, Array):
            waiting += [each for each in value if not getattr(each, "is_indirect", False)]


RULES: dict[str, Rule] = {
    "6.1.2": header, "6.1.3": trailer, "6.1.7.2": filters, "6.2.3": output_intent, "6.2.4.3": device_colours,
    "6.2.5": graphics_states, "6.2.8": images, "6.2.10": transparency, "6.3.2": annotation_flags, "6.4.1": forms,
    "6.5.1": actions, "6.6.2": metadata, "6.6.3": info_matches, "6.7.3": structure, "6.7.4": language,
    "6.8": embedded_files,
}  # fmt: skip
