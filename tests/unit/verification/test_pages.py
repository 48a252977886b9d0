"""A report whose pages do not say what its data say."""

import copy
import json

import pytest

from evalsvc.editions.material import results_json
from evalsvc.editions.printing import sign_report
from evalsvc.editions.report import document_of
from evalsvc.verification.run import read_report
from evalsvc.words import sentence
from reports.pdf import build


@pytest.fixture(scope="module")
def reprint(issued, small_world):
    """Sign pages of changed facts with the true data inside."""

    def reprinted(change):
        edition = issued.content["edition.json"]
        facts = json.loads(edition)
        shown = copy.deepcopy(facts)
        change(shown)
        attachments = {"edition.json": edition, "results.json": results_json(facts["estimates"])}
        pdf = build(document_of(shown), attachments)
        return read_report(sign_report(pdf, small_world.signer(), facts["edition"]["institute"]))

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
    assert all(each.details["expected"] != each.details["found"] for each in step.complaints if "page" in each.details)


def test_another_word_on_a_page_is_found_although_every_figure_stands(reprint):
    read = reprint(lambda facts: facts["edition"].update(lead="李另外"))
    assert steps_of(read)["embedded"].state == "ok"
    assert steps_of(read)["pages"].state == "failed"
    quoted = [each.details for each in steps_of(read)["pages"].complaints if "李另外" in str(each.details.get("found"))]
    assert quoted and "张示例" in quoted[0]["expected"]
