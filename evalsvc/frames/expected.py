"""Work out which units of a frame a design is sure to take, before anything is committed."""

from collections.abc import Mapping, Sequence
from typing import Any

from evalsvc.errors import InvalidError
from evalsvc.frames.telling import certainties_as_json
from sampling.design import load_design
from sampling.design_check import check_design
from sampling.document_rows import with_rows
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
    reading = load_design(design_text, file)
    complaints = list(reading.complaints)
    if reading.design is not None:
        complaints += with_rows(check_design(reading.design, frame, file), design_text)
    if reading.design is None or complaints:
        raise InvalidError("draw.design_rejected", complaints, count=len(complaints))
    return certainties_as_json(explain(reading.design, frame))
