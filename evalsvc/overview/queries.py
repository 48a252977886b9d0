"""Reads of a whole evaluation: its stages, and what the results page is prepared from."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from evalsvc import files, jobs
from evalsvc.cases.queries import counts_of
from evalsvc.draws.later.progress import awaits_lists
from evalsvc.draws.queries import draws_of, levels_of
from evalsvc.draws.values import DrawRecord
from evalsvc.editions.facts import NO_DESIGN, Facts, shown_facts
from evalsvc.editions.queries import editions_of
from evalsvc.editions.values import ISSUED
from evalsvc.errors import InvalidError
from evalsvc.evaluations.rule_pack import read_pack
from evalsvc.fieldwork.queries import areas, progress
from evalsvc.frames.queries import frames_of
from evalsvc.instruments.queries import instruments_of
from evalsvc.jobs import JobStatus
from evalsvc.overview.values import CURRENT, DONE, UNSETTLED, WAITING, Overview, Stage
from evalsvc.planning.making import may_miss_counties, missed_counties
from evalsvc.results import operations
from evalsvc.results.overtaken import Since, since
from evalsvc.results.queries import result_by_id, result_sets, rows_of, visited_draws
from evalsvc.results.records import CaseRow, read_records
from evalsvc.results.values import ResultRecord
from evalsvc.store import Store
from sampling.design import canonical, load_design
from sampling.frame import open_frame
from sampling.manifest import Manifest


@dataclass(frozen=True)
class _Found:
    """One stage as it was found: whether the work may go on past it, whether something is left in it, its counts."""

    name: str
    endpoint: str
    is_passed: bool
    facts: dict[str, int]
    is_unsettled: bool = False

    def state(self, current: str) -> str:
        """Return how far the stage is, given the one that is worked on."""
        if self.is_passed:
            return UNSETTLED if self.is_unsettled else DONE
        return CURRENT if self.name == current else WAITING


def overview(session: Session, evaluation_id: str) -> Overview:
    """Return the stages of an evaluation in order, with the first one that is not passed marked as current."""
    found = [*_before_fieldwork(session, evaluation_id), *_from_fieldwork(session, evaluation_id)]
    current = next((each.name for each in found if not each.is_passed), "")
    stages = tuple(Stage(each.name, each.state(current), each.facts, each.endpoint) for each in found)
    return Overview(stages, current)


def _before_fieldwork(session: Session, evaluation_id: str) -> list[_Found]:
    frames = frames_of(session, evaluation_id)
    units = {f"units_{level.name}": level.units for level in frames[0].levels} if frames else {}
    draws = draws_of(session, evaluation_id)
    drawn = [draw for draw in draws if draw.state == "drawn"]
    forms = instruments_of(session, evaluation_id)
    return [
        _Found("frame", "frames.frames", bool(frames), units),
        _Found(
            "draw",
            "draws.draws",
            bool(drawn),
            {"committed": len(draws), "drawn": len(drawn)},
            is_unsettled=len(drawn) < len(draws) or any(awaits_lists(session, draw) for draw in drawn),
        ),
        _Found("instrument", "instruments.instruments", bool(forms), {"versions": len(forms)}),
    ]


def _from_fieldwork(session: Session, evaluation_id: str) -> list[_Found]:
    # A draw that went to the field before this one has ended, whatever came of it.
    latest = [progress(session, draw.id).total for draw in visited_draws(session, evaluation_id)[-1:]]
    opened, finished = sum(each.opened for each in latest), sum(each.finished for each in latest)
    complete = bool(latest) and opened == finished
    cases = counts_of(session, evaluation_id)
    results = len(result_sets(session, evaluation_id))
    editions = sum(each.state == ISSUED for each in editions_of(session, evaluation_id))
    judged = complete and cases.open == 0 and (cases.total > 0 or results > 0)
    # Results may be computed, and said so, while cases are open: the stage is then passed, not done.
    return [
        _Found("fieldwork", "fieldwork.progress", complete, {"opened": opened, "finished": finished}),
        _Found(
            "cases",
            "cases.cases",
            judged or results > 0,
            {"cases": cases.total, "open_cases": cases.open},
            is_unsettled=cases.open > 0,
        ),
        _Found("results", "overview.results", results > 0, {"result_sets": results}),
        _Found("editions", "editions.editions", editions > 0, {"editions": editions}),
    ]


@dataclass(frozen=True)
class FoundResults:
    """What the results page is made of; `found` is the set that is shown, with what has to be known to show it."""

    listed: tuple[ResultRecord, ...]
    found: ResultRecord | None
    facts: Facts | None
    has_open_cases: bool
    since: Since | None
    job: JobStatus | None
    draws: tuple[DrawRecord, ...]


def results_for_page(session: Session, store: Store, evaluation_id: str, wanted: str) -> FoundResults:
    """Read the set of results that is asked for, else the newest, and what stands beside it on the page."""
    listed = result_sets(session, evaluation_id)
    found = result_by_id(session, evaluation_id, wanted) if wanted else next(iter(listed), None)
    wished = (each for each in jobs.of_subject(session, evaluation_id) if each.kind == operations.JOB)
    return FoundResults(
        listed=tuple(listed),
        found=found,
        facts=None if found is None else facts_for_page(session, store, found),
        has_open_cases=found is not None and has_open_cases(store, found),
        since=None if found is None else since(session, store, found),
        job=next(wished, None),
        draws=tuple(visited_draws(session, evaluation_id)),
    )


def facts_for_page(session: Session, store: Store, found: ResultRecord) -> Facts:
    """Return what the results page is prepared from: the rows, the rule pack they were judged by, the counties' names.

    Raises
    ------
    InvalidError
        ``pack.refused``
    """
    pack, complaints = read_pack(store.get(found.inputs[files.PACK]))
    if pack is None:
        raise InvalidError("pack.refused", complaints, pack=files.PACK)
    design = load_design(store.get(found.inputs[files.DESIGN]).decode("utf-8"), files.DESIGN).design
    names = {area.unit_id: area.label for area in areas(session, found.evaluation_id)}
    rows = rows_of(store, found)
    column = levels_of(session, found.draw_id)[0]["id"]
    judged = {str(row["domain"][column]) for row in rows if column in row["domain"]}
    known = NO_DESIGN if design is None else canonical(design)
    counties = {code: names.get(code, code) for code in judged}
    if design is not None and may_miss_counties(design):
        manifest = Manifest.from_json(store.get(found.inputs[files.MANIFEST]).decode("utf-8"), files.MANIFEST)
        counties |= missed_counties(manifest, open_frame(store.path(found.inputs[files.FRAME])), judged)
    return shown_facts(pack, counties, column, rows, design=known)


def has_open_cases(store: Store, found: ResultRecord) -> bool:
    """Tell whether cases were open when the results were computed."""
    cases, _ = read_records(CaseRow, store.get(found.inputs[files.CASES]), files.CASES)
    return any(case.state == "open" for case in cases)
