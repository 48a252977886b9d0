"""What a report says of itself to programs: one block of XMP, with the same words as the file's own dictionary."""

from collections.abc import Iterable, Sequence
from typing import Any
from xml.sax.saxutils import escape

_RDF = (
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/" '
    'xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" '
    'xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" '
    'xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">'
    '<rdf:Description rdf:about="">{}</rdf:Description></rdf:RDF>'
)
_ACCESSIBLE = (
    "<pdfuaid:part>1</pdfuaid:part>"
    '<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">'
    "<pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>"
    "<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>"
    "<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>"
    '<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">'
    "<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>"
    "<pdfaProperty:category>internal</pdfaProperty:category>"
    "<pdfaProperty:description>The part of ISO 14289 that the file follows</pdfaProperty:description>"
    "</rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas>"
)
"""The mark of PDF/UA-1 (ISO 14289-1, 5), and its schema: PDF/A wants every schema described that it does not know
itself (ISO 19005-3, 6.6.2.3)."""


def xmp(metadata: Any, producer: str, part: int, conformance: str) -> bytes:
    """Return WeasyPrint's metadata as one block of RDF: PDF/A, PDF/UA, title, language, authors, subject, times."""
    properties = (
        _simple("pdfaid:part", str(part)),
        _simple("pdfaid:conformance", conformance),
        _ACCESSIBLE,
        _simple("dc:format", "application/pdf"),
        _alternative("dc:title", metadata.title),
        _alternative("dc:description", metadata.description),
        _listed("dc:language", "Bag", [metadata.lang] if metadata.lang else []),
        _listed("dc:creator", "Seq", metadata.authors),
        _simple("pdf:Keywords", ", ".join(metadata.keywords)),
        _simple("pdf:Producer", producer),
        _simple("xmp:CreatorTool", metadata.generator),
        _simple("xmp:CreateDate", metadata.created),
        _simple("xmp:ModifyDate", metadata.modified),
    )
    return _RDF.format("".join(properties)).encode("utf-8")


def _simple(name: str, value: str | None) -> str:
    return f"<{name}>{escape(value)}</{name}>" if value else ""


def _alternative(name: str, value: str | None) -> str:
    """Write a text in the document's own language."""
    if not value:
        return ""
    return f'<{name}><rdf:Alt><rdf:li xml:lang="x-default">{escape(value)}</rdf:li></rdf:Alt></{name}>'


def _listed(name: str, kind: str, values: Sequence[str] | Iterable[str]) -> str:
    items = "".join(f"<rdf:li>{escape(value)}</rdf:li>" for value in values)
    return f"<{name}><rdf:{kind}>{items}</rdf:{kind}></{name}>" if items else ""
