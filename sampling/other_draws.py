"""Check what a draw takes from others: the tickets of an earlier one, the weights of a first phase."""

# ruff: noqa: S608 (names are quoted)
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sampling.commitment import committed_object, seed_of
from sampling.compare import Finding
from sampling.design import Design
from sampling.engine import Engine
from sampling.errors import Complaint, SamplingError, complain
from sampling.hashing import sha256_json, sha256_text
from sampling.manifest import Manifest

MOST_NAMED = 20
"""Units that one complaint names."""


@dataclass(frozen=True)
class OtherDraws:
    """Hold the text of the manifests that a design names by their hash; None for one that was not given."""

    earlier: str | None = None
    first_phase: str | None = None


def refuse_unwanted(design: Design, others: OtherDraws) -> None:
    """Refuse manifests that a design does not name.

    Raises
    ------
    SamplingError
        ``draw.follows_no_draw``, ``draw.no_first_phase``
    """
    if others.earlier is not None and design.earlier is None:
        raise SamplingError("draw.follows_no_draw")
    if others.first_phase is not None and design.first_phase is None:
        raise SamplingError("draw.no_first_phase")


def check_earlier(design: Design, text: str | None) -> Iterator[Finding]:
    """See whose tickets a design follows; a finding for each stage that does.

    The seed of such stages is a statement of the design. Whether any draw had it, only that draw's manifest shows:
    without it the seed may have been chosen for the sample that it gives.
    """
    if design.earlier is None:
        return
    wrong = None if text is None else earlier_complaint(design, text)
    for number, stage in enumerate(design.stages):
        if stage.name not in design.earlier.stages:
            continue
        place, sha256 = f"stages[{number}].tickets", design.earlier.manifest_sha256
        if wrong is not None:
            yield Finding.wrong(place, "tickets of the earlier draw", wrong)
        elif text is None:
            missing = complain("draw.earlier_not_shown", stage=stage.name, sha256=sha256)
            yield Finding.unseen(place, sha256, missing)
        elif Manifest.from_json(text).public_value is None:
            yield Finding.unseen(place, sha256, complain("draw.earlier_without_public", stage=stage.name))
        else:
            yield Finding(place, True, design.earlier.seed, design.earlier.seed)  # compared above


def earlier_complaint(design: Design, text: str, file: str = "draw-manifest.json") -> Complaint | None:
    """Say why a manifest is not the earlier draw that a design follows; None when it is.

    Returns
    -------
    Complaint or None
        ``draw.earlier_differs``, ``draw.earlier_seed``; ``draw.earlier_chained`` for a draw that followed another one
        itself: its units do not have the tickets that its own seed gives.

    Raises
    ------
    SamplingError
        ``draw.manifest_unreadable``
    """
    earlier, found = design.earlier, sha256_text(text)
    if earlier is None:
        return None
    if found != earlier.manifest_sha256:
        return complain("draw.earlier_differs", expected=earlier.manifest_sha256, found=found)
    manifest = Manifest.from_json(text, file)
    commitment = sha256_json(committed_object(manifest))
    seed = seed_of(commitment, manifest.secret, manifest.public_value)
    if not seed == manifest.seed == earlier.seed:
        return complain("draw.earlier_seed", expected=seed, found=earlier.seed)
    own = manifest.design.get("prn_from")
    stages = own.get("stages", []) if isinstance(own, Mapping) else []
    chained = [name for name in earlier.stages if name in stages]
    if isinstance(own, Mapping) and chained:
        names, before = ", ".join(chained), own.get("manifest_sha256")
        return complain("draw.earlier_chained", stages=names, sha256=before, seed=own.get("seed"))
    return None


def check_first_phase(engine: Engine, design: Design, text: str | None) -> Iterator[Finding]:
    """Compare units and weights of a second phase's frame with the first phase's manifest.

    A weight that is not the base weight may be right, adjusted for those who did not answer: no manifest shows that.
    """
    if design.first_phase is None:
        return
    number = len(design.stages) - 1
    place, sha256 = f"stages[{number}].weights", design.first_phase.manifest_sha256
    name = design.first_phase.weight
    if text is None:
        yield Finding.unseen(place, sha256, complain("draw.first_phase_not_shown", name=name, sha256=sha256))
        return
    found = sha256_text(text)
    if found != sha256:
        wrong = complain("draw.first_phase_differs", expected=sha256, found=found)
        yield Finding.wrong(place, sha256, wrong)
        return
    unit, weight = engine.quote(design.levels[design.depth(number)].id), engine.quote(name)
    stated = engine.rows(f"SELECT {unit}, max({weight}) FROM frame WHERE {unit} IS NOT NULL GROUP BY {unit} ORDER BY 1")
    base = {one.id: one.weight for stage in Manifest.from_json(text).stages[-1:] for one in stage.units}
    yield from _compare_weights(place, stated, base)


def _compare_weights(
    place: str, stated: Sequence[tuple[str, str | None]], base: Mapping[str, float | None]
) -> Iterator[Finding]:
    """Name units that the first phase did not take, and count weights that are not those of its manifest."""
    strange = [unit_id for unit_id, _ in stated if unit_id not in base]
    if strange:
        named = ", ".join(strange[:MOST_NAMED])
        wrong = complain("draw.first_phase_strangers", count=len(strange), units=named)
        yield Finding.wrong(place, "units of the first phase", wrong)
    other = [(unit_id, text) for unit_id, text in stated if unit_id in base and _number(text) != base[unit_id]]
    if other:
        unit_id, text = other[0]
        adjusted = complain(
            "draw.first_phase_adjusted",
            count=len(other),
            units=len(stated),
            unit=unit_id,
            stated=text,
            base=base[unit_id],
        )
        yield Finding.unseen(place, len(other), adjusted)
    same = len(stated) - len(strange) - len(other)
    yield Finding(place, True, same, same)  # how many are those of the manifest


def _number(text: str | None) -> float | None:
    """Read a weight; None for what is none."""
    try:
        return None if text is None else float(text)
    except ValueError:
        return None
