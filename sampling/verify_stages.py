"""Draw a manifest's stages again, from the whole frame or inside a branch of it, and compare every line."""

# ruff: noqa: S608 (names are quoted)
from collections import Counter
from collections.abc import Iterator

from sampling.branch import Branch, check_tickets, is_complete, lines_inside, units_of_branch
from sampling.commitment import seed_of
from sampling.compare import Finding, StatedStage, compare_stage
from sampling.design import Design
from sampling.design_check import check_design_on
from sampling.engine import Engine
from sampling.errors import complain
from sampling.frame import Frame
from sampling.frame_hash import nodes_of
from sampling.listing import listed_parents, not_listed, unlisted_units
from sampling.manifest import Manifest, ManifestStage
from sampling.method_check import UNDRAWABLE
from sampling.stage_draw import draw_stage
from sampling.stage_weights import with_weights
from sampling.tickets import ticket


def check_stages(engine: Engine, manifest: Manifest, design: Design, frame: Frame) -> Iterator[Finding]:
    """Draw every stage again from the whole frame and compare it."""
    complaints = check_design_on(engine, design, frame)
    for one in complaints:
        yield Finding.wrong(f"design.{one.column or ''}", "a design the frame can satisfy", one)
    if any(one.code in UNDRAWABLE for one in complaints):
        return
    yield from check_lists(engine, manifest, design, frame, None)
    seed, drawn = _likeliest_seed(manifest), list[ManifestStage]()
    for number in range(len(design.stages)):
        above = listed_parents(design, number, drawn[-1], manifest) if drawn else None
        drawn.append(draw_stage(engine, design, number, seed, above))
    for number, (stated, right) in enumerate(zip(manifest.stages, with_weights(engine, design, drawn), strict=True)):
        yield from compare_stage(StatedStage.whole(number, stated), right)


def check_lists(
    engine: Engine, manifest: Manifest, design: Design, frame: Frame, branch: Branch | None
) -> Iterator[Finding]:
    """Compare the lists that came later with what was bound; a branch does not show the lists of others."""
    number = design.first_later()
    if number is None:
        return
    missing = not_listed(manifest)
    if missing is not None:
        yield Finding.unseen(f"stages[{number}].lists", unlisted_units(manifest), missing)
    nodes = dict(nodes_of(engine, frame, len(frame.levels) - 2))
    bound = {str(entry.parent): entry.sha256 for entry in manifest.lists}
    # A list is bound once: a second entry could claim another time for it.
    for parent, times in sorted(Counter(str(entry.parent) for entry in manifest.lists).items()):
        if times > 1:
            yield Finding(f"lists {parent}", False, 1, times)
    outside = set() if branch is None else bound.keys() - _units_above_lists(engine, frame)
    for parent in sorted((nodes.keys() | bound.keys()) - outside):
        yield Finding.of(f"lists {parent}", nodes.get(parent), bound.get(parent))
    if outside:
        told = complain("draw.lists_outside", checked=len(bound) - len(outside), outside=len(outside))
        yield Finding.unseen("lists", tuple(sorted(outside)), told)


def _units_above_lists(engine: Engine, frame: Frame) -> set[str]:
    """Give the units of a file whose lists may have come later."""
    unit = engine.quote(frame.levels[-2].id)
    return {str(unit_id) for (unit_id,) in engine.rows(f"SELECT DISTINCT {unit} FROM frame WHERE {unit} IS NOT NULL")}


def check_branch_stages(engine: Engine, manifest: Manifest, design: Design, branch: Branch) -> Iterator[Finding]:
    """Draw again what lies wholly inside a branch; of the rest, check the tickets that the branch holds."""
    seed, basis = _likeliest_seed(manifest), list[ManifestStage]()
    stated: list[StatedStage | None] = []
    for number, stage in enumerate(manifest.stages):
        if not is_complete(design, number):
            basis.append(units_of_branch(engine, design, stage))
            stated.append(None)
            yield from check_tickets(engine, design, stage, seed)
            continue
        above = listed_parents(design, number, basis[-1], manifest) if basis else None
        basis.append(draw_stage(engine, design, number, seed, above))
        stated.append(lines_inside(design, number, stage, branch, above=above, right=basis[-1]))
    for lines, right in zip(stated, with_weights(engine, design, basis), strict=True):
        if lines is not None:
            yield from compare_stage(lines, right)


def _likeliest_seed(manifest: Manifest) -> str:
    """Choose the seed that most first tickets agree with, so that one wrong line does not make every ticket wrong."""
    units = [(stage.name, unit) for stage in manifest.stages for unit in stage.units[:50]]
    derived = seed_of(manifest.commitment, manifest.secret, manifest.public_value)

    def agreeing(seed: str) -> int:
        return sum(ticket(seed, name, unit.id) == unit.ticket for name, unit in units)

    return max((derived, manifest.seed), key=agreeing)
