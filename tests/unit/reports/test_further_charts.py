"""The further kinds of charts: what is drawn, what is said aloud, and that nothing leaves the picture."""

import re
from xml.etree import ElementTree

import pytest

from reports.charts.draw import draw
from reports.charts.intervals import parts_of
from reports.charts.kinds import (
    Answer,
    AnswerChart,
    AnswerRow,
    Chances,
    FlowBox,
    FlowChart,
    FlowStep,
    MapOutline,
    MapPlace,
    OperatingChart,
    SampleMap,
    Share,
    Tile,
    TileMap,
)
from reports.document import DocumentError, IntervalChart, IntervalRow, Picture, Printed, Threshold, Tone
from reports.html import render_html
from tests.unit.reports import sample

SVG = "{http://www.w3.org/2000/svg}"
ANSWERS = AnswerChart(
    "各县满意度",
    "每县一条",
    (Answer("满意"), Answer("不满意"), Answer("未作答", blank=True)),
    (
        AnswerRow(
            "甲县", (Share(0.7, Printed("a", "70.0%")), Share(0.2, Printed("b", "20.0%")), Share(0.1, "10.0%")), "50户"
        ),
    ),
)
FLOW = FlowChart(
    "调查流程",
    "从主样本到完成访问",
    (
        FlowStep(FlowBox("启用", Printed("opened", "130")), (FlowBox("空挂", Printed("vacant", "6")),)),
        FlowStep(FlowBox("完成访问", Printed("completed", "111"))),
    ),
)
MAP = SampleMap(
    "样本分布",
    "抽中的村",
    (MapPlace(118.0, 25.0, 12), MapPlace(118.4, 25.3, 3), MapPlace(118.2, 25.1)),
    (MapOutline("甲县", ((118.0, 25.0), (118.4, 25.0), (118.4, 25.3))), MapOutline("乙县", ())),
)
TILES = TileMap(
    "样本分布", "每县一块", (Tile("甲县", 16, 6, Printed("t", "6／16村")), Tile("乙县", 400, 1, "1／400村"))
)
OPERATING = OperatingChart(
    "判定的把握",
    "三条线",
    (0.0, 0.02, 0.04),
    (
        Chances("达标", Tone.PASS, (0.9, 0.05, 0.0)),
        Chances("不达标", Tone.FAIL, (0.0, 0.05, 0.5)),
        Chances("不能判定", Tone.UNDECIDED, (0.1, 0.9, 0.5)),
    ),
    Threshold(0.02, "门槛2%"),
)
PICTURES = (ANSWERS, FLOW, MAP, TILES, OPERATING)


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize("picture", PICTURES, ids=lambda each: type(each).__name__)
def test_every_kind_is_named_and_read_aloud_and_stays_inside(picture, narrow):
    root = ElementTree.fromstring(draw(picture, narrow=narrow))
    assert root.find(f"{SVG}title").text == f"{picture.caption}。{picture.description}"
    assert root.get("role") == "img"
    _, _, width, height = map(float, root.get("viewBox").split())
    for part in root.iter():
        for name, most in (("x", width), ("cx", width), ("x2", width), ("y", height), ("cy", height), ("y2", height)):
            if part.get(name) is not None:
                assert -0.1 <= float(part.get(name)) <= most + 0.1, ElementTree.tostring(part)
    if narrow:
        assert min(float(each.get("font-size")) for each in root.iter(f"{SVG}text")) >= 9


@pytest.mark.parametrize("narrow", [False, True])
def test_figures_keep_their_keys(narrow):
    found = {}
    for picture in PICTURES:
        root = ElementTree.fromstring(draw(picture, narrow=narrow))
        found |= {each.get("data-key"): each.text for each in root.iter(f"{SVG}text") if each.get("data-key")}
    assert found == {"a": "70.0%", "b": "20.0%", "opened": "130", "vacant": "6", "completed": "111", "t": "6／16村"}


def test_answers_fill_their_bar_and_no_answer_is_shown():
    root = ElementTree.fromstring(draw(ANSWERS))
    *parts, frame = [each for each in root.iter(f"{SVG}rect") if float(each.get("height")) > 12]
    widths = [float(each.get("width")) for each in parts]
    assert sum(widths) == pytest.approx(float(frame.get("width")), abs=0.2)
    assert widths[0] / sum(widths) == pytest.approx(0.7, abs=0.005)
    assert parts[-1].get("fill") == "#fff"
    with pytest.raises(DocumentError, match="row_length"):
        AnswerChart("a", "b", (Answer("x"),), (AnswerRow("r", ()),))


def test_north_is_above_and_a_disc_is_as_large_as_what_was_drawn():
    root = ElementTree.fromstring(draw(MAP))
    large, small = (each for each in root.iter(f"{SVG}circle") if each.get("stroke") == "#fff")
    assert float(large.get("cx")) < float(small.get("cx"))
    assert float(large.get("cy")) > float(small.get("cy"))
    assert (float(large.get("r")) / float(small.get("r"))) ** 2 == pytest.approx(4, rel=0.05)


def test_a_tile_has_a_square_for_each_unit():
    root = ElementTree.fromstring(draw(TILES))
    fills = [each.get("fill") for each in root.iter(f"{SVG}rect")]
    assert (fills.count("#1f5f7d"), fills.count("#e3e7ea")) == (6 + 1 + 1, 10 + 399 + 1)


def test_very_many_rows_are_cut_into_charts_on_one_scale():
    rows = tuple(
        IntervalRow(f"{number}县", number / 4000, 0.0, number / 2000, Tone.PASS, Printed(str(number), "x"))
        for number in range(120)
    )
    whole = IntervalChart("图", "说明", rows, Threshold(0.02, "门槛"), note="注")
    cut = parts_of(whole)
    assert [len(each.rows) for each in cut] == [40, 40, 40]
    assert [each.caption for each in cut] == ["图（1／3）", "图（2／3）", "图（3／3）"]
    assert [each.note for each in cut] == ["", "", "注"]
    ticks = {tuple(re.findall(r">(\d+(?:\.\d+)?%)<", draw(each))) for each in cut}
    assert len(ticks) == 1
    assert parts_of(cut[0]) == (cut[0],)
    heights = [float(ElementTree.fromstring(draw(each)).get("viewBox").split()[3]) for each in cut]
    assert max(heights) < 620  # what a page leaves beside a caption


def test_a_picture_stands_in_a_document_and_a_kind_that_nobody_draws_is_refused():
    document = sample.document()
    chapter = document.chapters[0]
    made = type(document)(
        **{
            **vars(document),
            "chapters": (type(chapter)(chapter.title, (*chapter.blocks, FLOW)), *document.chapters[1:]),
        }
    )
    assert "调查流程" in render_html(made)
    with pytest.raises(TypeError):
        draw(Picture("a", "b"))
