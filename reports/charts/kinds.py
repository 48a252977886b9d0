"""What the further kinds of charts are drawn from: frozen values, already counted, worded and formatted."""

from dataclasses import dataclass

from reports.document import DocumentError, Picture, Printed, Threshold, Tone


@dataclass(frozen=True)
class Answer:
    """A category of answers; `blank` is for those who gave none."""

    label: str
    blank: bool = False


@dataclass(frozen=True)
class Share:
    """The part of one answer, between 0 and 1, and its text."""

    value: float
    figure: Printed | str


@dataclass(frozen=True)
class AnswerRow:
    """One bar: a share for each answer, and how many were asked."""

    label: str
    shares: tuple[Share, ...]
    count: Printed | str = ""


@dataclass(frozen=True)
class AnswerChart(Picture):
    """Answers as bars of 100 %, one for each county (or any group), cut by category."""

    answers: tuple[Answer, ...]
    rows: tuple[AnswerRow, ...]

    def __post_init__(self) -> None:
        """Refuse a bar that does not fit the answers."""
        for number, row in enumerate(self.rows, start=1):
            if len(row.shares) != len(self.answers):
                raise DocumentError(
                    "reports.row_length", caption=self.caption, row=number, cells=len(row.shares),
                    columns=len(self.answers),
                )  # fmt: skip


@dataclass(frozen=True)
class FlowBox:
    """A number of units on their way through the fieldwork."""

    label: str
    figure: Printed | str


@dataclass(frozen=True)
class FlowStep:
    """A station of those who go on, and beside it those who left before the next one."""

    box: FlowBox
    aside: tuple[FlowBox, ...] = ()


@dataclass(frozen=True)
class FlowChart(Picture):
    """What became of the drawn units, from the draw to the interview."""

    steps: tuple[FlowStep, ...]


@dataclass(frozen=True)
class MapPlace:
    """A unit of the frame where it lies; `drawn` counts the households drawn in it, 0 for one that was not drawn."""

    x: float
    y: float
    drawn: int = 0


@dataclass(frozen=True)
class MapOutline:
    """The outline of an area, corner by corner, and its name."""

    label: str
    corners: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class SampleMap(Picture):
    """Drawn units as discs as large as what was drawn in them, the frame behind them; `degrees` for lon and lat."""

    places: tuple[MapPlace, ...]
    outlines: tuple[MapOutline, ...] = ()
    degrees: bool = True
    unit: str = "户"


@dataclass(frozen=True)
class Tile:
    """One area of a map without coordinates: units of the frame, how many were drawn, and their text."""

    label: str
    units: int
    drawn: int
    figure: Printed | str


@dataclass(frozen=True)
class TileMap(Picture):
    """A tile for each area where the frame says of no unit where it lies: a square for each unit, dark if drawn."""

    tiles: tuple[Tile, ...]


@dataclass(frozen=True)
class Chances:
    """The chance of one verdict at every rate of the chart."""

    label: str
    tone: Tone
    values: tuple[float, ...]


@dataclass(frozen=True)
class OperatingChart(Picture):
    """How a sample decides: the chance of each verdict against the true rate."""

    rates: tuple[float, ...]
    lines: tuple[Chances, ...]
    threshold: Threshold
