"""The report as a document, from edition.json alone."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from evalsvc.editions.chapters.annexes import annexes
from evalsvc.editions.chapters.basics import basics
from evalsvc.editions.chapters.closing import cases, glossary, method
from evalsvc.editions.chapters.fieldwork import fieldwork
from evalsvc.editions.chapters.findings import findings
from evalsvc.editions.chapters.sampling import sampling
from evalsvc.editions.figures import Figures
from evalsvc.editions.summary import summary_blocks
from evalsvc.zone import SHANGHAI
from reports.document import Cover, Document, Fact, printed_figures

SIMULATED_MARK = "模拟数据"
SIMULATED_WORDS = "住户名册与访谈答案由程序模拟，不涉及任何真实住户；结论不得引用。"


def document_of(facts: Mapping[str, Any]) -> Document:
    """Compose the report."""
    figures = Figures(facts)
    return Document(
        cover=_cover(facts),
        summary=summary_blocks(figures),
        chapters=(
            basics(figures),
            sampling(figures),
            fieldwork(figures),
            findings(figures),
            cases(figures),
            method(figures),
            glossary(),
        ),
        annexes=annexes(figures),
        keywords=("第三方评估", "错退率", "漏评率", "抽样调查"),
    )


def printed_of(facts: Mapping[str, Any]) -> list[dict[str, str]]:
    """List every printed figure: its key, and the exact text on the page."""
    return [{"key": each.key, "text": each.text} for each in printed_figures(document_of(facts))]


def _cover(facts: Mapping[str, Any]) -> Cover:
    edition, evaluation, simulated = facts["edition"], facts["evaluation"], facts["evaluation"]["simulated"]
    issued = datetime.strptime(edition["issued_at"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    local = issued.astimezone(SHANGHAI)
    return Cover(
        title=f"{evaluation['name']}第三方评估报告",
        subtitle=f"第{edition['number']}版",
        institute=edition["institute"],
        client=evaluation["client"],
        number=f"{evaluation['code']}-{edition['number']}",
        date=f"{local.year}年{local.month}月{local.day}日",
        lead=edition["lead"],
        issued_at=issued,
        kind=edition["kind"],
        facts=(
            Fact("规则包", facts["pack"]["title"]),
            Fact("抽样框", facts["draw"]["frame_sha256"]),
            Fact("抽取承诺", facts["draw"]["commitment"]),
        ),
        mark=SIMULATED_MARK if simulated else "",
        mark_explained=SIMULATED_WORDS if simulated else "",
    )
