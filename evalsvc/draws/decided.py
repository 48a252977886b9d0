"""Say what of a draw its public value did not decide: what the institute settled itself, and which program drew."""

from collections.abc import Iterator, Mapping
from importlib.metadata import version

from evalsvc.draws.level_names import with_level_names
from evalsvc.draws.summary import excluded_units
from evalsvc.words import sentence
from sampling.design import Design, load_stated
from sampling.frame import Frame
from sampling.levels import same_levels
from sampling.manifest import Manifest

Line = tuple[str, Mapping[str, object]]
SHOWN_HASH = 12


def decided(manifest: Manifest, frame: Frame, language: str) -> list[str]:
    """Tell, a line each, of the program, of rules, and of units that no chance of this draw stands behind.

    Parameters
    ----------
    frame : Frame
        What the draw is checked with; rules are counted in it where it has the design's levels.
    """
    reading = load_stated(manifest.design)
    lines: list[Line] = [("code", {"drew": manifest.code_version, "own": version("evalsvc")})]
    if reading.design is not None:
        lines += _methods(reading.design)
        lines += _rules(reading.design, frame)
        lines += _units(manifest, reading.design)
    return [sentence(f"draw.about.{name}", with_level_names(details, language), language) for name, details in lines]


def _methods(design: Design) -> Iterator[Line]:
    """Tell of the stages that only the program that drew them can repeat."""
    stream = [stage.name for stage in design.stages if stage.traits.numbers == "stream"]
    if stream:
        yield "stream", {"stages": stream}


def _rules(design: Design, frame: Frame) -> Iterator[Line]:
    """Tell how many units each rule left out, or kept out of the chance."""
    if not same_levels(design.levels, frame.levels):
        return
    for each in excluded_units(design, frame):
        rule = "purposive" if each.purposive else "only" if each.kept_values else "exclude"
        values, reason = "、".join(each.values), each.reason or "–"
        yield (
            rule,
            {"level": each.level, "column": each.column, "values": values, "units": each.units, "reason": reason},
        )


def _units(manifest: Manifest, design: Design) -> Iterator[Line]:
    """Tell of taken units that other draws, judgement, or whoever made a list had a part in."""
    by_stage = {stage.name: stage.units for stage in manifest.stages}
    chosen = {name: sum(unit.sample_type == "purposive" for unit in units) for name, units in by_stage.items()}
    for name, units in chosen.items():
        if units:
            yield "chosen", {"stage": name, "units": units}
    if design.earlier is not None:
        for name in design.earlier.stages:
            units = len(by_stage.get(name, ())) - chosen.get(name, 0)
            earlier = design.earlier.manifest_sha256[:SHOWN_HASH]
            yield "earlier", {"stage": name, "units": units, "manifest": earlier, "shift": design.earlier.shift}
    if design.first_phase is not None:
        phase, units = (
            design.first_phase,
            sum(unit.weight is not None for stage in manifest.stages[-1:] for unit in stage.units),
        )
        yield "first_phase", {"manifest": phase.manifest_sha256[:SHOWN_HASH], "weight": phase.weight, "units": units}
    later = design.first_later()
    if later is not None:
        yield "later", {"stage": design.stages[later].name, "lists": len(manifest.lists)}
