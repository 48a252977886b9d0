"""Say in words what a check of a draw looked at, and where a manifest is not what was drawn again."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from evalsvc.draws.level_names import with_level_names
from evalsvc.words import sentence, term
from evalsvc.zone import local_text
from sampling.compare import Finding
from sampling.design import Design
from sampling.errors import Complaint
from sampling.manifest import Manifest, ManifestStage

CHECKS = ("protocol", "names", "design", "public", "commitment", "seed", "times", "frame", "list")
"""The checks before the stages, in the order in which they are told; `draw.check.<name>`."""
_CHECK_OF = {
    "protocol": "protocol",
    "evaluation": "names",
    "draw": "names",
    "design": "design",
    "stages": "design",
    "public_source": "public",
    "public_round": "public",
    "public_form": "public",
    "public_value": "public",
    "commitment": "commitment",
    "seed": "seed",
    "committed_at": "times",
    "levels": "frame",
    "frames": "frame",
    "lists": "frame",
}
OK, WRONG, PARTIAL, NOT_TAKEN = "✓", "✗", "◐", "–"
MOST_TOLD = 5
"""Differences told of one check, where not all of them are asked for."""
_STAGE = re.compile(r"stages\[(\d+)\]\.(strata|units|take)(?:\[(\d+)\])?(?:\.(\w+))?$")
_HEAD = re.compile(r"[a-z_]+")
_SUBJECT_END = re.compile(r"：|: ")


@dataclass(frozen=True)
class Check:
    """One check in words: its mark, what it was, and each difference."""

    name: str
    mark: str
    words: str
    differences: tuple[str, ...]


def about(manifest: Manifest, language: str) -> list[str]:
    """Tell whose draw it is and what its chance came from, a line each; times are those of Beijing."""
    details = {
        "subject": f"{manifest.evaluation}/{manifest.draw}",
        "title": manifest.design.get("title"),
        "commitment": manifest.commitment,
        "committed_at": local_text(manifest.committed_at),
        "source": manifest.public_source,
        "round": manifest.public_round,
        "value": manifest.public_value,
        "secret": manifest.secret,
        "seed": manifest.seed,
        "drawn_at": local_text(manifest.drawn_at),
    }
    public = ("public", "public_time") if manifest.public_value else ("no_public",)
    names = ("draw", "commitment", *public, "secret", "seed", "drawn")
    return [sentence(f"draw.about.{name}", details, language) for name in names]


def public_value(design: Design, value: str | None, language: str) -> str:
    """Tell by which public value a draw is, or is to be, decided, or that there is none."""
    public = design.public
    name = "none" if public.source is None else "awaited" if value is None else "drawn_by"
    details = {"source": public.source, "round": public.round, "form": public.form, "value": value}
    return sentence(f"draw.public.{name}", details, language)


def stage_drawn(stage: ManifestStage, language: str) -> str:
    """Count what a stage gave: units drawn by chance, reserves, and units chosen by judgement or inside chosen ones."""
    types, name = Counter(unit.sample_type for unit in stage.units), term("draw.level", stage.name, language)
    if not stage.strata:
        return sentence("draw.stage_empty", {"stage": name}, language)
    reserves, chosen = types["reserve"], types["purposive"]
    details = {"stage": name, "taken": types.total() - reserves - chosen, "reserves": reserves, "chosen": chosen}
    return sentence("draw.stage_drawn_and_chosen" if chosen else "draw.stage_drawn", details, language)


def checks(manifest: Manifest, findings: Sequence[Finding], language: str) -> list[Check]:
    """Gather findings into the checks that they belong to, in words."""
    stages = [stage.name for stage in manifest.stages]
    gathered: dict[str, list[Finding]] = {name: [] for name in CHECKS}
    for number in range(len(stages)):
        gathered[f"stage {number}"] = []
    for finding in findings:
        gathered.setdefault(check_of(finding.place), []).append(finding)
    return [_check(manifest, name, found, language) for name, found in gathered.items()]


def check_of(place: str) -> str:
    """Return the check that a place of the manifest belongs to."""
    stage = re.match(r"stages\[(\d+)\]", place)
    if stage:
        return f"stage {stage.group(1)}"
    if place == "frame" or place.startswith("frames"):
        return "times" if place.endswith("].committed_at") else "frame"
    head = _HEAD.match(place)
    return "list" if place.startswith("frame ") else _CHECK_OF.get(head.group() if head else "", "design")


def log_check(complaints: Sequence[Complaint], notes: Sequence[Complaint], language: str, *, given: bool) -> Check:
    """Tell what the public log says of the draw; without one nothing was seen."""
    if not given:
        return Check("log", NOT_TAKEN, sentence("draw.check.log_missing", {}, language), ())
    told = tuple(sentence(each.code, each.details, language) for each in (*complaints, *notes))
    words = _said(sentence("draw.check.log", {}, language), "log", language, holds=not complaints)
    return Check("log", WRONG if complaints else OK, words, told)


def stamp_check(complaints: Sequence[Complaint], notes: Sequence[Complaint], language: str) -> Check:
    """Tell what the commitment's time stamp shows: none, one that holds, or one of an authority that nobody named."""
    told = tuple(sentence(each.code, each.details, language) for each in (*complaints, *notes))
    words = _said(sentence("draw.check.time_stamp", {}, language), "time_stamp", language, holds=not complaints)
    codes = {each.code for each in notes}
    if complaints:
        return Check("time_stamp", WRONG, words, told)
    mark = NOT_TAKEN if "time_stamp.none" in codes else OK if "time_stamp.holds_trusted" in codes else PARTIAL
    return Check("time_stamp", mark, words, told)


def _check(manifest: Manifest, name: str, found: Sequence[Finding], language: str) -> Check:
    # What is wrong with the text stands in findings of its own, each with its column and row; this one counts them.
    wrong = [each for each in found if not each.ok]
    unseen = [each for each in found if each.ok and each.complaint is not None]
    told = tuple(difference(each, language) for each in (*wrong, *unseen) if each.place != "frame text")
    partial = any(each.extent == "partial" and each not in unseen for each in found)
    kind, _, number = name.partition(" ")
    details: dict[str, object] = {}
    if number:
        stage = manifest.stages[int(number)]
        counted = next((each.expected for each in found if each.place.endswith(f".units {stage.name}")), "—")
        details = {"stage": term("draw.level", stage.name, language), "units": counted}
        kind = kind if stage.strata or wrong else f"{kind}_empty"
    words = sentence(f"draw.check.{kind}{'_partly' if partial else ''}", details, language)
    if not found:
        return Check(name, NOT_TAKEN, words + sentence("draw.check.not_taken", {}, language), ())
    mark = WRONG if wrong else PARTIAL if partial or unseen else OK
    gaps = sentence("draw.check.gaps", {}, language) if unseen and not wrong else ""
    return Check(name, mark, _said(words, name, language, holds=not wrong) + gaps, told)


def subject(words: str) -> str:
    """Name what a check is about: its words up to the colon, behind which stands what holds."""
    return _SUBJECT_END.split(words, maxsplit=1)[0]


def _said(words: str, name: str, language: str, *, holds: bool) -> str:
    """Say what holds; where it does not, only what the check is about, and what to look at first."""
    if holds:
        return words
    wrong = "draw.check.wrong_frame" if name == "frame" else "draw.check.wrong"
    return subject(words) + sentence(wrong, {}, language)


def difference(finding: Finding, language: str) -> str:
    """Say one difference in words: which unit, stratum or statement, what was recomputed, what the manifest has."""
    if finding.complaint is not None:
        return sentence(finding.complaint.code, with_level_names(finding.complaint.details, language), language)
    path, _, name = finding.place.partition(" ")
    stage = _STAGE.match(path)
    if stage:
        return _stage_difference(finding, stage, name, language)
    kind = _kind(finding, path, name)
    name = term("draw.level", name, language) if kind == "frame_list" else name
    code = f"draw.differs.{kind}" if kind in _TOLD else "draw.differs.other"
    details = {"place": path, "name": name, "expected": finding.expected, "found": finding.found}
    return sentence(code, details, language)


def _kind(finding: Finding, path: str, name: str) -> str:
    """Name the statement that a finding above the stages is about."""
    if path.endswith("].committed_at"):
        return "branch_time"
    if path.startswith("frames") and name:
        return "branch_missing" if finding.expected is None else "branch" if finding.found else "branch_extra"
    if path == "lists":
        return "list_missing" if finding.found is None else "list_gone" if finding.expected is None else "list"
    if path == "public_value":
        return "public_value_extra" if finding.expected is None else "public_value_missing"
    if path != "frame" or not name:
        return path
    return "frame_ids" if name == "ids" else "frame_list"


_TOLD = frozenset(
    {
        "public_value_extra",
        "public_value_missing",
        "committed_at",
        "commitment",
        "seed",
        "design",
        "frame",
        "levels",
        "stages",
    }
    | {
        "frame_ids",
        "frame_list",
        "list",
        "list_gone",
        "list_missing",
        "branch",
        "branch_extra",
        "branch_missing",
        "branch_time",
    }
)
"""Statements with a sentence of their own, `draw.differs.<name>`."""


def _stage_difference(finding: Finding, stage: re.Match[str], name: str, language: str) -> str:
    _, kind, position, field = stage.groups()
    line = "unit" if kind == "units" else "stratum"
    details: dict[str, object] = {
        "name": _stratum(name, language) if kind == "strata" and name else name,
        "position": int(position) + 1 if position else "",
        "expected": _value(field, finding.expected, language),
        "found": _value(field, finding.found, language),
    }
    if field:
        details["field"] = sentence(f"draw.field.{field}", {}, language)
        return sentence(f"draw.differs.{line}_field", details, language)
    if not name:
        return sentence(f"draw.differs.{line}_order", details, language)
    if isinstance(finding.expected, int) and isinstance(finding.found, int):
        return sentence("draw.differs.unit_count", details, language)
    return sentence(f"draw.differs.{line}_{'extra' if finding.expected is None else 'missing'}", details, language)


def _stratum(name: str, language: str) -> str:
    """Name a group by its stratum and the unit that it lies in."""
    parent, _, stratum = name.partition(":")
    stratum = stratum or sentence("draw.explain.undivided", {}, language)
    return sentence("draw.stratum_in", {"stratum": stratum, "parent": parent}, language) if parent else stratum


def _value(field: str | None, value: object, language: str) -> object:
    if value is None:
        return sentence("draw.nothing", {}, language)
    if field in ("sample_type", "method"):
        known = f"draw.{field}.{value}"
        told = sentence(known, {}, language)
        return value if told == known else told
    return value


def lines_of(check: Check, language: str, *, everything: bool) -> Iterator[str]:
    """Write a check as lines: the mark, the words, and its differences, as many as are wanted."""
    yield f"{check.mark} {check.words}"
    shown = check.differences if everything else check.differences[:MOST_TOLD]
    yield from (f"    {each}" for each in shown)
    if len(shown) < len(check.differences):
        yield "    " + sentence("draw.more_differences", {"count": len(check.differences) - len(shown)}, language)
