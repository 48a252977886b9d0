"""The explanation says when reserves take a unit's certainty away."""

import pyarrow as pa
import pytest

from evalsvc.draws.explaining import in_words
from sampling.design import Design, load_design
from sampling.explain import explain
from sampling.frame import Frame
from sampling.levels import Column, Level

SIZES = [50, 3, 3, 2, 2]
NAMES = [f"v{number}" for number in range(len(SIZES))]
FRAME = Frame(
    (Level("village", "village_code", (Column("size", "integer"),)),), pa.table({"village_code": NAMES, "size": SIZES})
)


def design_of(reserves: int) -> Design:
    design = load_design(f"""
version: 1
evaluation: x
draw: 1
frame: {{levels: [{{name: village, id: village_code, columns: {{size: integer}}}}]}}
stages:
- {{name: village, method: pps_systematic, order: frame, size: {{column: size}}, take: 2, reserves: {reserves},
   joint_method: with-replacement}}
""").design
    assert design is not None
    return design


@pytest.mark.parametrize(("reserves", "certain", "dissolved", "most"), [(0, 1, 0, 1.0), (2, 0, 1, 0.5)])
def test_a_certainty_that_reserves_dissolve_is_counted(
    reserves: int, certain: int, dissolved: int, most: float
) -> None:
    stratum = explain(design_of(reserves), FRAME).stages[0].strata[0]
    assert (stratum.certainties, stratum.dissolved, stratum.most) == (certain, dissolved, most)


def test_the_explanation_says_so() -> None:
    told = {
        reserves: "\n".join(in_words(design_of(reserves), explain(design_of(reserves), FRAME), "en"))
        for reserves in (0, 2)
    }
    assert "1 would be certain without reserves" in told[2]
    assert "without reserves" not in told[0]
