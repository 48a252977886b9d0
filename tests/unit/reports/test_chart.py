"""Charts: what is drawn where, what is read aloud, and that figures keep their keys."""

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.chart import COLOURS, NARROW, WIDTH, bar_chart, interval_chart, narrow_interval_chart
from reports.document import BarChart, BarRow, IntervalChart, IntervalRow, Printed, Threshold, Tone
from tests.unit.reports import sample

SVG = "{http://www.w3.org/2000/svg}"


def chart_of(*rows: IntervalRow, threshold: float | None = 0.02) -> IntervalChart:
    line = None if threshold is None else Threshold(threshold, "标准")
    return IntervalChart("图名", "图的说明", rows, line)


def row(estimate: float | None, low: float | None, high: float | None, tone: Tone = Tone.PASS) -> IntervalRow:
    return IntervalRow("示例县", estimate, low, high, tone, Printed("k", "1.00%"), "达标")


def test_the_chart_has_a_title_and_a_description() -> None:
    root = ElementTree.fromstring(interval_chart(sample.interval_plot()))
    assert root.find(f"{SVG}title").text.startswith("脱贫人口错退率")
    assert "政和县跨线" in root.find(f"{SVG}desc").text
    assert root.get("role") == "img"
    names = {element.get("id") for element in root.iter() if element.get("id")}
    assert set(root.get("aria-labelledby").split()) <= names


def test_each_figure_keeps_its_key() -> None:
    root = ElementTree.fromstring(interval_chart(sample.interval_plot()))
    figures = {text.get("data-key"): text.text for text in root.iter(f"{SVG}text") if text.get("data-key")}
    assert figures["wrong_exit/county_code=350725/estimate"] == "1.87%"
    assert len(figures) == 4


def test_an_interval_that_crosses_the_threshold_is_drawn_across_it() -> None:
    root = ElementTree.fromstring(interval_chart(chart_of(row(0.019, 0.011, 0.029, Tone.UNDECIDED))))
    red = [line for line in root.iter(f"{SVG}line") if line.get("stroke-dasharray") == "5 2.5"]
    interval = [line for line in root.iter(f"{SVG}line") if line.get("stroke-dasharray") == "3 2"]
    (threshold,), (drawn,) = red, interval
    assert float(drawn.get("x1")) < float(threshold.get("x1")) < float(drawn.get("x2"))


def test_a_missing_interval_leaves_its_reason_only() -> None:
    drawn = interval_chart(chart_of(IntervalRow("示例县", None, None, None, Tone.NEUTRAL, "样本不足")))
    assert "样本不足" in drawn
    assert COLOURS[Tone.PASS] not in drawn


def test_every_verdict_has_its_own_shape_in_grey_print() -> None:
    shapes = set()
    for tone in Tone:
        drawn = ElementTree.fromstring(interval_chart(chart_of(row(0.01, 0.0, 0.02, tone))))
        marks = [element for element in drawn.iter() if element.tag.split("}")[1] in {"circle", "path", "rect"}]
        shapes.add((marks[0].tag, marks[0].get("fill") == "#fff"))
    assert len(shapes) == len(Tone)


def test_labels_cannot_break_out_of_the_picture() -> None:
    drawn = interval_chart(chart_of(IntervalRow("<script>", 0.01, 0.0, 0.02, Tone.PASS, Printed('"&', "<b>"))))
    assert "<script>" not in drawn
    ElementTree.fromstring(drawn)


@given(st.lists(st.floats(0, 1), min_size=3, max_size=3).map(sorted), st.none() | st.floats(0, 1))
def test_any_rates_stay_inside_the_frame(values: list[float], threshold: float | None) -> None:
    low, estimate, high = values
    root = ElementTree.fromstring(interval_chart(chart_of(row(estimate, low, high), threshold=threshold)))
    places = [float(line.get(name)) for line in root.iter(f"{SVG}line") for name in ("x1", "x2")]
    assert all(0 <= place <= WIDTH for place in places)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=5))
def test_bars_are_as_long_as_their_values(values: list[float]) -> None:
    rows = tuple(BarRow(str(index), value, f"{value}") for index, value in enumerate(values))
    root = ElementTree.fromstring(bar_chart(BarChart("图名", "说明", rows)))
    lengths = [float(bar.get("width")) for bar in root.iter(f"{SVG}rect")]
    longest = max(values)
    for value, length in zip(values, lengths, strict=True):
        assert length == pytest.approx(max(lengths) * value / longest if longest else 0, abs=0.8)


def test_a_narrow_chart_says_the_same_in_letters_that_a_telephone_shows_legibly() -> None:
    wide, narrow = (
        ElementTree.fromstring(draw(sample.interval_plot())) for draw in (interval_chart, narrow_interval_chart)
    )
    words = [
        sorted("".join(each.itertext()) for each in root.iter() if each.tag.endswith("text")) for root in (wide, narrow)
    ]
    shown = {text for text in words[1] if not text.endswith("%")}
    assert shown - {""} <= set(words[0])
    assert narrow.get("viewBox", "").split()[2] == str(int(NARROW))
    assert min(float(each.get("font-size", 0)) for each in narrow.iter() if each.tag.endswith("text")) >= 11
