"""Make the plan of a draw from its manifest, its frame and the rule pack: nothing of it depends on an answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from evalsvc import files
from evalsvc.evaluations.rule_pack import Pack
from evalsvc.frames.judged import text_of
from evalsvc.planning.frame_facts import county_totals
from evalsvc.planning.layout import Layout, layout_of
from evalsvc.planning.plan import plan_for, plan_text
from sampling.design import design_in
from sampling.errors import Complaint
from sampling.estimable import without_interval
from sampling.frame import Frame
from sampling.manifest import Manifest

RESERVE, PURPOSIVE = "reserve", "purposive"

Attributes = Mapping[str, Mapping[str, Any]]
"""The frame's columns of each drawn household and of all its parents, by household id."""


@dataclass(frozen=True)
class PlanMade:
    """Hold the plan, or the complaints for which the draw has none."""

    plan: Mapping[str, Any] | None
    complaints: tuple[Complaint, ...]

    @property
    def text(self) -> str | None:
        """Return plan.yaml."""
        return None if self.plan is None else plan_text(self.plan)


def plan_of_draw(pack: Pack, manifest: Manifest, attributes: Attributes, frame: Frame) -> PlanMade:
    """Make the plan for the counties that were drawn."""
    layout, complaints = layout_of(manifest, files.MANIFEST)
    if layout is None:
        return PlanMade(None, tuple(complaints))
    design = design_in(manifest.design)
    complaints = without_interval(design, files.MANIFEST)
    if complaints:
        return PlanMade(None, tuple(complaints))
    # Where lists come later the frame knows persons of drawn villages alone: none of its totals is a county's.
    known = design.first_later() is None
    totals = county_totals(frame, design, drawn_counties(manifest, attributes, layout)) if known else ()
    return PlanMade(plan_for(pack, layout, totals), ())


def drawn_counties(manifest: Manifest, attributes: Attributes, layout: Layout) -> set[str]:
    """Return the counties of the main sample; nothing is estimated where units were chosen only.

    A reserve only ever stands beside a household of its own village.
    """
    units = (unit for unit in manifest.stages[-1].units if unit.sample_type not in (RESERVE, PURPOSIVE))
    return {text_of(attributes[unit.id], layout.county) for unit in units}
