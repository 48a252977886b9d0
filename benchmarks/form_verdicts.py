"""Compare the server's verdicts on submissions of the shipped forms, rule by rule, with those of ODK's form engine.

    npm --prefix benchmarks/xforms_engine ci
    .venv/bin/python -m benchmarks.form_verdicts [--submissions 60] [--form NAME ...] [--record] [--short]

Good, loose and bad submissions are made by chance from a seed; Node 20 runs the engine. `--record` also writes what the
tests compare with: some submissions of every form and the engine's verdicts on them.
"""

import argparse
import gzip
import json
import shutil
import subprocess
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.evidence import ROOT, Study, parser, publish, table, tell
from benchmarks.form_answers import NOW, Answering
from benchmarks.form_comparison import KINDS, Difference, as_held, compare
from forms import convert, library, parse_definition
from forms.definition import FormDefinition

STUDY = Study(
    page="form-verdicts",
    title="Verdicts on submissions beside ODK's own engine",
    question="Does the server find in a submission what @getodk/xforms-engine finds, which fills forms in browsers?",
    module="benchmarks.form_verdicts",
    libraries=("lxml", "pyxform"),
)
ENGINE = ROOT / "benchmarks" / "xforms_engine"
RECORD = ROOT / "tests" / "oracle" / "form_verdicts.json.gz"
RECORDED = 4
SEED = "verdicts"
EXPLAINED = {
    "held": "An answer that is no open choice, or not of its type, is emptied or read otherwise by the engine when it"
    " restores a submission, and everything that hangs on it is judged by what it then holds. The server keeps what was"
    " sent, complains about it, and judges the rest by it. Put in the place of what was sent, the engine's values give"
    " the engine's verdict: each difference was checked so.",
    "written": "A whole number is digits with a sign (XML Schema, integer). The engine also reads 1e3 and other"
    " spellings; the server complains of their type, because exports and estimates would read them in several ways.",
    "rounded": "A value that the form rounds may be one unit of its last place away: Collect breaks ties in decimal"
    " arithmetic, browsers in binary, and the server complains of neither.",
    "uncounted": "An empty count asks for no rows. The engine takes away those that were sent when it restores a"
    " submission; the server leaves them alone, and complains of the answer that the count hangs on.",
    "other": "Not explained.",
}


@dataclass
class Tally:
    """What was found about one form."""

    form: str
    submissions: int = 0
    with_complaints: int = 0
    unread: int = 0
    judged: int = 0
    broken: int = 0
    explained: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[Difference]] = field(default_factory=dict)


def main() -> None:
    given = arguments()
    count = 4 if given.short else given.submissions
    began = time.monotonic()
    tallies, recorded = [], {}
    names = given.form or library.names()
    for place, name in enumerate(names, start=1):
        tally, recorded[name] = study_form(name, count)
        tallies.append(tally)
        tell(place, len(names), began)
    publish(STUDY, given, sections(tallies))
    if given.record:
        record(recorded)


def arguments() -> argparse.Namespace:
    given = parser(__doc__)
    given.add_argument("--submissions", type=int, default=60, help="of each of the three sorts, for each form")
    given.add_argument("--form", action="append", choices=library.names(), help="this form alone, or these")
    given.add_argument("--record", action="store_true", help="write what the tests compare with")
    return given.parse_args()


def study_form(name: str, count: int) -> tuple[Tally, dict[str, Any]]:
    """Make submissions of one form and compare the verdicts on them."""
    xform = converted(name)
    definition = parse_definition(xform)
    answering = Answering(definition, f"{SEED}:{name}")
    good = [answering.good(place) for place in range(count)]
    sent = [*good, *(answering.loose(place) for place in range(count)), *map(answering.bad, good)]
    verdicts = engine_verdicts(xform, sent)
    tally = Tally(name)
    for xml, theirs in zip(sent, verdicts, strict=True):
        enter(tally, definition, xml, theirs)
    some = [place for third in range(3) for place in range(third * count, third * count + min(RECORDED, count))]
    cases = [{"sent": sent[place].decode(), "verdict": verdicts[place]} for place in some]
    return tally, {"xform": xform.decode(), "cases": cases}


def converted(name: str) -> bytes:
    """Return a shipped form as an XForm."""
    conversion = convert(library.text_of(name), f"{name}.md")
    if conversion.xform is None:
        raise ValueError(f"the form {name} cannot be converted: {conversion.complaints}")
    return conversion.xform


def engine_verdicts(xform: bytes, sent: Sequence[bytes]) -> list[dict[str, Any]]:
    """Run the engine on a form and its submissions."""
    node = shutil.which("node")
    if node is None or not (ENGINE / "node_modules").is_dir():
        raise SystemExit("Node and the engine are missing: npm --prefix benchmarks/xforms_engine ci")
    request = json.dumps({"form": xform.decode(), "submissions": [each.decode() for each in sent]})
    done = subprocess.run([node, "verdicts.mjs"], cwd=ENGINE, input=request, capture_output=True, text=True, check=True)
    verdicts: list[dict[str, Any]] = json.loads(done.stdout)
    return verdicts


def enter(tally: Tally, definition: FormDefinition, xml: bytes, theirs: Mapping[str, Any]) -> None:
    """Compare the verdicts on one submission, and count them."""
    tally.submissions += 1
    if "error" in theirs:
        tally.unread += 1
        return
    found = compare(definition, xml, theirs, NOW)
    tally.judged += found.judged
    tally.broken += found.broken
    tally.with_complaints += bool(found.broken or found.differences)
    left = compare(definition, as_held(definition, xml, theirs), theirs, NOW).differences if found.differences else ()
    for difference in found.differences:
        reason = explanation(difference, left)
        tally.explained[reason] += 1
        tally.examples.setdefault(reason, []).append(difference)


def explanation(difference: Difference, left: Sequence[Difference]) -> str:
    """Say why verdicts differ; `left` are the differences when the server judges what the engine holds."""
    if difference.rounded and not difference.ours:
        return "rounded"
    if difference.uncounted and not difference.ours:
        return "uncounted"
    if difference.kind == "type" and difference.ours and difference.held:
        return "written"
    return "other" if any(each.path == difference.path and each.kind == difference.kind for each in left) else "held"


def record(forms: Mapping[str, Mapping[str, Any]]) -> None:
    """Write forms, submissions and verdicts down for the tests."""
    about = {
        "command": f".venv/bin/python -m {STUDY.module} --record",
        "engine": json.loads((ENGINE / "package.json").read_text(encoding="utf-8"))["dependencies"],
        "date": datetime.now(UTC).date().isoformat(),
        "now": NOW.isoformat(),
    }
    text = json.dumps({**about, "forms": forms}, ensure_ascii=False)
    RECORD.write_bytes(gzip.compress(text.encode(), mtime=0))
    print(f"wrote {RECORD.relative_to(Path.cwd()) if RECORD.is_relative_to(Path.cwd()) else RECORD}")


def sections(tallies: Sequence[Tally]) -> list[str]:
    """Write the sections of the page."""
    engine = json.loads((ENGINE / "package.json").read_text(encoding="utf-8"))["dependencies"]
    rows = [
        (t.form, f"{t.submissions:,}", f"{t.with_complaints:,}", f"{t.judged:,}", f"{t.broken:,}", *differing(t))
        for t in tallies
    ]
    reasons = sorted({reason for tally in tallies for reason in tally.explained})
    return [
        "## What was compared",
        f"@getodk/xforms-engine {engine['@getodk/xforms-engine']} in Node with jsdom {engine['jsdom']} restores each"
        " submission, which computes everything anew. A third of the submissions are good, a third drawn without a look"
        " at the rules and with gaps, a third good ones that were spoilt in one to four places. Compared is every rule"
        f" of every node that the submission has: {', '.join(KINDS)}. Values that hang on clock, chance or device"
        " are not computed again by either.",
        "## Agreement",
        table(
            ("Form", "Submissions", "With complaints", "Rules judged", "Broken, by both", "Differing", "Unexplained"),
            rows,
        ),
        "## Differences",
        *[paragraph(reason, tallies) for reason in reasons],
    ] + ([] if reasons else ["None."])


def differing(tally: Tally) -> tuple[str, str]:
    """Count the differences, and those that nothing explains."""
    return f"{tally.explained.total():,}", f"{tally.explained['other'] + tally.unread:,}"


def paragraph(reason: str, tallies: Sequence[Tally]) -> str:
    """Describe one sort of difference with some of its cases."""
    cases = [(t.form, each) for t in tallies for each in t.examples.get(reason, ())]
    shown = cases if reason == "other" else cases[:6]
    rows = [
        (form, each.path, each.kind, "complains" if each.ours else "–", each.sent or "–", each.held or "–")
        for form, each in shown
    ]
    head = ("Form", "Answer", "Rule", "Server", "Sent", "The engine holds")
    return f"{EXPLAINED[reason]} Cases: {len(cases)}.\n\n{table(head, rows)}"


if __name__ == "__main__":
    main()
