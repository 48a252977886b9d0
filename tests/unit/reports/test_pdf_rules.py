"""PDF/A-3a and what PDF/UA-1 asks for: by our own list of rules, by pdf_oxide's validators and by qpdf.

None of them is the whole standard; docs/reports.md says what is left. veraPDF is in no registry that set-up uses.
"""

import subprocess
from dataclasses import replace
from pathlib import Path

import pdf_oxide
import pytest

from benchmarks import report_samples
from reports import pdf
from reports.document import Document
from tests.unit.reports import sample
from tests.unit.reports.conftest import ATTACHMENTS
from tests.unit.reports.pdf_checks import rules_of_a, rules_of_fonts, rules_of_ua
from tests.unit.reports.pdf_checks.faults import FAULTS, broken
from tests.unit.reports.pdf_checks.reading import opened

RULES = {**rules_of_a.RULES, **rules_of_fonts.RULES, **rules_of_ua.RULES}
BY_BYTES = {
    "6.1.2": lambda content: content.replace(b"%PDF-1.7", b"%PDF-2.0", 1),
    "6.1.3": lambda content: content + b"more\n",
    "6.1.7.2": lambda content: content.replace(b"/FlateDecode", b"/LZWDecode  "[:12], 1),
}
DOCUMENTS = {
    "standard": lambda: report_samples.report(mark="模拟数据", across="预览", code="https://example.org/verify"),
    "own": lambda: report_samples.report("en", look=report_samples.LOOK),
    "band": lambda: report_samples.report(look=report_samples.BAND, rows=3),
    "letter": report_samples.letter,
    "sample": sample.document,
}


def faults_of(content: bytes) -> dict[str, list[str]]:
    with opened(content) as file:
        found = {clause: list(rule(file, content)) for clause, rule in RULES.items()}
    return {clause: faults for clause, faults in found.items() if faults}


@pytest.fixture(scope="session", params=DOCUMENTS)
def laid_out(request: pytest.FixtureRequest) -> bytes:
    document: Document = DOCUMENTS[request.param]()
    return pdf.build(document, {**ATTACHMENTS, "results.csv": "县,率\n示例,1\n".encode()})


def test_reports_and_letters_of_every_look_break_no_rule(laid_out: bytes) -> None:
    assert faults_of(laid_out) == {}


def test_a_signed_report_breaks_no_rule(signed_pdf: bytes) -> None:
    assert faults_of(signed_pdf) == {}


EVERY_FAULT = [(clause, number) for clause, faults in FAULTS.items() for number in range(len(faults))]


@pytest.mark.parametrize(("clause", "number"), EVERY_FAULT)
def test_each_rule_finds_its_fault(clause: str, number: int, plain_pdf: bytes) -> None:
    content = broken(plain_pdf, FAULTS[clause][number])
    with opened(content) as file:
        assert list(RULES[clause](file, content))


@pytest.mark.parametrize("clause", BY_BYTES)
def test_each_rule_on_bytes_finds_its_fault(clause: str, plain_pdf: bytes) -> None:
    content = BY_BYTES[clause](plain_pdf)
    with opened(content) as file:
        assert list(RULES[clause](file, content))


def test_every_rule_has_a_fault_that_it_finds() -> None:
    assert set(RULES) == set(FAULTS) | set(BY_BYTES)


def test_another_validator_and_qpdf_find_nothing(laid_out: bytes, tmp_path: Path) -> None:
    file = tmp_path / "report.pdf"
    file.write_bytes(laid_out)
    document = pdf_oxide.PdfDocument(str(file))
    for verdict in (document.validate_pdf_a("3a"), document.validate_pdf_ua()):
        assert verdict["valid"]
        assert verdict["errors"] == []
    run = subprocess.run(["qpdf", "--check", file], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr


def test_the_other_validator_finds_a_missing_intent_and_a_missing_language(plain_pdf: bytes, tmp_path: Path) -> None:
    file = tmp_path / "broken.pdf"
    for clause in ("6.2.3", "6.7.4", "6.2.11.4"):
        file.write_bytes(broken(plain_pdf, FAULTS[clause][0]))
        document = pdf_oxide.PdfDocument(str(file))
        assert document.validate_pdf_a("3a")["errors"] or document.validate_pdf_ua()["errors"], clause


def test_a_heading_that_leaves_out_a_level_is_read_one_level_down() -> None:
    skipping = sample.document(rows=1)
    chapter = skipping.chapters[1]
    kept = tuple(block for block in chapter.blocks if getattr(block, "level", None) != 3)
    content = pdf.build(replace(skipping, chapters=(replace(chapter, blocks=kept),)), {})
    assert faults_of(content) == {}
