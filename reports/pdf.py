"""A document as PDF/A-3 with its data embedded; the same input gives the same bytes."""

from collections.abc import Mapping
from datetime import UTC
from functools import cache, lru_cache
from typing import Any

import pydyf

from reports.document import Document, DocumentError
from reports.embedding import Attachments, attach, embedded_of, list_once
from reports.faces import LAYOUT, private_fontconfig
from reports.html import TEMPLATES, render_html
from reports.looks import FACES, Look
from reports.metadata import xmp
from reports.own_pictures import Drawn, pictures_of

with private_fontconfig():  # WeasyPrint looks for faces when it is imported
    import weasyprint
    from weasyprint.text.fonts import FontConfiguration

    from reports import justify
    from reports.tags.artifacts import mark_artifacts
    from reports.tags.install import install as install_tags

VARIANT = "pdf/a-3a"
_PRODUCER = f"WeasyPrint {weasyprint.__version__}"


def build(document: Document, attachments: Attachments) -> bytes:
    """Lay out a document and embed its data: the unsigned report."""
    return write_pdf(document, attachments)


def write_pdf(document: Document, attachments: Attachments, *, variant: str = VARIANT) -> bytes:
    """Return the document as PDF/A-3 with the attachments in order of their names; one at a time."""
    with LAYOUT:
        return _written(document, attachments, variant)


def _written(document: Document, attachments: Attachments, variant: str) -> bytes:
    justify.install()
    install_tags()
    issued = document.cover.issued_at
    if issued.tzinfo is None:
        raise DocumentError("reports.time_without_zone", field="issued_at")
    files = embedded_of(attachments)
    page = weasyprint.HTML(string=render_html(document), base_url=None, url_fetcher=_OwnPictures(pictures_of(document)))
    options = {"pdf_variant": variant, "pdf_tags": variant.endswith("a"), "pdf_identifier": True}
    laid_out = page.render(font_config=_fonts(), stylesheets=_style_sheets(document.look), **options)
    mark_artifacts(laid_out)
    attach(laid_out, files, issued.astimezone(UTC))
    laid_out.metadata.generate_rdf_metadata = lambda _name, part, level: xmp(laid_out.metadata, _PRODUCER, part, level)
    content: bytes = laid_out.write_pdf(finisher=lambda _document, pdf: _finish(pdf, files), **options)
    return content


def lay_out(html: str) -> bytes:
    """Return a page that needs no other file as a plain PDF; the caller holds LAYOUT."""
    page = weasyprint.HTML(string=html, base_url=None, url_fetcher=_OwnPictures({}))
    content: bytes = page.render(font_config=_fonts()).write_pdf()
    return content


class _OwnPictures(weasyprint.urls.URLFetcher):  # type: ignore[misc]
    """A fetcher that opens nothing: a report holds all it needs, its few pictures too."""

    def __init__(self, pictures: Mapping[str, Drawn]) -> None:
        super().__init__()
        self._pictures = pictures

    def fetch(self, url: str, headers: Any = None) -> Any:
        """Give a picture of the report's own; refuse every other address."""
        if url not in self._pictures:
            raise ValueError(url)
        picture = self._pictures[url]
        return weasyprint.urls.URLFetcherResponse(url, picture.content, {"Content-Type": picture.media_type})


@cache
def _fonts() -> FontConfiguration:
    """Load the faces once for all documents of this process."""
    with private_fontconfig():
        return FontConfiguration()


def _style_sheets(look: Look | None) -> list[weasyprint.CSS]:
    return (
        [_sheet("report.css")] if look is None else [_sheet("report.css"), _own_sheet(look.accent, look.heading_face)]
    )


@cache
def _sheet(name: str) -> weasyprint.CSS:
    """Parse a style sheet once for all documents of this process."""
    return weasyprint.CSS(string=(TEMPLATES / name).read_text(encoding="utf-8"), font_config=_fonts())


@lru_cache(maxsize=8)
def _own_sheet(accent: str, heading_face: str) -> weasyprint.CSS:
    """Parse the sheet of an institute's own look; both values have been looked at by `Look`."""
    text = (TEMPLATES / "own_look.css").read_text(encoding="utf-8")
    text = text.replace("$accent", accent).replace("$heading", f'"{FACES[heading_face]}"')
    return weasyprint.CSS(string=text, font_config=_fonts())


def _finish(pdf: pydyf.PDF, files: Any) -> None:
    """Mend what WeasyPrint leaves: each embedded file once, with its own type and relation."""
    list_once(pdf, files)
