"""Which columns of answers.csv describe the design: read from the design inside a manifest."""

from dataclasses import dataclass

from evalsvc.frames.judged import CLASS_COLUMN, against_columns
from sampling.design import load_stated
from sampling.drawn_columns import StageColumns, stage_columns
from sampling.errors import Complaint, complain
from sampling.listing import not_listed
from sampling.manifest import Manifest

LAST_COLUMNS = ("sample_type", "disposition", "eligible", "responded", "base_weight", "weight")


@dataclass(frozen=True)
class Layout:
    """The design columns of one evaluation; `county` is the id column of the frame's outermost level."""

    county: str
    stages: tuple[StageColumns, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the columns before the analysis columns, in order."""
        upper = [self.county, *(stage.id_column for stage in self.stages[:-1])]
        strata = [name for stage in self.stages for name in stage.strata]
        chances = sorted((stage.chance for stage in self.stages), key=lambda name: name.rsplit("_", 1)[1])
        draws = [stage.draws for stage in self.stages if stage.draws is not None]
        names = [*upper, *strata, CLASS_COLUMN, *(stage.stratum for stage in self.stages), *chances, *draws]
        return ("unit_id", *dict.fromkeys(names), *LAST_COLUMNS)


def layout_of(manifest: Manifest, file: str) -> tuple[Layout | None, list[Complaint]]:
    """Return the design columns of a manifest, or why its design cannot be analysed household by household."""
    reading = load_stated(manifest.design, file)
    if reading.design is None:
        return None, list(reading.complaints)
    design = reading.design
    complaints = against_columns(design, file) or lists_missing(manifest, file) or _nothing_drawn(manifest, file)
    if complaints:
        return None, complaints
    stages = tuple(stage_columns(design, number) for number in range(len(design.stages)))
    return Layout(design.levels[0].id, stages), []


def lists_missing(manifest: Manifest, file: str) -> list[Complaint]:
    """Say which drawn units were never drawn from because their lists have not come: what they hold is not known."""
    awaited = not_listed(manifest)
    return [] if awaited is None else [complain("results.lists_missing", file=file, **awaited.details_beyond_place)]


def _nothing_drawn(manifest: Manifest, file: str) -> list[Complaint]:
    """Say that chance took no household at all, which methods of random size allow."""
    drawn = any(unit.probability is not None for unit in manifest.stages[-1].units)
    return [] if drawn else [complain("results.nothing_drawn", file=file, stage=manifest.stages[-1].name)]


def attribute_columns(layout: Layout) -> tuple[str, ...]:
    """Return the columns of the frame that the table copies: strata and household class."""
    strata = [name for stage in layout.stages for name in stage.strata]
    return tuple(dict.fromkeys([layout.county, *strata, CLASS_COLUMN]))
