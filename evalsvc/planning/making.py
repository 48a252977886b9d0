"""Make the plan of a draw from its manifest, its frame and the rule pack: nothing of it depends on an answer."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from evalsvc import files
from evalsvc.evaluations.rule_pack import Pack
from evalsvc.frames.judged import text_of
from evalsvc.planning.frame_facts import county_names, county_totals
from evalsvc.planning.layout import Layout, layout_of
from evalsvc.planning.plan import plan_for, plan_text
from sampling.design import Design, design_in
from sampling.errors import Complaint
from sampling.estimable import without_interval
from sampling.frame import Frame
from sampling.manifest import Manifest

RESERVE, PURPOSIVE = "reserve", "purposive"
INDEPENDENT = "independent"
"""The joint method of stages whose units are taken each by itself, so that there may be none."""

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


def may_miss_counties(design: Design) -> bool:
    """Tell whether chance may leave a county without a household that the draw was meant to speak of."""
    county, first = design.levels[0], design.stages[0]
    apart = first.name == county.name or county.id in first.strata
    return not apart or any(stage.joint_method == INDEPENDENT for stage in design.stages[:-1])


def missed_counties(manifest: Manifest, frame: Frame, drawn: Collection[str]) -> dict[str, str]:
    """Name the counties that chance left without a household, by code: nothing can be said of them.

    Where counties are drawn themselves they are those of the drawn ones, else of all that take part.
    """
    design = design_in(manifest.design)
    if not may_miss_counties(design):
        return {}
    names = county_names(frame, design)
    if design.stages[0].name == design.levels[0].name:
        names = {unit.id: names[unit.id] for unit in manifest.stages[0].units if unit.probability is not None}
    return {code: name for code, name in names.items() if code not in drawn}
