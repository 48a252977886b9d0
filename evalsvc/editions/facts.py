"""Compose edition.json: every fact and figure that a report prints, from files alone; docs/formats.md, Edition.

The service composes it to issue a report, an outsider's check composes it again from the bundle and compares.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from types import MappingProxyType
from typing import Any

from evalsvc.editions.case_facts import dossier, problems, quality
from evalsvc.editions.chapters.kinds import CASES
from evalsvc.evaluations.rule_pack import Pack
from evalsvc.frames.judged import text_of
from evalsvc.planning.frame_facts import county_scopes, exclusions
from evalsvc.planning.indicators import INDICATORS, OPEN_FOR, indicator_of_row
from evalsvc.planning.layout import Layout
from evalsvc.planning.making import PURPOSIVE, RESERVE, drawn_counties, missed_counties
from evalsvc.results.assembly import Sources
from evalsvc.results.counts import case_counts, fieldwork_by, fieldwork_counts, review_counts
from evalsvc.time_stamps.token import stated_by
from sampling.design import design_in
from sampling.frame import Frame
from sampling.manifest import Manifest

VERSION = 1
UNDECIDED = "不能判定"
ORDER_OF_VERDICTS = ("不达标", UNDECIDED, "达标")
"""One miss fails the whole; one open question leaves it open."""

Facts = dict[str, Any]


NO_DESIGN: Mapping[str, Any] = MappingProxyType({"stages": ()})
"""Of which nothing is known."""


@dataclass(frozen=True)
class Corrects:
    """Which edition one takes the place of: its number, the hash of its signed file, and what is different."""

    number: int
    pdf_sha256: str
    changed: str


@dataclass(frozen=True)
class Head:
    """What an edition says of itself."""

    number: int
    kind: str
    issued_at: str
    """When it was composed: the date that it bears."""
    institute: str
    lead: str
    reviewer: str = ""
    corrects: Corrects | None = None
    language: str = "zh"
    scope: str = ""
    """The code of the one county that it is about; empty for all."""
    answer_by: str = ""
    """The day until which a county may answer a letter, as YYYY-MM-DD; empty where none is set."""
    address: str = ""
    """Of the service, for the code on the cover; without one there is no code."""


@dataclass(frozen=True)
class About:
    """What an edition says of its evaluation."""

    code: str
    name: str
    client: str
    simulated: bool


@dataclass(frozen=True)
class Material:
    """Everything that the facts are composed from."""

    sources: Sources
    frame: Frame
    layout: Layout
    rows: Sequence[Mapping[str, Any]]
    inputs: Mapping[str, str]
    code_version: str
    scope: str = ""
    """The code of the one county that they are about; empty for all."""


def compose(head: Head, about: About, material: Material) -> Facts:
    """Return edition.json without its printed figures."""
    material = _within(material, head.scope) if head.scope else material
    manifest, pack = material.sources.manifest, material.sources.pack
    return {
        "version": VERSION,
        "edition": asdict(head),
        "evaluation": asdict(about),
        "pack": _pack(pack),
        "draw": _draw(manifest),
        "frame": _frame(material),
        "fieldwork": _fieldwork(material),
        "villages": _villages(material),
        "cases": _cases(material),
        **_annexed(head, material),
        "verdicts": _verdicts(material.rows, material.layout.county, _counties(material), pack.thresholds),
        "estimates": [dict(row) for row in material.rows],
        "inputs": dict(sorted(material.inputs.items())),
        "code_version": material.code_version,
    }


def rows_of_county(rows: Sequence[Mapping[str, Any]], county_column: str, county: str) -> list[Mapping[str, Any]]:
    """Return the rows of results that are about one county; all of them where none is named."""
    return [row for row in rows if not county or row["domain"].get(county_column) == county]


def _within(material: Material, county: str) -> Material:
    """Leave everything of other counties out: what a county is given is about that county alone."""
    sources, column = material.sources, material.layout.county
    own = {unit for unit, values in sources.attributes.items() if text_of(values, column) == county}
    cases = [case for case in sources.cases if case.unit_id in own]
    known = {case.case_id for case in cases}
    sources = replace(
        sources,
        fieldwork=[row for row in sources.fieldwork if row.unit_id in own],
        interviews=[row for row in sources.interviews if row.unit_id in own],
        cases=cases,
        judgements=[row for row in sources.judgements if row.case_id in known],
    )
    return replace(material, sources=sources, rows=rows_of_county(material.rows, column, county), scope=county)


def shown_facts(
    pack: Pack,
    counties: Mapping[str, str],
    county_column: str,
    rows: Sequence[Mapping[str, Any]],
    *,
    design: Mapping[str, Any] = NO_DESIGN,
) -> Facts:
    """Return the part of the facts that a page of results shows: counties by code and name, rows, verdicts.

    The design says which indicators could not be computed whatever was answered.
    """
    return {
        "pack": _pack(pack),
        "draw": {"design": dict(design)},
        "frame": {"counties": [{"code": code, "name": name} for code, name in sorted(counties.items())]},
        "estimates": [dict(row) for row in rows],
        "verdicts": _verdicts(rows, county_column, counties, pack.thresholds),
    }


def _pack(pack: Pack) -> Facts:
    readings = {each.id: each.reading(pack.readings).chinese for each in INDICATORS}
    return {
        "title": pack.title(),
        **{name: getattr(pack, name) for name in ("name", "edition", "region", "year", "programme", "note")},
        **{name: getattr(pack, name) for name in ("level", "alpha", "decimals", "interval", "lonely_psu")},
        "planned_deff": dict(pack.planned_deff),
        "thresholds": {name: {"value": each.value, "pass": each.passes} for name, each in pack.thresholds.items()},
        "readings": dict(pack.readings),
        "formulas": readings,
        "asked": list(pack.asked),
    }


def _draw(manifest: Manifest) -> Facts:
    names = ("protocol", "draw", "commitment", "committed_at", "public_source", "public_round")
    stamp = stated_by(manifest.time_stamp)
    stages = []
    chosen = manifest.purposive
    for stage in manifest.stages:
        strata = [each for each in stage.strata if each.parent not in chosen]
        main = [unit for unit in stage.units if unit.sample_type not in (RESERVE, PURPOSIVE)]
        stages.append(
            {
                "code": stage.name,
                "methods": sorted({each.method for each in strata}),
                "joint_methods": sorted({each.joint_method for each in strata if each.joint_method}),
                "groups": len(strata),
                "population": sum(each.population for each in strata),
                "taken": len(main),
                "certain": sum(unit.sample_type == "certainty" for unit in main),
                "reserves": sum(unit.sample_type == RESERVE for unit in stage.units),
                "purposive": sum(unit.sample_type == PURPOSIVE for unit in stage.units),
            }
        )
    return {
        **{name: getattr(manifest, name) for name in (*names, "public_value", "seed", "drawn_at", "code_version")},
        # The token itself stands in commitment.json and in the manifest; the check verifies it there.
        "time_stamp": None if stamp is None else {"at": stamp[0], "authority": stamp[1]},
        "number": manifest.draw,
        "frame_sha256": next(entry.sha256 for entry in manifest.frames if entry.parent is None),
        "design": dict(manifest.design),
        "stages": stages,
    }


def _counties(material: Material) -> list[str]:
    """Return the codes of the judged counties in their order: also of those that chance left without a household."""
    sources = material.sources
    drawn = drawn_counties(sources.manifest, sources.attributes, material.layout)
    judged = sorted(drawn | missed_counties(sources.manifest, material.frame, drawn).keys())
    return [code for code in judged if material.scope in ("", code)]


def _frame(material: Material) -> Facts:
    design = design_in(material.sources.manifest.design)
    scopes = county_scopes(material.frame, design, set(_counties(material)))
    counties = [
        {
            "code": each.county,
            "name": each.name,
            "villages": each.villages,
            "households": each.households,
            "remaining": each.totals.remaining,
            "exited": each.totals.exited,
            "not_registered": each.totals.not_registered,
            "persons": each.totals.persons,
        }
        for each in scopes
    ]
    left_out = [
        {"code": str(number), **asdict(each), "values": list(each.values)}
        for number, each in enumerate(exclusions(material.frame, design), start=1)
    ]
    return {"counties": counties, "excluded": left_out}


def _fieldwork(material: Material) -> Facts:
    """Count what came of the visits; chosen households, unannounced visits and reviews beside, where there are any."""
    sources = material.sources
    drawn = [row for row in sources.fieldwork if row.sample_type != PURPOSIVE]
    chosen = [row for row in sources.fieldwork if row.sample_type == PURPOSIVE]
    none = {code: fieldwork_counts(()) for code in _counties(material)}
    by_county = none | fieldwork_by(drawn, sources.attributes, material.layout.county)
    unseen, review = sources.manifest.unannounced, review_counts(sources.interviews)
    return {
        "all": fieldwork_counts(drawn),
        "counties": [{"code": code, **counts} for code, counts in by_county.items()],
        **({"purposive": fieldwork_counts(chosen)} if chosen else {}),
        **({"review": review} if any(review.values()) else {}),
        # Which visits were unannounced follows from the manifest alone: no record of the field says so.
        **({} if unseen is None else {"unannounced": fieldwork_counts(row for row in drawn if row.unit_id in unseen)}),
    }


def _villages(material: Material) -> list[Facts]:
    """List the units right above the households, with what was drawn in each and what came of it."""
    sources, layout = material.sources, material.layout
    if len(layout.stages) == 1:
        return []
    level = sources.manifest.design["frame"]["levels"]
    names = {entry["id"]: entry["name"] for entry in level}
    column = layout.stages[-2].id_column
    by_village = fieldwork_by(sources.fieldwork, sources.attributes, column)
    known = {text_of(values, column): values for values in sources.attributes.values()}
    households: dict[str, int] = {}
    for group in sources.manifest.stages[-1].strata:
        households[group.parent or ""] = households.get(group.parent or "", 0) + group.population
    return [
        {
            "code": unit.id,
            "name": text_of(known[unit.id], names[column]) or unit.id,
            "county": text_of(known[unit.id], layout.county),
            "town": text_of(known[unit.id], "town"),
            "stratum": unit.stratum,
            "probability": unit.probability,
            "households": households.get(unit.id, 0),
            "opened": by_village[unit.id]["opened"],
            "completed": by_village[unit.id]["completed"],
        }
        for unit in sorted(sources.manifest.stages[-2].units, key=lambda unit: unit.id)
        if unit.id in known and material.scope in ("", text_of(known[unit.id], layout.county))
    ]


def _cases(material: Material) -> Facts:
    """Count the cases of drawn households, and beside them those of households that were chosen."""
    sources, county = material.sources, material.layout.county
    purposive = {row.unit_id for row in sources.fieldwork if row.sample_type == PURPOSIVE}
    drawn = [case for case in sources.cases if case.unit_id not in purposive]
    return {
        "all": case_counts(drawn),
        "counties": [
            {
                "code": code,
                "kinds": case_counts(
                    case for case in drawn if text_of(sources.attributes[case.unit_id], county) == code
                ),
            }
            for code in _counties(material)
        ],
        **(
            {"purposive": case_counts(case for case in sources.cases if case.unit_id in purposive)} if purposive else {}
        ),
    }


def _annexed(head: Head, material: Material) -> Facts:
    """Compose what annexes print; cases one by one stand in the case file alone, for reports are published."""
    given = (material.sources, material.layout.county, _counties(material))
    listed = {"dossier": dossier(*given)} if head.kind == CASES else {}
    return {**listed, "problems": problems(*given), "quality": quality(*given)}


def _verdicts(
    rows: Sequence[Mapping[str, Any]], county_column: str, counties: Iterable[str], judged: Iterable[str]
) -> list[Facts]:
    """Join the verdicts of each county: a single miss fails it, an undecided indicator leaves it undecided.

    So does an indicator that the county has no row of, because nobody in it could be asked. Where counting every open
    case would give the county another verdict, nothing can be said until they are decided.
    """
    unanswered = dict.fromkeys(judged, UNDECIDED)
    none = {code: dict(unanswered) for code in counties}
    counted: dict[str, dict[str, str]] = {}
    for row in rows:
        indicator = indicator_of_row(row["id"])
        code = row["domain"].get(county_column)
        if indicator is not None and code is not None and row["verdict"] is not None:
            found: dict[str, dict[str, str]] = counted if OPEN_FOR in row["id"] else none
            found.setdefault(code, {})[indicator.id] = row["verdict"]
    return [
        _headline(code, verdicts, verdicts | counted.get(code, {}))
        for code, verdicts in sorted(none.items())
        if verdicts
    ]


def _headline(code: str, verdicts: Mapping[str, str], with_open: Mapping[str, str]) -> Facts:
    first, second = (
        next(each for each in ORDER_OF_VERDICTS if each in found.values()) for found in (verdicts, with_open)
    )
    verdict = first if first == second else UNDECIDED
    return {
        "code": code,
        "verdict": verdict,
        "open_cases_decide": first != second,
        "indicators": dict(verdicts),
    }
