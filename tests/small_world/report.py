"""The signed report of the small evaluation."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from evalsvc import files
from evalsvc.editions.bundle import readme, sha256, write_bundle
from evalsvc.editions.facts import Head, compose
from evalsvc.editions.for_r import for_r
from evalsvc.editions.material import material_of, rows_in
from evalsvc.editions.printing import build_report, edition_bytes, signed, with_places
from evalsvc.results.compute import compute_results
from reports.keys import Signer, make_demo_key, read_signer
from reports.signing.roles import INSTITUTE as INSTITUTE_ROLE
from reports.signing.roles import LEAD as LEAD_ROLE
from reports.signing.roles import REVIEWER as REVIEWER_ROLE
from tests.small_world.bundle_files import sources_of, tables_of
from tests.small_world.evaluation import World
from tests.small_world.texts import ABOUT, INSTITUTE

AT = datetime(2026, 3, 20, tzinfo=UTC)
LEAD, REVIEWER = "张示例", "李示例"
HEAD = Head(1, "总报告", "2026-03-20T02:30:00Z", INSTITUTE, LEAD, REVIEWER)


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
    return read_signer(make_demo_key(INSTITUTE, b"secret", AT), b"secret")


@cache
def hand_of(name: str):
    """Return the demo key of a person."""
    return read_signer(make_demo_key(name, b"secret", AT), b"secret")


def reviewed(layout: bytes, head: Mapping[str, Any]) -> bytes:
    """Return a layout with the signatures of lead and reviewer, a minute after each other."""
    pdf = with_places(layout)
    for later, role in enumerate((LEAD_ROLE, REVIEWER_ROLE)):
        pdf = signed(pdf, role, hand_of(head[role.name]), head, AT + timedelta(minutes=later))
    return pdf


def sealed(layout: bytes, head: Mapping[str, Any], seal: Signer | None = None) -> bytes:
    """Return a layout with the signatures of lead, reviewer and institute."""
    return signed(reviewed(layout, head), INSTITUTE_ROLE, seal or signer(), head, AT + timedelta(minutes=2))


def composed(world: World, head: Head) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Return the facts of an edition, and the files of its bundle that they are composed from."""
    tables = tables_of(world)
    sources = sources_of(world)
    computation = compute_results(sources, world.frame)
    assert computation.computed is not None, computation.complaints
    computed = computation.computed
    tables |= {
        files.PLAN: computed.plan_text.encode(),
        files.ANSWERS: computed.answers.to_csv(),
        files.RESULTS: computed.results.to_json().encode(),
        files.README: readme(ABOUT),
    }
    material = material_of(sources, world.frame, rows_in(tables[files.RESULTS]), {}, "0.1.0")
    tables |= for_r(compose(replace(head, scope=""), ABOUT, material), tables[files.PLAN])
    inputs = {name: sha256(data) for name, data in sorted(tables.items())}
    return compose(head, ABOUT, replace(material, inputs=inputs)), tables


def issue(world: World, head: Head = HEAD, texts_folder: Path | None = None) -> Issued:
    """Compute, compose, print, sign."""
    facts, tables = composed(world, head)
    edition = edition_bytes(facts, texts_folder)
    unsigned = build_report(edition)
    pdf = sealed(unsigned, vars(head))
    interviews = {files.interview_name(instance): xml for instance, xml in world.interviews.items()}
    return Issued(pdf, unsigned, {**tables, **interviews, files.EDITION: edition})
