"""How long it takes to sign a report of 30 pages and to check it: who signed, what changed, what else is in it.

Keys are RSA-3072 and P-256; levels B-B, B-T and B-LTA, with three signatures each, the servers on this machine. Beside
our way (every revision is made again and compared) stands pyHanko's analysis of differences, for a limited time.
"""

import argparse
import multiprocessing
import multiprocessing.connection
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pypdfium2
from asn1crypto.x509 import Certificate
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from benchmarks.evidence import Study, duration, parser, publish, table
from evalsvc.editions.long_term import fetch
from reports import pdf
from reports.hand import Hand, hand_pdf
from reports.seal import Seal, seal_pdf
from reports.signing.appearance import Appearance
from reports.signing.check import BASIC, LONG_TERM, STAMPED, check_signatures
from reports.signing.lasting import sealed_for_long
from reports.signing.replay import replay
from reports.signing.roles import INSTITUTE, Role
from tests.revocation_service import running_revocation
from tests.signing_world import NAMES, SigningWorld, signed_in_turn
from tests.unit.reports.sample import document

KINDS = {"rsa3072": "RSA-3072", "p256": "P-256"}
ROWS, SHORT_ROWS = 480, 20
"""Rows of the table; 480 fill thirty pages."""
TARGET, ANALYSIS_TARGET = 5, 20
"""Seconds: to tell who signed and whether a byte changed; for the whole analysis of differences."""
STUDY = Study(
    "signatures",
    "Signing a report, and checking it",
    "How long it takes to sign a report of 30 pages three times, to tell who signed and whether a byte changed, and to"
    " find out that nothing else is in it: by making it again, as this system does, and by pyHanko's analysis.",
    "benchmarks.signatures",
    ("pyHanko", "cryptography", "weasyprint"),
)


@dataclass(frozen=True)
class Measured:
    """Seconds of processor time for one file."""

    kind: str
    level: str
    size: int
    signing: float
    checking: float
    repeating: float


def main() -> None:
    given = arguments()
    print("laying out …", flush=True)
    rows = SHORT_ROWS if given.short else ROWS
    layout, laying_out = timed(lambda: pdf.build(document(rows=rows), {"results.json": b"{}"}))
    measured, files = [], {}
    for kind, words in KINDS.items():
        for level, (made, seconds) in signed_files(layout, kind).items():
            print(f"{words} {level} …", flush=True)
            measured.append(measure(layout, kind, level, made, seconds))
            files[kind, level] = made
    limit = 5 if given.short else given.analysis_seconds
    analysed = {key: analyse(files[key], limit) for key in (("p256", BASIC), ("p256", LONG_TERM))}
    publish(STUDY, given, sections(layout, laying_out, measured, analysed, limit))
    if any(each.checking > TARGET for each in measured):
        raise SystemExit(f"a check took more than {TARGET} s: the page names it")


def arguments() -> argparse.Namespace:
    given = parser(__doc__)
    given.add_argument("--analysis-seconds", type=int, default=180, help="when the analysis of a file is broken off")
    return given.parse_args()


def shown(role: Role, _certificate: Certificate, at: datetime) -> Appearance:
    """Show what the service shows."""
    if role is INSTITUTE:
        return Appearance(seal_pdf(Seal(NAMES[role.name])), role.reason)
    return Appearance(hand_pdf(Hand(NAMES[role.name], f"电子签名 {at:%Y-%m-%d %H:%M}")), role.reason)


def signed_files(layout: bytes, kind: str) -> Mapping[str, tuple[bytes, float]]:
    """Sign at every level; with the seconds that it took, the waiting for servers not counted."""
    with running_revocation() as service:
        world = SigningWorld(service, kind)
        people, at = world.people(), datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
        plain = timed(lambda: signed_in_turn(layout, people, shown, at=at))
        stamped = timed(lambda: signed_in_turn(layout, people, shown, world.stamper(), at))
        lasting = timed(lambda: sealed_for_long(stamped[0], world.stamper(), fetch).pdf)
        return {BASIC: plain, STAMPED: stamped, LONG_TERM: (lasting[0], stamped[1] + lasting[1])}


def timed(work: Callable[[], bytes]) -> tuple[bytes, float]:
    """Return what was made, and the seconds of processor time."""
    began = time.process_time()
    return work(), time.process_time() - began


def measure(layout: bytes, kind: str, level: str, made: bytes, signing: float) -> Measured:
    """Check a file twice over, and make it again."""
    check_signatures(made)  # what is loaded at first use does not count
    began = time.process_time()
    report = check_signatures(made)
    between = time.process_time()
    same = replay(made, layout, shown).made == made
    ended = time.process_time()
    if not (report.holds and report.level == level and same):
        raise SystemExit(f"{kind} {level}: the file does not hold as it was made")
    return Measured(kind, level, len(made), signing, between - began, ended - between)


def analyse(made: bytes, limit: int) -> list[tuple[str, float, bool]]:
    """Have pyHanko analyse what follows each signature; seconds for each, and whether it ended, as far as the limit."""
    context = multiprocessing.get_context("spawn")
    receiving, sending = context.Pipe(duplex=False)
    process = context.Process(target=_analysis, args=(made, sending), daemon=True)
    began = last = time.monotonic()
    process.start()
    found: list[tuple[str, float, bool]] = []
    name = "LeadSignature"
    while process.is_alive() and time.monotonic() - began < limit:
        if receiving.poll(5):
            name = receiving.recv()
            if name == "":
                break
            found.append((name, time.monotonic() - last, True))
            last = time.monotonic()
        print(f"pyHanko's analysis: {len(found)} of 3, {time.monotonic() - began:.0f} s of {limit} s", flush=True)
    if process.is_alive() and len(found) < len(NAMES) and time.monotonic() - last > 1:
        found.append((f"number {len(found) + 1}", time.monotonic() - last, False))
    process.kill()
    process.join()
    return found


def _analysis(made: bytes, sending: "multiprocessing.connection.Connection") -> None:
    """Run in a process of its own, which can be ended."""
    for each in PdfFileReader(BytesIO(made)).embedded_regular_signatures:
        context = ValidationContext(trust_roots=[], allow_fetching=False)
        validate_pdf_signature(each, context, context)
        sending.send(each.field_name)
    sending.send("")


def sections(
    layout: bytes,
    laying_out: float,
    measured: Sequence[Measured],
    analysed: Mapping[tuple[str, str], Iterable[tuple[str, float, bool]]],
    limit: int,
) -> list[str]:
    """Write what was measured."""
    rows = [
        (
            KINDS[each.kind], each.level, f"{each.size / 1000:,.0f} kB", f"{each.signing:.2f}", f"{each.checking:.2f}",
            f"{each.repeating:.2f}",
        )
        for each in measured
    ]  # fmt: skip
    differences = [
        (f"{KINDS[kind]} {level}", name, f"{seconds:.1f} s" if ended else f"broken off after {duration(seconds)}")
        for (kind, level), each in analysed.items()
        for name, seconds, ended in each
    ]
    pages = len(pypdfium2.PdfDocument(layout))
    worst = max(each.checking for each in measured)
    return [
        f"The report has {pages} pages and {len(layout) / 1000:,.0f} kB before it is signed, by lead, reviewer and"
        " institute. Seconds of processor time; signing draws what the signatures show, and B-LTA checks before and"
        " after the stamp.",
        table(("Key", "Level", "File", "Sign, s", "Who and whole, s", "Made again, s"), rows),
        f"Who signed and whether a byte changed took {worst:.2f} s at most; the target is {TARGET} s. What else could"
        f" be in the file is answered by making it again (target {ANALYSIS_TARGET} s): the layout, which took"
        f" {laying_out:.1f} s here with all that is loaded at first use, and the last column.",
        "## pyHanko's analysis of differences",
        f"For comparison alone: this system does not use it. By the clock, each signature with all that follows it;"
        f" broken off after {limit} s a file.",
        table(("File", "Signature", "Took"), differences),
    ]


if __name__ == "__main__":
    main()
