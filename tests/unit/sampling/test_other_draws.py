"""Draws beside others: tickets of an earlier one make samples overlap or keep apart; weights of phases multiply."""

import pyarrow as pa
import pytest

from sampling.design import load_design
from sampling.engine import DuckDBEngine
from sampling.frame import Frame
from sampling.levels import Column, Level
from sampling.manifest import ManifestStage
from sampling.stage_draw import draw_stage
from sampling.stage_weights import with_weights

VILLAGES = 1000
LEVEL = Level("village", "village_code", (Column("size", "integer"), Column("weight", "text")))
FRAME = Frame(
    (LEVEL,),
    pa.table(
        {
            "village_code": [f"v{number:04d}" for number in range(VILLAGES)],
            "size": [1 + number % 7 for number in range(VILLAGES)],
            "weight": [f"{1 + number % 3}.5" for number in range(VILLAGES)],
        }
    ),
)
EARLIER = "e" * 64


def draw(stage: str, beside: str = "", seed: str = EARLIER) -> ManifestStage:
    reading = load_design(
        "version: 1\nevaluation: x\ndraw: 1\n"
        "frame: {levels: [{name: village, id: village_code, columns: {size: integer, weight: text}}]}\n"
        f"stages: [{{name: village, {stage}}}]\n{beside}"
    )
    assert reading.design is not None, reading.complaints
    with DuckDBEngine(FRAME) as engine:
        return with_weights(engine, reading.design, [draw_stage(engine, reading.design, 0, seed)])[0]


def following(shift: str) -> str:
    return f"prn_from: {{manifest_sha256: {'a' * 64}, seed: {EARLIER}, shift: '{shift}'}}"


def ids(stage: ManifestStage) -> set[str]:
    return {unit.id for unit in stage.units}


@pytest.mark.parametrize(
    "stage",
    [
        "method: equal, take: 100",
        "method: bernoulli, take: 10%",
        "method: poisson, size: {column: size}, take: 100",
        "method: pareto, size: {column: size}, take: 100",
        "method: sequential_poisson, size: {column: size}, take: 100",
    ],
)
def test_tickets_of_an_earlier_draw_overlap_or_keep_apart(stage: str) -> None:
    first = ids(draw(stage))
    assert ids(draw(stage, following("0"), seed="another")) == first
    assert not ids(draw(stage, following("0.5"), seed="another")) & first
    alone = ids(draw(stage, seed="another"))
    assert 0 < len(alone & first) < 40  # by chance some ten of a hundred
    larger = stage.replace("take: 100", "take: 200").replace("10%", "20%")
    assert first < ids(draw(larger, following("0"), seed="another")) or "size" in stage


def test_a_shift_goes_round() -> None:
    """Samples that move on by a tenth meet the first one again after ten rounds, and every unit is taken about once."""
    rounds = [ids(draw("method: bernoulli, take: 10%", following(f"0.{tenth}"))) for tenth in range(10)]
    assert sum(len(each) for each in rounds) == len(set().union(*rounds)) == VILLAGES


def test_weights_of_two_phases_multiply() -> None:
    phase = f"first_phase: {{manifest_sha256: {'a' * 64}, weight: weight}}"
    stage = draw("method: equal, take: 100", phase)
    for unit in stage.units:
        first = float(f"{1 + int(unit.id[1:]) % 3}.5")
        assert unit.weight == 1.0 / 0.1 * first
