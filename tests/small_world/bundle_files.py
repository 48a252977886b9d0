"""The files of the small evaluation that results are made from."""

from evalsvc import files
from evalsvc.editions.material import read_sources
from evalsvc.planning.fixed import fixed_bytes
from evalsvc.results.assembly import Sources
from evalsvc.results.records import CaseRow, FieldworkRow, InterviewRow, JudgementRow, write_records
from tests.small_world.evaluation import World, answers_of
from tests.small_world.public_log import fixed_of, log_of


def tables_of(world: World) -> dict[str, bytes]:
    """Return every file that results are made from, but the interviews."""
    return {
        files.FRAME: world.frame_path.read_bytes(),
        files.DESIGN: world.design_text.encode(),
        files.COMMITMENT: world.commitment.to_json().encode(),
        files.LOG: log_of(world),
        files.MANIFEST: world.manifest.to_json().encode(),
        files.FIXED: fixed_bytes(fixed_of(world)) + b"\n",
        files.INTERVIEWS: write_records(InterviewRow, world.interview_rows),
        files.FIELDWORK: write_records(FieldworkRow, world.fieldwork),
        files.CASES: write_records(CaseRow, world.cases),
        files.JUDGEMENTS: write_records(JudgementRow, world.judgements),
        files.PACK: world.pack,
        "instrument.xml": world.xform,
    }


def sources_of(world: World) -> Sources:
    """Return the sources as an outsider reads them."""
    read = read_sources(tables_of(world), world.frame, answers_of(world))
    assert read.sources is not None, read.complaints
    return read.sources
