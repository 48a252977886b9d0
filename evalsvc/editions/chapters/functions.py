"""What a text can ask for, in one place: docs/report-texts.md lists it for authors, and a test compares the two."""

import json
from collections.abc import Callable, Mapping
from types import MappingProxyType

from evalsvc.cases.values import KINDS
from evalsvc.editions.chapters import charts
from evalsvc.editions.chapters.allowance import ROWS_OF_CHART
from evalsvc.editions.chapters.faults import TextFault
from evalsvc.editions.chapters.labels import listed
from evalsvc.editions.chapters.marks import FindingHead, Mark, Marks
from evalsvc.editions.chapters.stages import PurposiveView, StageView, purposive_views, stage_views
from evalsvc.editions.chapters.tables import annexed, field, results, sample
from evalsvc.editions.chapters.views import (
    CountyView,
    ExcludedView,
    IndicatorView,
    KindView,
    RemarkView,
    county_views,
    draw_view,
    edition_view,
    evaluation_view,
    excluded_views,
    indicator_view,
    joined_remarks,
    judged_view,
    pack_view,
    remark_views,
)
from evalsvc.editions.figures import Figures
from evalsvc.editions.risk import risk_sentence
from evalsvc.editions.wording import as_set
from evalsvc.planning.indicators import INDICATORS, Indicator
from reports.charts.intervals import parts_of
from reports.document import BarChart, IntervalChart, Picture, Table
from reports.faces import missing_characters

Chart = IntervalChart | BarChart | Picture
WHOLE_TABLES: Mapping[str, Callable[[Figures], Table | None]] = MappingProxyType(
    {
        "overview": results.overview,
        "thresholds": results.thresholds,
        "population": sample.population,
        "stages": sample.stages,
        "seals": sample.seals,
        "villages": sample.villages,
        "fieldwork": field.fieldwork,
        "cases": field.cases,
        "files": field.files,
        "quality": annexed.quality,
        "replacements": annexed.replacements,
        "rejections": annexed.rejections,
    }
)
TABLES_OF_COUNTIES: Mapping[str, Callable[[Figures, str], Table | None]] = MappingProxyType(
    {
        "indicators": annexed.indicators,
        "precisions": annexed.precisions,
        "problems": annexed.problems,
        "dossier": annexed.dossier,
    }
)
TABLES_OF_INDICATORS: Mapping[str, Callable[[Figures, Indicator], Table | None]] = MappingProxyType(
    {
        "results": results.results,
        "precision": results.precision,
        "classes": results.classes,
        "open_cases": results.open_cases,
    }
)
WHOLE_CHARTS: Mapping[str, Callable[[Figures], Chart]] = MappingProxyType(
    {"response_rates": charts.response_rates, "flow": charts.flow, "tiles": charts.tiles}
)
CHARTS_OF_INDICATORS: Mapping[str, Callable[[Figures, Indicator], Chart | None]] = MappingProxyType(
    {"intervals": charts.intervals, "answers": charts.answers, "operating": charts.operating}
)
BLOCKS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "table": frozenset({*WHOLE_TABLES, *TABLES_OF_INDICATORS, *TABLES_OF_COUNTIES}),
        "chart": frozenset({*WHOLE_CHARTS, *CHARTS_OF_INDICATORS}),
    }
)
"""The blocks that a text can place, by the function that places them."""
FIELDS = frozenset({"estimate", "interval", "bound", "verdict", "point_rule", "n", "se", "n_effective", "deff", "df"})
"""What `figure` gives of an indicator in a county."""
UNKNOWN = (LookupError, TypeError, ValueError, StopIteration)
"""What looking a path up ends with that is not there, or at which no number stands."""
Place = CountyView | str
Which = IndicatorView | str


class Functions:
    """The functions of one report's texts: they look up what the facts hold, and compute nothing."""

    def __init__(self, figures: Figures, marks: Marks) -> None:
        self._figures = figures
        self._marks = marks

    def names(self) -> dict[str, object]:
        """Return everything that a text can name."""
        facts, language = self._figures.facts, self._figures.language
        values = {
            "evaluation": evaluation_view(facts),
            "edition": edition_view(facts, language),
            "pack": pack_view(facts, language),
            "draw": draw_view(facts, language),
        }
        return {**values, **{name: getattr(self, f"_{name}") for name in FUNCTIONS}}

    def _counties(self) -> list[CountyView]:
        return list(county_views(self._figures))

    def _indicators(self) -> list[IndicatorView]:
        return [indicator_view(self._figures, each) for each in INDICATORS]

    def _judged(self, county: Place = "", verdict: str = "") -> list[IndicatorView]:
        if not county:
            return [indicator_view(self._figures, each) for each in self._figures.judged]
        if verdict and verdict not in ("passes", "fails", "undecided"):
            raise TextFault("report_text.unknown_verdict", name=verdict)
        code = self._county(county)
        found = [judged_view(self._figures, each, code) for each in self._figures.judged]
        return [each for each in found if not verdict or getattr(each, verdict)]

    def _case_kinds(self) -> list[KindView]:
        return [KindView(kind, self._figures.label(f"case_kind.{kind}")) for kind in KINDS]

    def _stages(self) -> list[StageView]:
        return list(stage_views(self._figures))

    def _purposive(self) -> list[PurposiveView]:
        return list(purposive_views(self._figures))

    def _excluded(self) -> list[ExcludedView]:
        return list(excluded_views(self._figures))

    def _remarks(self, indicator: Which | None = None) -> list[RemarkView]:
        if indicator is None:
            return list(joined_remarks(self._figures))
        return list(remark_views(self._figures, self._indicator(indicator).id))

    def _figure(self, county: Place, indicator: Which, field: str) -> Mark:
        if field not in FIELDS:
            raise TextFault("report_text.unknown_figure", name=field, known="、".join(sorted(FIELDS)))
        row = self._figures.row(self._indicator(indicator).id, self._county(county))
        return self._marks.take(self._figures.of(row, field))

    def _count(self, *path: str) -> Mark:
        try:
            return self._marks.take(self._figures.count(*path))
        except UNKNOWN as error:
            raise TextFault("report_text.unknown_count", name="/".join(map(str, path))) from error

    def _number(self, *path: str) -> float:
        try:
            found = self._figures.value(*path)
        except UNKNOWN as error:
            raise TextFault("report_text.unknown_count", name="/".join(map(str, path))) from error
        if isinstance(found, bool | int | float):
            return found
        return 0 if found is None else len(found)

    def _holds(self, *path: str) -> bool:
        try:
            return self._figures.value(*path) is not None
        except UNKNOWN:
            return False

    def _has_open_cases(self) -> bool:
        cases = self._figures.facts["cases"]
        kinds = [cases["all"]] if not self._figures.scope else []
        kinds += [each["kinds"] for each in cases["counties"] if each["code"] == self._figures.scope]
        return any(kind["open"]["households"] for each in kinds for kind in each.values())

    def _listed_later(self) -> bool:
        return self._figures.listed_later

    def _risk(self) -> str:
        return as_set(risk_sentence(self._figures.facts, self._figures.language))

    def _missing_characters(self) -> str:
        # The texts are known to the reader of the report; the facts' names are not.
        facts = {name: value for name, value in self._figures.facts.items() if name not in ("texts", "printed")}
        missing = missing_characters("".join(sorted(set(json.dumps(facts, ensure_ascii=False)))))
        return listed((f"U+{ord(each):04X}" for each in missing), self._figures.language)

    def _listed(self, values: list[CountyView | IndicatorView | KindView]) -> str:
        return listed((each.name for each in values), self._figures.language)

    def _table(self, name: str, of: Which | CountyView | None = None) -> Mark:
        if of is None and name in WHOLE_TABLES:
            return self._block(WHOLE_TABLES[name](self._figures))
        if isinstance(of, CountyView | str) and name in TABLES_OF_COUNTIES:
            return self._block(TABLES_OF_COUNTIES[name](self._figures, self._county(of)))
        if isinstance(of, IndicatorView | str) and name in TABLES_OF_INDICATORS:
            return self._block(TABLES_OF_INDICATORS[name](self._figures, self._indicator(of)))
        raise TextFault("report_text.unknown_block", name=name, known="、".join(sorted(BLOCKS["table"])))

    def _chart(self, name: str, indicator: Which | None = None) -> Mark:
        if indicator is None and name in WHOLE_CHARTS:
            return self._block(WHOLE_CHARTS[name](self._figures))
        if indicator is not None and name in CHARTS_OF_INDICATORS:
            return self._block(CHARTS_OF_INDICATORS[name](self._figures, self._indicator(indicator)))
        raise TextFault("report_text.unknown_block", name=name, known="、".join(sorted(BLOCKS["chart"])))

    def _finding(self, county: CountyView) -> Mark:
        tone = self._figures.state(
            next((each["verdict"] for each in self._figures.facts["verdicts"] if each["code"] == county.code), None)
        )
        return self._marks.take(FindingHead(county.name, county.verdict, tone))

    def _block(self, block: Table | Chart | None) -> Mark:
        if block is None:
            return Mark("")
        rows = len(self._figures.counties) if isinstance(block, Picture) else len(block.rows)
        across = len(block.columns) if isinstance(block, Table) else ROWS_OF_CHART
        self._marks.allowance.spend("cells", (rows + 1) * across)
        parts = parts_of(block, self._figures.language) if isinstance(block, IntervalChart) else (block,)
        return self._marks.take(parts)

    def _county(self, named: Place) -> str:
        code = named.code if isinstance(named, CountyView) else str(named)
        if code not in {each.code for each in self._figures.counties}:
            raise TextFault("report_text.unknown_county", name=code[:80])
        return code

    def _indicator(self, named: Which) -> Indicator:
        name = named.id if isinstance(named, IndicatorView) else named
        found = next((each for each in INDICATORS if each.id == name), None)
        if found is None:
            raise TextFault("report_text.unknown_indicator", name=str(name)[:80])
        return found


FUNCTIONS = frozenset(
    {
        "counties", "indicators", "judged", "case_kinds", "stages", "purposive", "excluded", "remarks", "figure",
        "count", "number", "holds", "has_open_cases", "listed_later", "risk", "missing_characters", "listed", "table",
        "chart", "finding",
    }
)  # fmt: skip
NAMES = FUNCTIONS | {"evaluation", "edition", "pack", "draw"}
"""Everything that a text can name."""
