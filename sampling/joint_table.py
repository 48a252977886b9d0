"""Work out for a draw's main units how likely each two of a group were to be taken together."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sampling.design import Stage, design_in
from sampling.drawn_groups import DrawnGroup, Wanted, drawn_groups, refuse_other_frame
from sampling.engine import DuckDBEngine, OpenEngine
from sampling.errors import Complaint, SamplingError, complain
from sampling.frame import Frame
from sampling.manifest import Manifest, ManifestUnit
from sampling.methods.catalogue import EXACT, METHODS, PAIRLESS, Method
from sampling.methods.pairs import joint_of

MOST_DRAWN = 5_000
"""Main units of one group whose pairs are worked out: 12.5 million lines, from a table of 200 MB in memory, beside
which a second one is held while certainties are set among the others."""


@dataclass(frozen=True)
class GroupJoint:
    """Hold the joint probabilities of the main units of one group, given their parent.

    Parameters
    ----------
    method, joint_method : Method, str
        How the group was drawn, and how its pairs follow: ``exact``, ``independent`` or the approximation named.
    units : tuple of ManifestUnit
        Main units in the manifest's order.
    joint : array, shape (k, k)
        Symmetric, the diagonal the units' own probabilities.
    """

    stage: str
    parent: str | None
    stratum: str
    method: Method
    joint_method: str
    units: tuple[ManifestUnit, ...]
    joint: NDArray[np.float64]

    def pairs(self) -> Iterator[tuple[int, int, float]]:
        """Give each two units once, by position, with their joint probability."""
        for one in range(len(self.units)):
            yield from ((one, one + 1 + k, chance) for k, chance in enumerate(self.joint[one, one + 1 :].tolist()))


def joint_table(
    manifest: Manifest,
    frame: Frame,
    wanted: Wanted = Wanted(),  # noqa: B008 (frozen)
    engine: OpenEngine = DuckDBEngine,
) -> Iterator[GroupJoint]:
    """Give the groups of a draw with the joint probabilities of their main units, in the manifest's order.

    Units of different groups of a stage are taken independently of each other, given their parents.

    Parameters
    ----------
    frame : Frame
        The whole frame that was committed, with the lists that were bound since.
    wanted : Wanted, optional
        The groups asked for, all unless given.

    Raises
    ------
    SamplingError
        ``draw.frame_not_of_draw``, ``draw.stages_differ``, ``draw.group_differs``; ``draw.no_such_group`` where nothing
        was drawn that is asked for; ``draw.no_joint`` with a complaint for each stage, or group, whose joint
        probabilities nobody knows, or knows how to compute.
    """
    design = design_in(manifest.design)
    numbers = [i for i, stage in enumerate(design.stages) if wanted.stage in (None, stage.name)]
    complaints = _unknown([design.stages[number] for number in numbers])
    _refuse(complaints)
    refuse_other_frame(manifest, design, frame, engine)
    given = 0
    for number in numbers:
        with engine(frame) as opened:
            for group in drawn_groups(opened, manifest, design, number, wanted):
                given += 1
                found = _joint(group)
                if isinstance(found, Complaint):
                    complaints.append(found)
                elif not complaints:
                    yield found
    _refuse(complaints)
    if not given:
        raise SamplingError(
            "draw.no_such_group", stage=wanted.stage or "", parent=wanted.parent or "", stratum=wanted.stratum or ""
        )


def _unknown(stages: Sequence[Stage]) -> list[Complaint]:
    """Name the stages whose joint method knows no pairs."""
    return [
        complain("draw.joint_unknown", stage=stage.name, method=stage.method, joint_method=stage.joint_method)
        for stage in stages
        if stage.joint_method in PAIRLESS
    ]


def _joint(group: DrawnGroup) -> GroupJoint | Complaint:
    """Work a group's pairs out, or say why nobody can."""
    taken, most = group.taken, METHODS[group.taken.method].most_joint_units
    named = EXACT if taken.joint_method is None else taken.joint_method

    def failed(code: str, **details: object) -> Complaint:
        place = {"stage": group.stage, "parent": group.parent or "", "stratum": group.stratum}
        return Complaint(code, details={**place, "method": taken.method, "joint_method": named, **details})

    if len(group.units) > MOST_DRAWN:
        return failed("draw.joint_too_many", units=len(group.units), limit=MOST_DRAWN)
    if named == EXACT and most is not None and len(taken.sizes) > most:
        return failed("draw.joint_too_large", units=len(taken.sizes), limit=most)
    try:
        joint = joint_of(taken, group.at)
    except ArithmeticError:
        return failed("draw.joint_not_found", units=len(taken.sizes))
    return GroupJoint(group.stage, group.parent, group.stratum, taken.method, named, group.units, joint)


def _refuse(complaints: Sequence[Complaint]) -> None:
    if complaints:
        raise SamplingError("draw.no_joint", complaints, count=len(complaints))
