"""Work out which units of a frame a design is sure to take, before anything is committed."""

from collections.abc import Mapping, Sequence
from typing import Any

from evalsvc.frames.design_reading import read_design
from evalsvc.frames.telling import certainties_as_json
from sampling.explain import explain
from sampling.frame import Frame

DESIGN_FILE = "design.yaml"


def expected_certainties(design_text: str, frame: Frame, file: str = DESIGN_FILE) -> Sequence[Mapping[str, Any]]:
    """Count for each stage the units that are taken with probability 1, given the units above them.

    Raises
    ------
    InvalidError
        ``draw.design_rejected`` with every complaint about the design.
    """
    return certainties_as_json(explain(read_design(design_text, file, frame), frame))
