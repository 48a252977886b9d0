"""Draw a chart of any kind, for paper or for a telephone."""

from markupsafe import Markup

from reports.charts.bars import answer_chart, bar_chart, narrow_answer_chart, narrow_bar_chart
from reports.charts.flow import flow_chart
from reports.charts.intervals import interval_chart, narrow_interval_chart
from reports.charts.kinds import AnswerChart, FlowChart, OperatingChart, SampleMap, TileMap
from reports.charts.operating import operating_chart
from reports.charts.sample_map import sample_map
from reports.charts.tiles import tile_map
from reports.document import BarChart, IntervalChart, Picture

Chart = IntervalChart | BarChart | Picture


def draw(chart: Chart, language: str = "zh", *, narrow: bool = False) -> Markup:
    """Return a chart as SVG; a narrow one stays legible on a telephone.

    Raises
    ------
    TypeError
        For a picture of a kind that nobody draws.
    """
    if isinstance(chart, IntervalChart):
        return (narrow_interval_chart if narrow else interval_chart)(chart, language)
    if isinstance(chart, BarChart):
        return (narrow_bar_chart if narrow else bar_chart)(chart)
    return _picture(chart, language, narrow=narrow)


def _picture(chart: Picture, language: str, *, narrow: bool) -> Markup:
    if isinstance(chart, AnswerChart):
        return (narrow_answer_chart if narrow else answer_chart)(chart)
    if isinstance(chart, FlowChart):
        return flow_chart(chart, narrow=narrow)
    if isinstance(chart, SampleMap):
        return sample_map(chart, language, narrow=narrow)
    if isinstance(chart, TileMap):
        return tile_map(chart, language, narrow=narrow)
    if isinstance(chart, OperatingChart):
        return operating_chart(chart, language, narrow=narrow)
    raise TypeError(type(chart).__name__)
