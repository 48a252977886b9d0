"""What a kind of tampering is, and the report that is tampered with: its files, and signatures made anew."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache

from evalsvc.editions.printing import build_report, signed, with_places
from evalsvc.verification.archive import open_bundle
from evalsvc.verification.run import ReadReport, read_report
from reports.keys import Signer, make_demo_key, read_signer
from reports.signing.roles import ROLES, Role

PUBLIC = "public-log.jsonl"
"""How the public log is called that did not come with the bundle."""
PASSPHRASE = b"tampered"


@dataclass(frozen=True)
class Tampering:
    """One kind: what was done, and what has to be said of it, with the words that say where."""

    name: str
    done: str
    code: str
    pdf: bytes
    bundle: bytes | None = None
    where: tuple[str, ...] = ()
    """Words of the sentence in both languages: file, row, page, person or time."""
    trust: bytes | None = None
    logs: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class Material:
    """A report as it was issued, with its bundle and the public log."""

    pdf: bytes
    bundle: bytes
    log: bytes
    content: Mapping[str, bytes]
    layout: bytes
    """The report without signatures, from the data inside it."""
    head: Mapping[str, str]
    report: ReadReport
    """What was read of the report, which no change of the bundle touches."""


def material(pdf: bytes, bundle: bytes, log: bytes) -> Material:
    """Read a report with what was issued with it.

    Raises
    ------
    ValueError
        When the file holds no edition.
    """
    report = read_report(pdf)
    if report.signed.facts is None:
        raise ValueError("the report holds no edition")
    layout = build_report(report.signed.edition)
    return Material(pdf, bundle, log, open_bundle(bundle).content, layout, report.signed.facts["edition"], report)


@cache
def own_key(name: str) -> Signer:
    """Make a key in somebody's name, as anybody can."""
    return read_signer(make_demo_key(name, PASSPHRASE, datetime.now(UTC)), PASSPHRASE)


def sign_on(pdf: bytes, head: Mapping[str, str], roles: Sequence[Role] = ROLES) -> bytes:
    """Have roles sign a file that has the places for them, with keys that somebody made in their names."""
    at = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=len(ROLES))
    for role in roles:
        when = at + timedelta(minutes=ROLES.index(role))
        pdf = signed(pdf, role, own_key(head[role.name]), head, when)
    return pdf


def sign_all(layout: bytes, head: Mapping[str, str]) -> bytes:
    """Sign a layout in all three names."""
    return sign_on(with_places(layout), head)


def with_file(content: Mapping[str, bytes], name: str, data: bytes) -> dict[str, bytes]:
    """Exchange one file; the list of hashes beside the files stays as it was."""
    if content.get(name) == data:
        raise ValueError(f"{name} was not changed")
    return {**content, name: data}


def replaced(content: Mapping[str, bytes], name: str, old: bytes, new: bytes) -> bytes:
    """Return a file with the first occurrence of some bytes replaced.

    Raises
    ------
    ValueError
        When they do not occur.
    """
    if old not in content[name]:
        raise ValueError(f"{name} does not hold {old!r}")
    return content[name].replace(old, new, 1)
