"""What the service holds of a submission, for the device that sent it: it keeps its copy until both are alike."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalsvc.errors import NotFoundError
from evalsvc.instruments.definitions import definition_of
from evalsvc.instruments.models import Instrument
from evalsvc.interviews.models import Interview, InterviewFile
from evalsvc.store import Store
from forms.files import named_files
from forms.instance import parse_instance


@dataclass(frozen=True)
class HeldFile:
    """A file that is here, by the hash of its bytes."""

    name: str
    sha256: str


@dataclass(frozen=True)
class Held:
    """What is here of a submission."""

    instance_id: str
    sha256: str
    received_at: datetime
    files: tuple[HeldFile, ...]
    missing: tuple[str, ...]
    """Files that the XML names and that did not come."""


def held(session: Session, store: Store, evaluation_id: str, person_id: str, instance_id: str) -> Held:
    """Return what is here of a submission that a person sent, also of a version that was corrected since.

    Raises
    ------
    NotFoundError
        ``interview.not_received``
    """
    query = (
        select(Interview, Instrument.xform_sha256)
        .join(Instrument, Instrument.id == Interview.instrument_id)
        .where(
            Interview.evaluation_id == evaluation_id,
            Interview.enumerator_id == person_id,
            Interview.instance_id == instance_id,
        )
    )
    row = session.execute(query).one_or_none()
    if row is None:
        raise NotFoundError("interview.not_received", instance=instance_id)
    interview, xform_sha256 = row
    of_it = InterviewFile.interview_id == interview.id
    rows = session.scalars(select(InterviewFile).where(of_it).order_by(InterviewFile.name))
    files = tuple(HeldFile(each.name, each.sha256) for each in rows)
    instance = parse_instance(store.get(interview.sha256))
    named = dict.fromkeys(each.filename for each in named_files(definition_of(store, xform_sha256), instance))
    here = {each.name for each in files}
    missing = tuple(name for name in named if name not in here)
    return Held(instance_id, interview.sha256, interview.received_at, files, missing)
