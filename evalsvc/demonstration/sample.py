"""Frame and draws of the demonstration, by the operations that a client's file and a designer's design take too."""

from dataclasses import dataclass
from pathlib import Path

from evalsvc import files
from evalsvc.demonstration.designs import judged_design, province_design
from evalsvc.demonstration.export import REGISTER_NAME, mapping_text, write_register
from evalsvc.demonstration.institute import Institute
from evalsvc.demonstration.register import Register
from evalsvc.demonstration.scenario import Scale
from evalsvc.draws.making import carry_out, commit_draw
from evalsvc.frames.operations import import_frame, keep_frame
from evalsvc.frames.reading import check_files
from evalsvc.frames.values import CheckedFrame
from evalsvc.service import Service
from sampling.errors import SamplingError
from sampling.manifest import Manifest
from sampling.verify import verify_draw

PROVINCE_FOLDER = "province"


@dataclass(frozen=True)
class Imported:
    """The frame as it stands in the service."""

    frame_id: str
    checked: CheckedFrame


@dataclass(frozen=True)
class Drawn:
    """One draw with its manifest, verified from manifest and frame alone."""

    number: int
    manifest: Manifest

    @property
    def villages(self) -> tuple[str, ...]:
        """Return the drawn villages in the order of their codes."""
        stage = next(stage for stage in self.manifest.stages if stage.name == "village")
        return tuple(sorted(unit.id for unit in stage.units))

    @property
    def households(self) -> int:
        """Count the households of the main sample."""
        return sum(unit.sample_type != "reserve" for unit in self.manifest.stages[-1].units)


def import_register(service: Service, institute: Institute, register: Register, out: Path) -> Imported:
    """Write the register as a table program would, and import that file by its mapping."""
    path = out / REGISTER_NAME
    write_register(register, path)
    checked = check_files(path, mapping_text(), out / files.FRAME)
    designer = institute.member("demo-designer").actor
    kept = keep_frame(service.store, checked)
    with service.database.transaction() as session:
        row = import_frame(session, designer, institute.evaluation.id, kept)
        identifier = row.id
    return Imported(identifier, checked)


def draw_judged(service: Service, institute: Institute, imported: Imported, scale: Scale, out: Path) -> Drawn:
    """Commit, reveal and draw the four judged counties."""
    return _draw(service, institute, imported, judged_design(scale), out)


def draw_province(service: Service, institute: Institute, imported: Imported, scale: Scale, out: Path) -> Drawn:
    """Commit, reveal and draw the province design, which is verified and not visited."""
    folder = out / PROVINCE_FOLDER
    folder.mkdir()
    return _draw(service, institute, imported, province_design(scale), folder)


def _draw(service: Service, institute: Institute, imported: Imported, design: str, folder: Path) -> Drawn:
    designer, evaluation = institute.member("demo-designer").actor, institute.evaluation
    number = commit_draw(
        service, designer, evaluation, frame_id=imported.frame_id, purpose="", design_text=design
    ).number
    draw = carry_out(service, designer, evaluation, number=number, public_value=None)
    content = service.store.get(str(draw.manifest_sha256))
    (folder / files.DESIGN).write_text(design, encoding="utf-8")
    (folder / files.MANIFEST).write_bytes(content)
    return Drawn(number, Manifest.from_json(content.decode("utf-8")))


def verify(drawn: Drawn, frame: Path) -> int:
    """Recompute a draw from manifest and frame alone and return how many things were checked.

    Raises
    ------
    SamplingError
        ``demonstration.draw_not_verified`` at the first thing that differs.
    """
    findings = verify_draw(drawn.manifest, frame)
    for finding in findings:
        if not finding.ok:
            raise SamplingError("demonstration.draw_not_verified", number=drawn.number, place=finding.place)
    return len(findings)
