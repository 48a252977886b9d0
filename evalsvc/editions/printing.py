"""From facts to the report's bytes: edition.json, the PDF that carries it, and the signature.

What lays out and signs is loaded when it is used: it takes two seconds, which a server that starts need not wait for.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evalsvc import files
from evalsvc.editions.bundle import sha256
from evalsvc.editions.chapters.kinds import OF_ONE_COUNTY
from evalsvc.editions.chapters.labels import label
from evalsvc.editions.chapters.texts import texts_of
from evalsvc.editions.facts import Facts
from evalsvc.editions.format import read_edition
from evalsvc.editions.material import results_json
from evalsvc.editions.report import document_of, printed_of
from evalsvc.editions.results_csv import results_csv
from evalsvc.errors import InvalidError
from evalsvc.zone import SHANGHAI

if TYPE_CHECKING:
    from asn1crypto.x509 import Certificate

    from reports.keys import Signer
    from reports.signing.appearance import Appearance, Picture
    from reports.signing.roles import Role
    from reports.signing.signature import Appearances

SAMPLE_MARK = "样章"
SAMPLE_FOOT = "不具法律效力"
SIGNED_WORDS = "电子签名"
DESCRIBED = {
    "zh": {
        files.EDITION: "本报告所依据的全部数据和文字，页面由它排成",
        files.RESULTS: "估计结果，附区间和判定",
        files.RESULTS_TABLE: "估计结果的表格",
    },
    "en": {
        files.EDITION: "All data and texts that the pages are laid out from",
        files.RESULTS: "The estimates, with intervals and verdicts",
        files.RESULTS_TABLE: "The estimates as a table",
    },
}
"""What the files inside a report are, as its readers see them listed, by the report's language."""
DEMO_REASON = "（示范密钥，不具法律效力）"


def edition_bytes(facts: Facts, texts_folder: Path | None = None) -> bytes:
    """Write edition.json: the facts, the texts, the printed figures, and what they are printed with.

    The texts of the folder, an institute's own, go before ours.

    Raises
    ------
    InvalidError
        ``edition.beyond_bounds``: so large that nobody's check would lay it out; ``report_text.refused`` with every
        mistake of the texts, ``report_text.no_kind``.
    """
    from reports.versions import printed_with  # noqa: PLC0415 (loads WeasyPrint)

    worded = with_texts(facts, texts_folder)
    whole = {**worded, "printed_with": printed_with(), "printed": printed_of(worded)}
    data = (json.dumps(whole, ensure_ascii=False, indent=1) + "\n").encode("utf-8")
    _, complaints = read_edition(data)
    if complaints:
        raise InvalidError("edition.beyond_bounds", complaints)
    return data


def build_report(edition: bytes) -> bytes:
    """Print the report from edition.json, and put that file and the results into it."""
    from reports.embedding import Embedded  # noqa: PLC0415 (loads WeasyPrint)
    from reports.pdf import build  # noqa: PLC0415 (as above)

    facts: Mapping[str, Any] = json.loads(edition)
    words = DESCRIBED["en" if facts["edition"].get("language") == "en" else "zh"]
    attachments = {
        files.EDITION: Embedded(edition, "application/json", words[files.EDITION], "Source"),
        files.RESULTS: Embedded(
            results_json(list(facts["estimates"])), "application/json", words[files.RESULTS], "Data"
        ),
        files.RESULTS_TABLE: Embedded(results_csv(facts), "text/csv", words[files.RESULTS_TABLE], "Data"),
    }
    return build(document_of(facts, code=address_of(facts["edition"].get("address", ""), edition)), attachments)


@dataclass(frozen=True)
class Printed:
    """A report before anybody has signed: the bare layout, and with the fields of all who will sign."""

    layout: bytes
    placed: bytes


def print_report(edition: bytes) -> Printed:
    """Lay a report out and add the fields; a function of this module, so that worker processes can be given it."""
    layout = build_report(edition)
    return Printed(layout, with_places(layout))


def edition_in(pdf: bytes) -> bytes:
    """Return the edition.json that a report carries; empty where it carries none."""
    from reports.verify import embedded  # noqa: PLC0415 (loads pyHanko)

    return embedded(pdf).get(files.EDITION, b"")


def address_of(service: str, edition: bytes) -> str:
    """Return the address at which a service tells of an edition by the hash of its data; empty without a service."""
    return f"{service.rstrip('/')}/reports/{sha256(edition)}" if service else ""


def with_texts(facts: Mapping[str, Any], texts_folder: Path | None) -> Facts:
    """Return facts with the texts that their report is worded by; it has to be about a county where its kind is."""
    head = facts["edition"]
    kind, scope = head["kind"], head.get("scope", "")
    if kind in OF_ONE_COUNTY and scope not in {each["code"] for each in facts["frame"]["counties"]}:
        raise InvalidError("report_text.no_scope", kind=kind, scope=scope)
    return {**facts, "texts": texts_of(kind, head.get("language", "zh"), texts_folder).as_json()}


def preview(edition: bytes, texts_folder: Path | None = None, kind: str = "", county: str = "") -> bytes:
    """Lay out an edition.json with the texts of a folder, marked as a preview on every page, without data inside.

    The facts of one kind of edition can be seen as another kind, and as that of one county.

    Raises
    ------
    InvalidError
        ``report_text.refused`` with every mistake of the texts.
    """
    from reports.pdf import build  # noqa: PLC0415 (loads WeasyPrint)

    stated = json.loads(edition)
    head = {**stated["edition"], **({"kind": kind} if kind else {}), **({"scope": county} if county else {})}
    facts = with_texts({**stated, "edition": head}, texts_folder)
    return build(document_of(facts, mark=label("cover.preview", facts["texts"]["language"])), {})


def with_places(layout: bytes) -> bytes:
    """Add the fields of all who will sign, before the first signature."""
    from reports.signing.fields import with_fields  # noqa: PLC0415 (loads pyHanko)
    from reports.signing.roles import ROLES  # noqa: PLC0415

    return with_fields(layout, ROLES)


def signed(
    pdf: bytes,
    role: "Role",
    signer: "Signer",
    head: Mapping[str, Any],
    at: datetime,
    *,
    picture: "Picture | None" = None,
) -> bytes:
    """Add the signature of a role to a report that has its fields; `head` is what the edition says of itself.

    A picture takes the place of what is drawn, but not with a demo key: that one has to say what it is.
    """
    from reports.signing.signature import sign  # noqa: PLC0415 (loads pyHanko)

    appearance = appearances_for(head)(role, signer.certificate, at)
    if picture is not None and not signer.is_demo:
        appearance = replace(appearance, shown=picture)
    return sign(pdf, role, signer.key, appearance, at=at)


def appearances_for(head: Mapping[str, Any]) -> "Appearances":
    """Return what signatures show: the institute's seal, the names of lead and reviewer; those of demo keys say so."""
    from reports.keys import is_demo  # noqa: PLC0415 (loads pyHanko)
    from reports.signing.appearance import Appearance  # noqa: PLC0415

    def appearance(role: "Role", certificate: "Certificate", at: datetime) -> "Appearance":
        demo = is_demo(certificate)
        return Appearance(_shown(role, head, at, demo=demo), f"{role.reason}{DEMO_REASON}" if demo else role.reason)

    return appearance


def _shown(role: "Role", head: Mapping[str, Any], at: datetime, *, demo: bool) -> bytes:
    """Draw what stands in a role's place."""
    from reports.hand import Hand, hand_pdf  # noqa: PLC0415 (loads WeasyPrint)
    from reports.seal import Seal, seal_pdf  # noqa: PLC0415
    from reports.signing.roles import INSTITUTE  # noqa: PLC0415

    if role is INSTITUTE:
        return seal_pdf(Seal(head["institute"], SAMPLE_MARK, SAMPLE_FOOT) if demo else Seal(head["institute"]))
    when = at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
    return hand_pdf(Hand(str(head[role.name]), f"{SIGNED_WORDS} {when}", SAMPLE_MARK if demo else ""))
