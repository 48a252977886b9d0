"""Let axe-core judge a page that a browser shows: whether everybody can use it (WCAG, A and AA, and good practice)."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page

SCRIPT = Path(__file__).parents[1] / "evalsvc" / "client" / "node_modules" / "axe-core" / "axe.min.js"
GRAVE = frozenset({"serious", "critical"})
RUN = """() => axe.run(document, { resultTypes: ['violations'] }).then(({ violations, passes }) => ({
    passed: passes.length,
    faults: violations.map(({ id, impact, help, nodes }) => [id, impact, help, nodes.map(node => node.html)]),
}))"""


@dataclass(frozen=True)
class Fault:
    """A rule that elements of a page break, as axe-core names it, and how grave that is."""

    rule: str
    impact: str
    help: str
    elements: Sequence[str]

    @property
    def is_grave(self) -> bool:
        """Whether it keeps people from using the page."""
        return self.impact in GRAVE

    def __str__(self) -> str:
        return f"{self.rule} ({self.impact}): {self.help}: {' '.join(self.elements[:3])[:400]}"


def faults_of(page: Page) -> list[Fault]:
    """Judge what a page shows now.

    The script comes by the browser's own debugging interface, so the page's policy stays as it is.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(SCRIPT.read_text(encoding="utf-8"))
    return [Fault(*found) for found in page.evaluate(RUN)["faults"]]
