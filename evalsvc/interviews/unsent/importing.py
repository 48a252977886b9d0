"""Take in the interviews of a file: by the same way as from a phone, in the name of who made them.

Whoever imports is written down as the one from whom each came; importing a file twice adds nothing.
"""

import hashlib
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import BinaryIO

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from evalsvc import audit
from evalsvc.errors import EvalsvcError, InvalidError, TooLargeError
from evalsvc.evaluations.queries import EvaluationRecord
from evalsvc.interviews.intake.reading import MAX_FILES
from evalsvc.interviews.intake.taking import take_in
from evalsvc.interviews.unsent.archive import open_archive
from evalsvc.interviews.unsent.contents import ListedContents
from evalsvc.interviews.unsent.keys import private_key
from evalsvc.interviews.unsent.locked import LockedContents
from evalsvc.interviews.unsent.opening import Header, decrypt, read_header, unwrapped
from evalsvc.interviews.unsent.order import in_order
from evalsvc.interviews.unsent.values import Contents, UnsentFile, UnsentInterview
from evalsvc.interviews.values import Receipt
from evalsvc.people.actor import ENUMERATOR, Actor
from evalsvc.people.queries import roles_of
from evalsvc.service import Service

NEW, HERE, REFUSED = "new", "here", "refused"


@dataclass(frozen=True)
class Imported:
    """What became of one interview of a file, with the code that says it."""

    instance_id: str
    form_id: str
    version: str
    outcome: str
    """`new`, `here` (already) or `refused`."""
    code: str
    details: Mapping[str, object] = field(default_factory=dict)


def import_unsent(service: Service, actor: Actor, evaluation: EvaluationRecord, file: BinaryIO) -> tuple[Imported, ...]:
    """Open a file and take its interviews in, corrections after what they correct; each stands or falls by itself.

    Raises
    ------
    InvalidError
        ``unsent.not_one``, ``unsent.other_evaluation``, ``unsent.other_key``, ``unsent.key_lost``,
        ``unsent.not_an_enumerator``, ``unsent.damaged``, ``unsent.contents``
    TooLargeError
        ``unsent.too_large``
    """
    if file.seek(0, os.SEEK_END) > service.config.upload_limit:
        raise TooLargeError("unsent.too_large", limit=service.config.upload_limit)
    header = read_header(file)
    if header.evaluation_id != evaluation.id:
        raise InvalidError("unsent.other_evaluation")
    with service.database.reading() as session:
        key = private_key(session, evaluation.id, header.key_id, service.config.secret_key)
        if ENUMERATOR not in roles_of(session, header.person_id, evaluation.id):
            raise InvalidError("unsent.not_an_enumerator", person=header.person_id[:80])
    with _opened(file, header, key) as contents:
        _write_down(service, actor, header, len(contents.interviews))
        maker = Actor(actor.identifier, header.person_id, frozenset({ENUMERATOR}))
        interviews = in_order(contents, service.config.submission_limit)
        return tuple(_imported(service, maker, evaluation.id, contents, each) for each in interviews)


@contextmanager
def _opened(file: BinaryIO, header: Header, key: RSAPrivateKey) -> Iterator[Contents]:
    """Open what an open or a locked vault has handed over."""
    if header.owner:
        yield LockedContents(open_archive(file), unwrapped(header, key), header.owner)
        return
    # A file without a name: what it holds is gone with the process, however that ends.
    with tempfile.TemporaryFile() as plain:
        decrypt(file, header, key, plain)
        yield ListedContents(open_archive(plain))


def _write_down(service: Service, actor: Actor, header: Header, interviews: int) -> None:
    """Write down who brought which file, before anything of it is taken in."""
    details = {
        "header": hashlib.sha256(header.line).hexdigest(),
        "key": header.key_id,
        "person": header.person_id,
        "made_at": header.made_at[:40],
        "interviews": interviews,
    }
    with service.database.transaction() as session:
        audit.record(session, actor.identifier, "interview.import_unsent", header.evaluation_id, details)


def _imported(
    service: Service, maker: Actor, evaluation_id: str, contents: Contents, interview: UnsentInterview
) -> Imported:
    told = interview.instance_id, interview.form_id, interview.version
    if interview.is_draft:
        return Imported(*told, REFUSED, "unsent.draft")
    try:
        receipts = list(_receipts(service, maker, evaluation_id, contents, interview))
    except EvalsvcError as error:
        return Imported(*told, REFUSED, error.code, error.details)
    if receipts[0].is_new:
        complaints = receipts[0].complaints
        code = "interview.taken_in_with_doubts" if complaints else "interview.taken_in"
        return Imported(*told, NEW, code, {"number": complaints})
    added = sum(each.files_added for each in receipts)
    return Imported(*told, HERE, "unsent.files_added" if added else "interview.here_already", {"number": added})


def _receipts(
    service: Service, maker: Actor, evaluation_id: str, contents: Contents, interview: UnsentInterview
) -> Iterator[Receipt]:
    """Take one interview in, in parts as a phone sends them: only one part is in memory at a time."""
    limit = service.config.submission_limit
    for each in interview.places:
        if contents.size(each) > limit:
            name = each.name if isinstance(each, UnsentFile) else "submission.xml"
            raise TooLargeError("unsent.file_too_large", instance_id=interview.instance_id, name=name, limit=limit)
    xml = contents.xml(interview)
    for part in _parts(contents, interview, limit - len(xml)):
        files = tuple(contents.file(interview, each) for each in part)
        yield take_in(service, maker, evaluation_id, xml, files)


def _parts(contents: Contents, interview: UnsentInterview, most: int) -> Iterator[Sequence[UnsentFile]]:
    """Divide the files of an interview; there is always a first part."""
    part: list[UnsentFile] = []
    size = 0
    for file in interview.files:
        bytes_of_file = contents.size(file)
        if part and (size + bytes_of_file > most or len(part) == MAX_FILES):
            yield part
            part, size = [], 0
        part, size = [*part, file], size + bytes_of_file
    yield part
