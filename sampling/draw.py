"""Run a draw: from a committed design, a frame, the secret and the public value to the manifest."""

from collections.abc import Callable
from dataclasses import replace

from sampling.commitment import (
    PROTOCOL,
    Commitment,
    commit,
    committed_depth,
    committed_frames,
    hash_secret,
    public_value_fault,
    seed_of,
)
from sampling.design import Design, canonical
from sampling.design_check import check_design_on
from sampling.engine import DuckDBEngine, OpenEngine
from sampling.errors import SamplingError
from sampling.frame import Frame
from sampling.frame_hash import hash_frame
from sampling.frame_text import check_frame_text
from sampling.hashing import sha256_json
from sampling.manifest import FrameEntry, Manifest, ManifestStage
from sampling.stage_draw import draw_stage
from sampling.stage_weights import with_weights

__all__ = ["PROTOCOL", "Progress", "commit", "draw_stage", "run_draw", "seed_of"]

Progress = Callable[[str, int, int], None]
"""Told the name of the step, how many steps are done and how many there are."""


def run_draw(  # noqa: PLR0913 (each is a part of its own)
    design: Design,
    frame: Frame,
    commitment: Commitment,
    secret: str,
    public_value: str | None,
    *,
    drawn_at: str,
    code_version: str,
    progress: Progress | None = None,
    engine: OpenEngine = DuckDBEngine,
) -> Manifest:
    """Draw the sample of a committed design.

    Parameters
    ----------
    design, frame, commitment
        The commitment must be of exactly this design and frame.
    secret : str
        64 hex digits, whose hash was committed.
    public_value : str or None
        The revealed value in its committed text form; None exactly when the design names no public value.
    drawn_at, code_version : str
        UTC time and version of the code, written into the manifest.
    progress : callable, optional
        Told after each step.
    engine : callable, optional
        What the frame's rows are read with; every engine draws the same sample.

    Raises
    ------
    SamplingError
        ``draw.*`` when commitment, secret, public value or frame do not belong together;
        ``draw.design_refused`` with every complaint when the frame cannot satisfy the design.
    """
    steps = len(design.stages) + 2
    tell = progress or (lambda _name, _done, _total: None)
    _check_commitment(design, commitment, secret, public_value)
    depth, later = committed_depth(design), design.first_later()
    hashed = hash_frame(frame, engine, depth)
    if committed_frames(frame, hashed, None if depth is None else depth + 1) != list(commitment.committed["frames"]):
        raise SamplingError("draw.frame_differs")
    tell("frame", 1, steps)
    seed = seed_of(commitment.commitment, secret, public_value)
    stages: list[ManifestStage] = []
    with engine(frame) as opened:
        complaints = [*check_frame_text(opened, frame), *check_design_on(opened, design, frame)]
        if complaints:
            raise SamplingError("draw.design_refused", complaints, count=len(complaints))
        tell("design", 2, steps)
        for number, stage in enumerate(design.stages):
            if number == later:
                stages.append(ManifestStage(stage.name, (), ()))  # its lists come, and are bound, later
            else:
                stages.append(draw_stage(opened, design, number, seed, stages[-1] if stages else None))
            tell(stage.name, number + 3, steps)
        weighted = with_weights(opened, design, stages)
    blank = _manifest_without_stages(design, commitment, secret, public_value)
    return replace(blank, code_version=code_version, drawn_at=drawn_at, stages=weighted)


def _manifest_without_stages(design: Design, commitment: Commitment, secret: str, public_value: str | None) -> Manifest:
    """Write what a manifest takes over from the commitment, the secret and the public value."""
    at = commitment.committed_at
    return Manifest(
        protocol=PROTOCOL,
        evaluation=design.evaluation,
        draw=design.draw,
        design=canonical(design),
        frames=tuple(FrameEntry(**entry, committed_at=at) for entry in commitment.committed["frames"]),
        commitment=commitment.commitment,
        committed_at=at,
        time_stamp=commitment.time_stamp,
        public_source=design.public.source,
        public_round=design.public.round,
        public_form=design.public.form,
        public_value=public_value,
        secret=secret,
        seed=seed_of(commitment.commitment, secret, public_value),
        code_version="",
        drawn_at="",
        stages=(),
    )


def _check_commitment(design: Design, commitment: Commitment, secret: str, public_value: str | None) -> None:
    """Refuse to draw unless everything is what was committed."""
    committed = commitment.committed
    if sha256_json(committed) != commitment.commitment:
        raise SamplingError("draw.commitment_hash")
    if committed["protocol"] != PROTOCOL:
        raise SamplingError("draw.protocol", found=str(committed["protocol"]), expected=PROTOCOL)
    if committed["design"] != canonical(design):
        raise SamplingError("draw.design_differs")
    if committed["secret_sha256"] != hash_secret(secret):
        raise SamplingError("draw.secret_differs")
    if (not public_value) != (design.public.source is None) or public_value == "":
        raise SamplingError("draw.public_value", source=design.public.source or "")
    fault = None if public_value is None else public_value_fault(public_value)
    if fault is not None:
        raise SamplingError("draw.public_value_text", **fault)
