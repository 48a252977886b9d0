"""What annexes print of cases and of the quality of the fieldwork: composed from the files of results, no person in it.

A case bears a number that stands in no other file; neither the household nor its village, neither the judges nor their
words are taken over.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from evalsvc.cases.values import CONFIRM, EXCLUDE, KINDS, STATES
from evalsvc.frames.judged import text_of
from evalsvc.planning.making import PURPOSIVE
from evalsvc.results.assembly import Sources
from evalsvc.results.records import CaseRow

STANDARDS = ("income", "food_clothing", "education", "health", "housing", "water", "exclusion")
OTHER = "other"
"""What a standard is called that is none of ours: a form may ask for it in free words, which are not printed."""

Facts = dict[str, Any]


def dossier(sources: Sources, county_column: str, counties: Sequence[str]) -> list[Facts]:
    """List the cases of each county in the order of their numbers, which follow the order of cases.csv."""
    verdicts = Counter((each.case_id, each.verdict) for each in sources.judgements)
    purposive = {row.unit_id for row in sources.fieldwork if row.sample_type == PURPOSIVE}
    found = []
    for code in counties:
        own = _of_county(sources, county_column, code)
        lines = [
            {
                "code": f"{number:03d}",
                "kind": case.kind,
                "persons": case.persons,
                "standard": _standard(case),
                "state": case.state,
                "confirm": verdicts[case.case_id, CONFIRM],
                "exclude": verdicts[case.case_id, EXCLUDE],
                "purposive": case.unit_id in purposive,
            }
            for number, case in enumerate(own, start=1)
        ]
        found.append({"code": code, "cases": lines})
    return found


def problems(sources: Sources, county_column: str, counties: Sequence[str]) -> list[Facts]:
    """Count the cases of each county by kind and by the standard that was not met; without those that have none."""
    found = []
    for code in counties:
        own = _of_county(sources, county_column, code)
        counted = Counter((case.kind, _standard(case), case.state) for case in own)
        kinds = []
        for kind in KINDS:
            standards = [
                {"code": name, **{state: counted[kind, name, state] for state in STATES}}
                for name in (*STANDARDS, OTHER)
                if any(counted[kind, name, state] for state in STATES)
            ]
            if standards:
                kinds.append({"code": kind, "standards": standards})
        found.append({"code": code, "kinds": kinds})
    return found


def _of_county(sources: Sources, county_column: str, code: str) -> list[CaseRow]:
    return [case for case in sources.cases if text_of(sources.attributes[case.unit_id], county_column) == code]


def _standard(case: CaseRow) -> str:
    return case.standard if case.standard in STANDARDS else OTHER


def quality(sources: Sources, county_column: str, counties: Sequence[str]) -> Facts:
    """Count what was replaced, corrected, rejected and remarked on by the checks of the answers."""
    county_of = {unit: text_of(values, county_column) for unit, values in sources.attributes.items()}
    replaced = [row for row in sources.fieldwork if row.opened and row.replaces]
    rejections = Counter(row.rejected for row in sources.interviews if row.rejected)
    first = {row.instance_id for row in sources.interviews if not row.replaces}
    by_county: dict[str, Counter[str]] = {code: Counter() for code in counties}
    for row in sources.interviews:
        counts = by_county.get(county_of.get(row.unit_id, ""), Counter())
        counts["received"] += 1
        counts["flagged"] += row.complaints > 0
        counts["corrected"] += row.replaces in first
        counts["rejected"] += bool(row.rejected)
    for unit in replaced:
        by_county.get(county_of.get(unit.unit_id, ""), Counter())["replaced"] += 1
    names = ("received", "flagged", "corrected", "rejected", "replaced")
    reasons = Counter(row.reason for row in replaced)
    return {
        "all": {name: sum(counts[name] for counts in by_county.values()) for name in names},
        "counties": [{"code": code, **{name: counts[name] for name in names}} for code, counts in by_county.items()],
        "replacements": _listed(reasons, "households"),
        "rejections": _listed(rejections, "interviews"),
    }


def _listed(counted: Mapping[str, int], name: str) -> list[Facts]:
    return [{"code": code, name: counted[code]} for code in sorted(counted)]
