"""A report whose pages do not say what its data say."""

import copy
import json
from io import BytesIO

import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

import reports.pdf
from evalsvc.editions.material import results_json
from evalsvc.editions.printing import build_report
from evalsvc.editions.report import document_of
from evalsvc.verification import pages
from evalsvc.verification.run import read_report
from evalsvc.words import sentence
from reports.pdf import build
from reports.seal import Seal, seal_pdf
from reports.signing.appearance import Appearance
from reports.signing.roles import INSTITUTE
from reports.signing.signature import sign
from tests import small_world


def head_of(issued):
    """Return what the edition says of itself."""
    return json.loads(issued.content["edition.json"])["edition"]


@pytest.fixture(scope="module")
def reprint(issued):
    """Sign pages of changed facts with the true data inside."""

    def reprinted(change):
        edition = issued.content["edition.json"]
        facts = json.loads(edition)
        shown = copy.deepcopy(facts)
        change(shown)
        attachments = {"edition.json": edition, "results.json": results_json(facts["estimates"])}
        pdf = build(document_of(shown), attachments)
        return read_report(small_world.sealed(pdf, facts["edition"]))

    return reprinted


def exchange_the_counties(facts):
    """Put the results of each county under the other one's name."""
    first, second = (county["code"] for county in facts["frame"]["counties"])
    other = {first: second, second: first}
    for row in facts["estimates"]:
        row["domain"] = {name: other.get(value, value) for name, value in row["domain"].items()}
        for code, exchanged in other.items():
            if row["id"].endswith(code):
                row["id"] = row["id"].removesuffix(code) + exchanged
                break
    for verdict in facts["verdicts"]:
        verdict["code"] = other[verdict["code"]]


def steps_of(read):
    return {step.name: step for step in read.steps}


def test_figures_printed_under_another_county_are_found_with_their_page(reprint):
    step = steps_of(reprint(exchange_the_counties))["pages"]
    assert step.state == "failed"
    told = [sentence(each.code, each.details) for each in step.complaints if each.code == "verification.page_differs"]
    assert told and "甲县" in " ".join(told)
    differing = [each.details for each in step.complaints if each.code == "verification.page_differs"]
    assert all(details["expected"] != details["found"] for details in differing)


def test_another_word_on_a_page_is_found_although_every_figure_stands(reprint):
    read = reprint(lambda facts: facts["edition"].update(lead="李另外"))
    assert steps_of(read)["embedded"].state == "ok"
    assert steps_of(read)["pages"].state == "failed"
    quoted = [each.details for each in steps_of(read)["pages"].complaints if "李另外" in str(each.details.get("found"))]
    assert quoted and "张示例" in quoted[0]["expected"]


def overlaid(unsigned):
    """Paint a white box and another figure, as lines without letters, over a page."""
    writer = IncrementalPdfFileWriter(BytesIO(unsigned))
    figure = b"q 1 1 1 rg 150 400 300 30 re f 0 0 0 RG 160 405 m 160 425 l 170 425 l S Q"
    writer.add_stream_to_page(3, writer.add_object(generic.StreamObject(stream_data=figure)))
    return written(writer)


def annotated(unsigned):
    """Lay a stamp over a page."""
    writer = IncrementalPdfFileWriter(BytesIO(unsigned))
    box = generic.ArrayObject(generic.FloatObject(each) for each in (0, 0, 400, 400))
    picture = generic.StreamObject({generic.pdf_name("/BBox"): box}, stream_data=b"1 1 1 rg 0 0 400 400 re f")
    entries = {"/Type": "/Annot", "/Subtype": "/Stamp"}
    stamp = generic.DictionaryObject({generic.pdf_name(name): generic.pdf_name(each) for name, each in entries.items()})
    stamp["/Rect"] = box
    stamp["/AP"] = generic.DictionaryObject({generic.pdf_name("/N"): writer.add_object(picture)})
    writer.register_annotation(writer.find_page_for_modification(4)[0], writer.add_object(stamp))
    return written(writer)


def scripted(unsigned):
    """Let a script run when the file is opened."""
    writer = IncrementalPdfFileWriter(BytesIO(unsigned))
    action = {generic.pdf_name("/S"): generic.pdf_name("/JavaScript"), generic.pdf_name("/JS"): generic.pdf_string("1")}
    writer.root["/OpenAction"] = generic.DictionaryObject(action)
    writer.update_root()
    return written(writer)


def written(writer):
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def found_in(pdf):
    step = steps_of(read_report(pdf))["pages"]
    return step, [(each.code, each.details.get("page")) for each in step.complaints]


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (overlaid, [("verification.page_drawn", 4)]),
        (annotated, [("verification.page_drawn", 5)]),
        (scripted, [("verification.file_differs", None)]),
    ],
)
def test_what_covers_the_words_is_found_although_the_words_are_right(issued, change, found):
    pdf = small_world.sealed(change(issued.unsigned), head_of(issued))
    step, complaints = found_in(pdf)
    assert (step.state, complaints) == ("failed", found)
    others = {step.name: step.state for step in read_report(pdf).steps}
    assert (others["signature"], others["embedded"]) == ("ok", "ok")


def test_a_figure_drawn_by_the_layout_itself_is_found(issued, monkeypatch):
    shape = '<svg style="position: absolute; left: 0; top: 0" viewBox="0 0 9 9" width="9cm"><path d="M0 0h9v9z"/></svg>'
    right = reports.pdf.render_html

    def with_shape(document):
        return right(document).replace("</header>", shape + "</header>")

    monkeypatch.setattr(reports.pdf, "render_html", with_shape)
    pdf = small_world.sealed(build_report(issued.content["edition.json"]), head_of(issued))
    monkeypatch.undo()
    step, complaints = found_in(pdf)
    assert step.state == "failed"
    assert ("verification.page_drawn", 1) in complaints


def test_a_true_seal_over_the_name_of_a_demo_key_is_found(issued):
    shown = Appearance(seal_pdf(Seal("示例评估研究院")), "机构签发")
    pdf = sign(small_world.reviewed(issued.unsigned, head_of(issued)), INSTITUTE, small_world.signer().key, shown)
    assert [code for code, _ in found_in(pdf)[1]] == ["verification.page_drawn"]


def test_other_versions_may_draw_otherwise_and_say_so(issued, monkeypatch):
    monkeypatch.setattr(pages, "printed_with", lambda: {"weasyprint": "71.0"})
    step, complaints = found_in(issued.pdf)
    assert (step.state, complaints, step.notes) == ("ok", [], ())
    step, complaints = found_in(small_world.sealed(overlaid(issued.unsigned), head_of(issued)))
    assert (step.state, complaints) == ("ok", [])
    (note,) = step.notes
    assert note.code == "verification.drawing_unknown"
    assert "weasyprint 71.0" in sentence(note.code, note.details)
