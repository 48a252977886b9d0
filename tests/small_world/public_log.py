"""The public log of the small evaluation, and what its fieldwork was fixed by."""

from collections.abc import Sequence
from typing import Any

from evalsvc.draws import log
from evalsvc.editions.bundle import sha256
from evalsvc.evaluations.rule_pack import read_pack
from evalsvc.interviews.log.rejections import rejected_among, rejections_sha256
from evalsvc.interviews.log.running import links
from evalsvc.planning.fixed import FixedEvaluation, FixedForm, FixedPack, GivenOut, fixed_bytes, fixed_plan
from evalsvc.planning.frame_facts import household_attributes
from evalsvc.planning.making import plan_of_draw
from sampling.chain import ChainEntry, chain_entry, write_chain
from tests.small_world.evaluation import World
from tests.small_world.texts import ABOUT, EVALUATION, INSTITUTE, RECEIVED


def fixed_of(world: World) -> dict[str, Any]:
    """Return what the fieldwork was carried out by, as the service would have entered it in the log."""
    pack, _ = read_pack(world.pack)
    assert pack is not None
    households = {unit.id for unit in world.manifest.stages[-1].units}
    plan = plan_of_draw(pack, world.manifest, household_attributes(world.frame, households), world.frame).text
    assert plan is not None
    return dict(
        fixed_plan(
            FixedEvaluation(EVALUATION, ABOUT.name, ABOUT.client, INSTITUTE, ABOUT.simulated),
            1,
            FixedPack(pack.name, pack.edition, sha256(world.pack)),
            sha256(plan.encode()),
            [GivenOut(FixedForm("small", "1", sha256(world.xform)), ("一般农户", "脱贫户"))],
        )
    )


def log_of(world: World) -> bytes:
    """Write the public log: commitment, manifest, form, plan, then half of the interviews, then all of them."""
    return chained(entries_of(world))


def entries_of(world: World) -> list[tuple[str, str, str, str]]:
    """Return kind, subject, hash and time of every line."""
    subject = log.subject_of(EVALUATION, 1)
    manifest = sha256(world.manifest.to_json().encode())
    entries = [
        (log.COMMITMENT, subject, world.commitment.commitment, "2026-03-01T08:00:00Z"),
        (log.MANIFEST, subject, manifest, "2026-03-02T08:00:00Z"),
        (log.FORM, log.subject_of_form(EVALUATION, "small", "1"), sha256(world.xform), "2026-03-03T08:00:00Z"),
        (log.PLAN, subject, sha256(fixed_bytes(fixed_of(world))), "2026-03-04T08:00:00Z"),
    ]
    running = list(links(world.interview_rows))
    for link, at in ((running[len(running) // 2], RECEIVED), (running[-1], "2026-03-11T02:00:00Z")):
        entries.append((log.INTERVIEWS, subject, link.hash, at))
    rejected = rejections_sha256(rejected_among(world.interview_rows))
    return [*entries, (log.REJECTIONS, subject, rejected, "2026-03-11T02:00:00Z")]


def chained(entries: Sequence[tuple[str, str, str, str]]) -> bytes:
    """Write a log of such lines: kind, subject, hash, time."""
    lines: list[ChainEntry] = []
    for kind, about, digest, at in entries:
        last = lines[-1] if lines else None
        lines.append(chain_entry(last, kind=kind, subject=about, sha256=digest, at=at))
    return write_chain(lines).encode()
