"""The code on a cover, read from the printed page as a telephone reads it, leads to the page of that very report."""

import json

import pypdfium2
import pytest
import zxingcpp

from evalsvc.editions.bundle import sha256
from evalsvc.editions.printing import build_report, edition_bytes

ADDRESS = "https://evaluation.example.org"
SHARPNESS = 2.0
"""Points of the picture to a point of the page: what a poor camera makes of it."""


def codes_on(pdf: bytes, page: int) -> list[str]:
    picture = pypdfium2.PdfDocument(pdf)[page].render(scale=SHARPNESS).to_pil()
    return [each.text for each in zxingcpp.read_barcodes(picture)]


@pytest.mark.parametrize("address", [ADDRESS, f"{ADDRESS}/"])
def test_the_code_holds_the_address_and_the_hash_of_the_embedded_data(small_facts, address):
    edition = edition_bytes({**small_facts, "edition": {**small_facts["edition"], "address": address}})
    assert json.loads(edition)["edition"]["address"] == address
    assert codes_on(build_report(edition), 0) == [f"{ADDRESS}/reports/{sha256(edition)}"]


def test_without_an_address_nothing_is_there_to_scan(small_facts):
    edition = edition_bytes({**small_facts, "edition": {**small_facts["edition"], "address": ""}})
    assert codes_on(build_report(edition), 0) == []
