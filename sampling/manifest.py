"""Hold a draw's manifest: everything an outsider needs, beside the frame, to repeat the draw."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, Self

from sampling.document_values import check_canonical
from sampling.documents import check_schema, parse_document
from sampling.errors import Complaint, SamplingError

SampleType = Literal["probability", "certainty", "purposive", "reserve", "appended"]


@dataclass(frozen=True)
class FrameEntry:
    """Name a frame, or the branch below one unit, with its hash and the time it was committed."""

    stage: str
    parent: str | None
    sha256: str
    committed_at: str


@dataclass(frozen=True)
class ManifestStratum:
    """Count one stratum of one parent."""

    parent: str | None
    stratum: str
    method: str
    population: int
    total_size: int | None
    joint_method: str | None


@dataclass(frozen=True)
class ManifestUnit:
    """Hold one drawn unit.

    Parameters
    ----------
    probability : float or None
        Conditional on the parent, the expected number of draws under with_replacement; null for a reserve until it is
        opened, and for purposive units.
    times : int or None
        How often the unit was drawn with replacement; not written under other methods.
    unannounced : bool or None
        Whether it is visited without notice; not written where a stage has no such part.
    """

    id: str
    parent: str | None
    stratum: str
    ticket: str
    probability: float | None
    sample_type: SampleType
    order: int | None
    weight: float | None = None
    times: int | None = None
    unannounced: bool | None = None


@dataclass(frozen=True)
class ManifestStage:
    """Hold one stage's strata and drawn units, in the order of docs/formats.md."""

    name: str
    strata: tuple[ManifestStratum, ...]
    units: Sequence[ManifestUnit]


@dataclass(frozen=True)
class Manifest:
    """Hold a draw; field for field the manifest of docs/formats.md."""

    protocol: str
    evaluation: str
    draw: int
    design: Mapping[str, Any]
    frames: tuple[FrameEntry, ...]
    commitment: str
    committed_at: str
    time_stamp: str | None
    public_source: str | None
    public_round: str | None
    public_form: str | None
    public_value: str | None
    secret: str
    seed: str
    code_version: str
    drawn_at: str
    stages: tuple[ManifestStage, ...]
    continues: str | None = None
    """SHA-256 of the manifest that this one continues with lists that came later; not written where there is none."""

    @property
    def lists(self) -> tuple[FrameEntry, ...]:
        """Give the entries that bind lists which came later, one for each parent; the others are of the commitment."""
        stages = self.design.get("stages")
        later = [one for one in stages if isinstance(one, Mapping)] if isinstance(stages, Sequence) else []
        names = [one.get("name") for one in later if one.get("listed") == "later"]
        return tuple(entry for entry in self.frames if entry.stage in names and entry.parent is not None)

    @property
    def purposive(self) -> frozenset[str]:
        """Give the ids of all units that were chosen, or drawn inside a chosen one."""
        return frozenset(unit.id for stage in self.stages for unit in stage.units if unit.sample_type == "purposive")

    @property
    def unannounced(self) -> frozenset[str] | None:
        """Give the ids of all units that are visited without notice: marked, or inside a marked one.

        None where no stage has such a part.
        """
        marked, stated = set[str](), False
        for unit in (unit for stage in self.stages for unit in stage.units):
            stated = stated or unit.unannounced is not None
            if unit.unannounced or unit.parent in marked:
                marked.add(unit.id)
        return frozenset(marked) if stated else None

    def to_json(self) -> str:
        """Write ``draw-manifest.json``: valid JSON with one frame, stratum or unit on each line."""
        lines = [f"  {_line(key)}: {_line(value)}" for key, value in _head(self).items()]
        lines.insert(4, f'  "frames": {_list([asdict(entry) for entry in self.frames], "    ")}')
        stages = []
        for number, stage in enumerate(self.stages):
            last = number == len(self.stages) - 1
            strata = _list([asdict(stratum) for stratum in stage.strata], "       ")
            units = _list([_unit_json(unit, last=last) for unit in stage.units], "       ")
            stages.append(f'    {{"name": {_line(stage.name)},\n     "strata": {strata},\n     "units": {units}}}')
        lines.append('  "stages": [\n' + ",\n".join(stages) + "\n  ]")
        return "{\n" + ",\n".join(lines) + "\n}\n"

    @classmethod
    def from_json(cls, text: str, file: str = "draw-manifest.json") -> Self:
        """Read ``draw-manifest.json``.

        Raises
        ------
        SamplingError
            ``draw.manifest_unreadable`` with every structural complaint.
        """
        reading = read_manifest(text, file)
        if reading.value is None:
            raise SamplingError("draw.manifest_unreadable", reading.complaints, file=file)
        value = dict(reading.value)
        value["frames"] = tuple(FrameEntry(**entry) for entry in value["frames"])
        value["stages"] = tuple(_build_stage(stage) for stage in value["stages"])
        return cls(**value)


@dataclass(frozen=True)
class ManifestReading:
    """Hold a manifest's JSON that fits the schema, or the complaints."""

    value: Mapping[str, Any] | None
    complaints: tuple[Complaint, ...]


def read_manifest(text: str, file: str = "draw-manifest.json") -> ManifestReading:
    """Parse a manifest and list every place where it leaves its schema."""
    document = parse_document(text, file)
    complaints = list(document.complaints) or check_schema(document.value, "manifest.schema.json", file)
    if not complaints:
        hashed = {key: document.value[key] for key in ("draw", "design")}
        complaints = list(check_canonical(hashed, file))
    return ManifestReading(None if complaints else document.value, tuple(complaints))


def _build_stage(value: Mapping[str, Any]) -> ManifestStage:
    """Build a stage from JSON that fits the schema."""
    return ManifestStage(
        value["name"],
        tuple(ManifestStratum(**stratum) for stratum in value["strata"]),
        tuple(ManifestUnit(**unit) for unit in value["units"]),
    )


def _head(manifest: Manifest) -> dict[str, object]:
    """Give the fields that stand on one line each."""
    left_out = {"frames", "stages", *(() if manifest.continues else ("continues",))}
    return {name: getattr(manifest, name) for name in Manifest.__dataclass_fields__ if name not in left_out}


def _unit_json(unit: ManifestUnit, *, last: bool) -> dict[str, object]:
    """Write a unit; only the last stage has weights, and few stages the rest."""
    value = asdict(unit)
    if not last:
        del value["weight"]
    return {name: part for name, part in value.items() if part is not None or name not in ("times", "unannounced")}


def _line(value: object) -> str:
    """Write a value on one line."""
    return json.dumps(value, ensure_ascii=False)


def _list(values: Sequence[Mapping[str, object]], indent: str) -> str:
    """Write a list with one entry on each line."""
    if not values:
        return "[]"
    return "[\n" + ",\n".join(indent + _line(value) for value in values) + "]"
