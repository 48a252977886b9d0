"""The signed report of the small evaluation."""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

from evalsvc import files
from evalsvc.editions.bundle import readme, sha256, write_bundle
from evalsvc.editions.facts import Head, compose
from evalsvc.editions.material import material_of, rows_in
from evalsvc.editions.printing import build_report, edition_bytes, sign_report
from evalsvc.results.compute import compute_results
from reports.keys import make_demo_key, read_signer
from tests.small_world.bundle_files import sources_of, tables_of
from tests.small_world.evaluation import World
from tests.small_world.texts import ABOUT, INSTITUTE


@dataclass(frozen=True)
class Issued:
    """A signed report and the files of its bundle."""

    pdf: bytes
    unsigned: bytes
    content: dict[str, bytes]

    @property
    def bundle(self) -> bytes:
        """Return the bundle as it was issued."""
        return write_bundle(self.content.items())

    def changed(self, name: str, old: bytes, new: bytes) -> bytes:
        """Return the bundle with the first occurrence of some bytes in one file replaced."""
        assert old in self.content[name], (name, old)
        return write_bundle({**self.content, name: self.content[name].replace(old, new, 1)}.items())


@cache
def signer():
    """Return a demo key."""
    at = datetime(2026, 3, 20, tzinfo=UTC)
    return read_signer(make_demo_key(INSTITUTE, b"secret", at), b"secret")


def issue(world: World) -> Issued:
    """Compute, compose, print, sign."""
    tables = tables_of(world)
    sources = sources_of(world)
    computation = compute_results(sources, world.frame)
    assert computation.computed is not None, computation.complaints
    computed = computation.computed
    head = Head(1, "总报告", "2026-03-20T02:30:00Z", INSTITUTE, "张示例")
    about = ABOUT
    tables |= {
        files.PLAN: computed.plan_text.encode(),
        files.ANSWERS: computed.answers.to_csv(),
        files.RESULTS: computed.results.to_json().encode(),
        files.README: readme({"edition": vars(head), "evaluation": vars(about)}),
    }
    inputs = {name: sha256(data) for name, data in sorted(tables.items())}
    rows = rows_in(tables[files.RESULTS])
    edition = edition_bytes(compose(head, about, material_of(sources, world.frame, rows, inputs, "0.1.0")))
    unsigned = build_report(edition)
    pdf = sign_report(unsigned, signer(), head.institute)
    interviews = {files.interview_name(instance): xml for instance, xml in world.interviews.items()}
    return Issued(pdf, unsigned, {**tables, **interviews, files.EDITION: edition})
