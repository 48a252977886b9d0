"""Tampering with what was issued beside the PDF: files of the bundle, the archive itself, the public log."""

import io
import warnings
import zipfile
from collections.abc import Iterable, Iterator

from benchmarks.tampered_kinds import PUBLIC, Material, Tampering, replaced, with_file
from evalsvc import files
from evalsvc.draws import log
from evalsvc.editions.bundle import hash_list, sha256, write_bundle
from sampling.chain import chain_entry, read_chain

CHANGED = "verification.file_changed"
LINES = (
    ("interviews.csv: one line", files.INTERVIEWS, b",completed,", b",refused,"),
    ("judgement changed", files.JUDGEMENTS, b",confirm,", b",exclude,"),
    ("seed changed", files.MANIFEST, b'"secret": "', b'"secret": "0'),
    ("analysis plan changed", files.PLAN, b"level: 0.95", b"level: 0.90"),
    ("results changed", files.RESULTS, b'"n": ', b'"n": 1'),
    ("check.R changed", files.CHECK_SCRIPT, b"\n", b"\n# \n"),
    ("frame changed", files.FRAME, b"PAR1", b"PAR2"),
)


def tampered_bundles(made: Material) -> Iterator[Tampering]:
    """Make every kind of tampering that leaves the PDF as it is."""
    for title, file, old, new in LINES:
        changed = with_file(made.content, file, replaced(made.content, file, old, new))
        yield _kind(made, title, f"a value of {file}", CHANGED, changed, file)
        renewed = {
            **changed,
            files.HASHES: hash_list(
                {each: data for each, data in changed.items() if each not in (files.HASHES, files.EDITION)}
            ),
        }
        yield _kind(made, f"{title}, hash list renewed", f"and {files.HASHES}", CHANGED, renewed, file)
    yield from _interviews(made)
    if files.HASHES in made.content:
        other = with_file(made.content, files.HASHES, made.content[files.HASHES].replace(b"a", b"b", 1))
        yield _kind(
            made, "hash list changed", f"a digit of {files.HASHES}", "verification.hash_list", other, files.HASHES
        )
    yield from _archives(made)
    yield from _log_in_bundle(made)
    yield from _public_log(made)


def _kind(made: Material, title: str, done: str, code: str, content: dict[str, bytes], *where: str) -> Tampering:
    return Tampering(title, done, code, made.pdf, write_bundle(content.items()), where)


def _interviews(made: Material) -> Iterator[Tampering]:
    file = sorted(each for each in made.content if each.startswith(files.INTERVIEW_FOLDER))[0]
    changed = with_file(made.content, file, made.content[file] + b"\n")
    yield _kind(made, "interview changed", "a byte after an interview", "verification.interview_changed", changed, file)
    old, new = (sha256(each[file]).encode() for each in (made.content, changed))
    changed[files.INTERVIEWS] = replaced(changed, files.INTERVIEWS, old, new)
    done = f"its hash in {files.INTERVIEWS} renewed"
    yield _kind(made, "interview changed, hash renewed", done, CHANGED, changed, files.INTERVIEWS)
    gone = {each: data for each, data in made.content.items() if each != file}
    yield _kind(made, "interview removed", "one left out", "verification.file_missing", gone, file)
    added = f"{files.INTERVIEW_FOLDER}00000000-0000-4000-8000-000000000000.xml"
    more = {**made.content, added: made.content[file]}
    yield _kind(made, "interview added", "one put in", "verification.interview_unlisted", more, added)


def _archives(made: Material) -> Iterator[Tampering]:
    entries = list(made.content.items())
    cases = (
        ("path that climbs out", "../../etc/x", b"x", "verification.unknown_name", "../../etc/x"),
        ("two entries of one name", files.CASES, b"x", "verification.name_twice", files.CASES),
        ("ZIP bomb", "interviews/0.xml", b"", "verification.too_large", ""),
    )
    for title, entry, data, code, where in cases:
        packed = zipped([*entries, (entry, data)])
        if title == "ZIP bomb":
            packed = _announcing(packed, 4_294_000_000)
        yield Tampering(title, "in the archive", code, made.pdf, packed, (where,) if where else ())
    yield Tampering(
        "archive cut off",
        "the last half is gone",
        "verification.not_a_zip",
        made.pdf,
        made.bundle[: len(made.bundle) // 2],
    )


def zipped(entries: Iterable[tuple[str, bytes]]) -> bytes:
    """Pack what no bundle would hold."""
    buffer = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        warnings.simplefilter("ignore", UserWarning)  # a name that stands twice is what is wanted
        for entry, data in entries:
            archive.writestr(entry, data)
    return buffer.getvalue()


def _announcing(packed: bytes, size: int) -> bytes:
    """Let the directory announce a size for its last entry, at byte 24 of its record."""
    at = packed.rindex(b"PK\x01\x02") + 24
    return packed[:at] + size.to_bytes(4, "little") + packed[at + 4 :]


def _log_in_bundle(made: Material) -> Iterator[Tampering]:
    rows = made.content[files.LOG].splitlines(keepends=True)
    middle = len(rows) // 2
    broken = {
        "log rows reordered": [*rows[:1], rows[2], rows[1], *rows[3:]],
        "log row removed": [*rows[:middle], *rows[middle + 1 :]],
        "log row changed": [*rows[:1], rows[1].replace(b'"at": "2', b'"at": "1'), *rows[2:]],
    }
    for title, changed in broken.items():
        content = with_file(made.content, files.LOG, b"".join(changed))
        yield _kind(made, title, files.LOG, CHANGED, content, files.LOG)


def _public_log(made: Material) -> Iterator[Tampering]:
    """Compare with a public log that says something else; the bundle is as it was issued."""
    rows = made.log.splitlines(keepends=True)
    entries = read_chain(made.log.decode(), file=PUBLIC).entries
    at = next(place for place, each in enumerate(entries) if each.kind == log.EDITION)
    cut = b"".join(rows[:at])
    cases = {
        "report not in the public log": ("verification.log_without_edition", cut),
        "public log: row changed": (
            "chain.line_changed",
            rows[0].replace(b'"at": "2', b'"at": "1') + b"".join(rows[1:]),
        ),
        "public log cut off": ("verification.log_cut", b"".join(rows[:2])),
        "public log empty": ("verification.log_empty", b""),
    }
    for title, (code, data) in cases.items():
        yield Tampering(title, "another copy of the log", code, made.pdf, made.bundle, (PUBLIC,), logs={PUBLIC: data})
    last = entries[-1]
    subject = entries[at].subject
    line = chain_entry(last, kind=log.REVOCATION, subject=subject, sha256=last.sha256, at=last.at)
    revoked = made.log + f"{line.to_line()}\n".encode()
    yield Tampering(
        "edition revoked",
        "taken back in the public log",
        "verification.revoked",
        made.pdf,
        made.bundle,
        (PUBLIC,),
        logs={PUBLIC: revoked},
    )
