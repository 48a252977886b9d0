"""The lists that teams take along: which households of a draw are visited, village by village, in order of visit.

Closed reserves never reach them: who makes a list names the units that are open. The order of visit is that of the
manifest, by class and ticket, with replacements at the end.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from evalsvc.draws.queries import label_of
from evalsvc.draws.spreadsheet import table_as_csv, table_as_xlsx
from evalsvc.frames.usual import USUAL
from evalsvc.words import sentence
from reports.visits import VillageVisits, Visit, VisitingList
from sampling.levels import Level, level_depth
from sampling.manifest import Manifest, ManifestUnit
from sampling.mapping import load_mapping

RESERVE = "reserve"
BETWEEN = " · "


@dataclass(frozen=True)
class Opened:
    """One unit that is open: which team visits it, and what has to be known of it."""

    team: str = ""
    note: str = ""
    attributes: Mapping[str, object] | None = None


@dataclass(frozen=True)
class Listed:
    """The lists of a draw, with the levels of its frame above the households."""

    lists: tuple[VisitingList, ...]
    levels: tuple[Level, ...]


def visiting_lists(manifest: Manifest, levels: Sequence[Level], opened: Mapping[str, Opened], *, title: str) -> Listed:
    """Make the lists of those units of the last stage that are open, one for each team, by name.

    Parameters
    ----------
    manifest : Manifest
        The draw.
    levels : sequence of Level
        The levels of its frame, outermost first.
    opened : mapping of str to Opened
        The units that are open, with the frame's columns of them and of their parents.
    title : str
        Of the evaluation.
    """
    stage = manifest.stages[-1]
    shown = tuple(levels[: level_depth(levels, stage.name) + 1])
    secret = manifest.unannounced or frozenset()
    # Sorting is stable: main units keep the manifest's order, opened reserves follow them.
    units = sorted((unit for unit in stage.units if unit.id in opened), key=lambda unit: unit.sample_type == RESERVE)
    teams: dict[str, dict[str, list[ManifestUnit]]] = defaultdict(lambda: defaultdict(list))
    for unit in units:
        teams[opened[unit.id].team][unit.parent or ""].append(unit)
    subject = f"{manifest.evaluation}/{manifest.draw}"
    lists = []
    for team in sorted(teams):
        villages = [_village(shown, rows, opened, secret) for _, rows in sorted(teams[team].items())]
        lists.append(VisitingList(title, subject, team, tuple(villages)))
    return Listed(tuple(lists), shown)


def _village(
    levels: Sequence[Level], units: Sequence[ManifestUnit], opened: Mapping[str, Opened], secret: frozenset[str]
) -> VillageVisits:
    attributes = opened[units[0].id].attributes or {}
    above = [label_of(level.name, str(attributes.get(level.id) or ""), attributes) for level in levels[:-1]]
    code = str(attributes.get(levels[-2].id) or "") if above else ""
    # Said once at the village, it need not be said again at each of its households.
    own = frozenset() if code in secret else secret
    visits = tuple(_visit(levels[-1], place, unit, opened[unit.id], own) for place, unit in enumerate(units, 1))
    return VillageVisits(code, above[-1] if above else "", BETWEEN.join(above[:-1]), visits, code in secret)


def _visit(level: Level, place: int, unit: ManifestUnit, opened: Opened, secret: frozenset[str]) -> Visit:
    attributes = opened.attributes or {}
    known = ((column.name, attributes.get(column.name)) for column in level.columns)
    # The class stands by itself already.
    facts = tuple((head_of(name), str(value)) for name, value in known if value is not None and value != unit.stratum)
    return Visit(place, unit.id, unit.stratum, facts, opened.note, unit.id in secret)


@cache
def _heads() -> Mapping[str, str]:
    """Return how lists usually head the columns that evaluations usually have."""
    mapping = load_mapping(USUAL, "").mapping
    return {} if mapping is None else {column: head for head, column in mapping.rename.items()}


def head_of(column: str) -> str:
    """Return the head under which people know a column, else its name."""
    return _heads().get(column, column)


def lists_as_table(listed: Listed, language: str) -> tuple[list[str], list[list[str]]]:
    """Return head and rows of lists: one row for each household."""
    visits = [visit for each in listed.lists for village in each.villages for visit in village.visits]
    facts = list(dict.fromkeys(name for visit in visits for name, _ in visit.facts))
    names = ("team", "within", "village", "village_code", "order", "unit_id", "group", "unannounced", "note")
    header = [sentence(f"visits.column.{name}", {}, language) for name in names] + facts
    yes = sentence("visits.unannounced", {}, language)
    rows = []
    for each in listed.lists:
        for village in each.villages:
            place = [each.team, village.within, village.name, village.code]
            for visit in village.visits:
                known, unseen = dict(visit.facts), village.unannounced or visit.unannounced
                own = [str(visit.order), visit.unit_id, visit.group, yes if unseen else "", visit.note]
                rows.append([*place, *own, *(known.get(name, "") for name in facts)])
    return header, rows


def lists_as_csv(listed: Listed, language: str) -> bytes:
    """Write lists as CSV."""
    return table_as_csv(*lists_as_table(listed, language))


def lists_as_xlsx(listed: Listed, language: str) -> bytes:
    """Write lists as a workbook."""
    return table_as_xlsx(sentence("visits.sheet", {}, language), *lists_as_table(listed, language))


TABLES: Mapping[str, Callable[[Listed, str], bytes]] = {"csv": lists_as_csv, "xlsx": lists_as_xlsx}
"""How lists are written, by the ending of the file's name."""
