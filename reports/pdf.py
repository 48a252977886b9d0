"""A document as PDF/A-3 with its data embedded; the same input gives the same bytes."""

from collections.abc import Mapping
from datetime import UTC
from functools import cache
from typing import Any

import pydyf

from reports.document import Document, DocumentError
from reports.faces import LAYOUT, private_fontconfig
from reports.html import TEMPLATES, render_html

with private_fontconfig():  # WeasyPrint looks for faces when it is imported
    import weasyprint
    from weasyprint.text.fonts import FontConfiguration

    from reports import justify

VARIANT = "pdf/a-3a"
Attachments = Mapping[str, bytes]
_RELATIONSHIPS = {"results.json": "Data", "edition.json": "Data"}


def build(document: Document, attachments: Attachments) -> bytes:
    """Lay out a document and embed its data: the unsigned report."""
    return write_pdf(document, attachments)


def write_pdf(document: Document, attachments: Attachments, *, variant: str = VARIANT) -> bytes:
    """Return the document as PDF/A-3 with the attachments in order of their names; one at a time."""
    with LAYOUT:
        return _written(document, attachments, variant)


def _written(document: Document, attachments: Attachments, variant: str) -> bytes:
    justify.install()
    issued = document.cover.issued_at
    if issued.tzinfo is None:
        raise DocumentError("reports.time_without_zone", field="issued_at")
    page = weasyprint.HTML(string=render_html(document), base_url=None, url_fetcher=_NoFetcher())
    options = {"pdf_variant": variant, "pdf_tags": variant.endswith("a"), "pdf_identifier": True}
    laid_out = page.render(font_config=_fonts(), stylesheets=[_style_sheet()], **options)
    stamped = issued.astimezone(UTC)
    laid_out.metadata.attachments = [
        weasyprint.Attachment(
            string=content, name=name, description=name, created=stamped, modified=stamped,
            relationship=_RELATIONSHIPS.get(name, "Supplement"), base_url="",
        )
        for name, content in sorted(attachments.items())
    ]  # fmt: skip
    content: bytes = laid_out.write_pdf(finisher=_finish, **options)
    return content


def lay_out(html: str) -> bytes:
    """Return a page that needs no other file as a plain PDF; the caller holds LAYOUT."""
    page = weasyprint.HTML(string=html, base_url=None, url_fetcher=_NoFetcher())
    content: bytes = page.render(font_config=_fonts()).write_pdf()
    return content


class _NoFetcher(weasyprint.urls.URLFetcher):  # type: ignore[misc]
    """A fetcher that opens nothing: a report holds all it needs."""

    def fetch(self, url: str, headers: Any = None) -> Any:
        """Refuse every address."""
        raise ValueError(url)


@cache
def _fonts() -> FontConfiguration:
    """Load the faces once for all documents of this process."""
    with private_fontconfig():
        return FontConfiguration()


@cache
def _style_sheet() -> weasyprint.CSS:
    """Parse the style sheet once for all documents of this process."""
    return weasyprint.CSS(string=(TEMPLATES / "report.css").read_text(encoding="utf-8"), font_config=_fonts())


def _finish(_document: Any, pdf: pydyf.PDF) -> None:
    """List each embedded file once in /AF (WeasyPrint lists it twice)."""
    if "AF" in pdf.catalog:
        pdf.catalog["AF"] = pydyf.Array(dict.fromkeys(pdf.catalog["AF"]))
