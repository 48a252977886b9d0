"""Read a design's text against its frame: the one way for the service and for those who work with files."""

from collections.abc import Callable, Iterable

from evalsvc.errors import InvalidError
from sampling.design import Design, load_design
from sampling.design_check import check_design
from sampling.document_rows import with_rows
from sampling.engine import DuckDBEngine, OpenEngine
from sampling.errors import Complaint
from sampling.frame import Frame


def read_design(
    text: str,
    file: str,
    frame: Frame,
    *,
    against: Callable[[Design], Iterable[Complaint]] | None = None,
    engine: OpenEngine = DuckDBEngine,
) -> Design:
    """Read a design and check it; `against` says what else stands against it.

    Raises
    ------
    InvalidError
        ``draw.design_rejected`` with every complaint about the design.
    """
    reading = load_design(text, file)
    complaints = list(reading.complaints)
    if reading.design is not None:
        complaints += with_rows(check_design(reading.design, frame, file, engine), text)
        complaints += () if against is None else with_rows(against(reading.design), text)
    if reading.design is None or complaints:
        raise InvalidError("draw.design_rejected", complaints, count=len(complaints))
    return reading.design
