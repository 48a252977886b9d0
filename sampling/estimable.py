"""Name what a design asks for that estimates cannot answer, before it is committed."""

from collections.abc import Iterator, Mapping

from sampling.errors import Complaint, complain
from sampling.stages import Design, Stage
from sampling.takes import TakeEach

UNEQUAL: Mapping[str, Mapping[str, str]] = {
    "hartley-rao": {"method": "hartley-rao", "variance": "yg"},
    "brewer": {"method": "brewer"},
    "independent": {"method": "poisson"},
    "hajek": {"method": "hajek"},
    "with-replacement": {"method": "with-replacement"},
    "successive-differences": {"method": "successive-differences"},
}
"""Joint methods for which ``sampling.estimate`` computes a variance from the sample alone, and how ``unequal`` of a
plan then reads where a stage states probabilities; one whose units can be drawn again states draws. Yates and Grundy's
form is taken where there are two: a draw of fixed size never has a negative variance by it. ``exact`` is not among
them: it needs a file of joint probabilities (``evalsvc draw joint``) beside the plan."""

LONE_UNIT = "design.lone_unit"
"""The one code of ``estimability`` that warns; with any other the design gives no interval at all."""


def estimability(design: Design, file: str = "design.yaml") -> list[Complaint]:
    """List what stands against variance estimates from a design, as far as the design alone shows it.

    Parameters
    ----------
    design : Design
        The design; no frame is asked, so a lone unit is named wherever a group of two or more units could give it.
    file : str, optional
        Name for the complaints.

    Returns
    -------
    list of Complaint
        ``design.variance_not_computed`` for a stage whose joint method is not computed; ``design.joint_methods_mixed``
        where stages other than ``with_replacement`` name several, of which an estimate computes one;
        ``design.lone_unit`` (a warning) where one unit is taken of a group: the variance inside it needs two (Lohr,
        Sampling: Design and Analysis).
    """
    unequal = [(i, stage) for i, stage in enumerate(design.stages) if stage.joint_method is not None]
    complaints = [
        complain(
            "design.variance_not_computed",
            file=file,
            column=f"stages[{i}].joint_method",
            stage=stage.name,
            value=stage.joint_method,
            allowed=", ".join(name for name in _suited(stage) if name in UNEQUAL) or "–",
        )
        for i, stage in unequal
        if stage.joint_method not in UNEQUAL
    ]
    # Units that can be drawn again state their draws instead of a probability, and go with any other stage.
    methods = sorted({str(stage.joint_method) for _, stage in unequal if stage.method != "with_replacement"})
    if not complaints and len(methods) > 1:
        complaints.append(
            complain("design.joint_methods_mixed", file=file, column="stages", methods=", ".join(methods))
        )
    for i, stage in enumerate(design.stages):
        complaints += [
            complain(LONE_UNIT, file=file, column=f"stages[{i}].take{place}", stage=stage.name)
            for place in _lone_places(stage)
        ]
    return complaints


def without_interval(design: Design, file: str = "design.yaml") -> list[Complaint]:
    """List what would leave the sample of a design without any interval; arguments and codes as ``estimability`` has.

    The service commits no such design and estimates no draw by one; those who work with files are warned.
    """
    return [each for each in estimability(design, file) if each.code != LONE_UNIT]


def _suited(stage: Stage) -> tuple[str, ...]:
    """List the joint methods that go with a stage's method and order."""
    return stage.traits.joint_methods.get(stage.order, ())


def _lone_places(stage: Stage) -> Iterator[str]:
    """Give the places inside ``take`` that ask for a single unit, whose strata give no degrees of freedom."""
    if not isinstance(stage.take, TakeEach):
        if stage.take.total == 1:
            yield ".total"
        return
    if stage.take.each == 1:
        yield ".each"
    yield from (f".by[{j}]" for j, line in enumerate(stage.take.by) if line.take == 1)
