"""The last steps: the fieldwork is declared ended, results, report, and the check that an outsider would run."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from evalsvc import files
from evalsvc.db import now
from evalsvc.demonstration.institute import Institute
from evalsvc.demonstration.server import COMMAND, own_settings
from evalsvc.draws.queries import log_lines
from evalsvc.editions import composing, signing, wishing
from evalsvc.editions.keys import sample_signer, service_signer
from evalsvc.editions.signing import Signed
from evalsvc.editions.values import EditionRecord
from evalsvc.editions.wishing import Wish
from evalsvc.evaluations.queries import EvaluationRecord
from evalsvc.fieldwork import course
from evalsvc.people.actor import Actor
from evalsvc.people.queries import names_of
from evalsvc.results import operations as results
from evalsvc.service import Service
from sampling.chain import write_chain


@dataclass(frozen=True)
class Checked:
    """What the outsider's check printed, and how it ended."""

    exit_code: int
    lines: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Tell whether everything was recomputed and equal."""
        return self.exit_code == 0


def compute_results(service: Service, institute: Institute, draw_number: int, out: Path) -> bytes:
    """Declare the fieldwork ended, which opens the manifest to everybody, and compute the results."""
    lead = institute.member("demo-lead").actor
    with service.database.transaction() as session:
        course.end(session, lead, institute.evaluation, draw_number)
    with service.database.transaction() as session:
        made = results.compute(session, service.store, lead, institute.evaluation)
    content = service.store.get(made.results_sha256)
    (out / files.RESULTS).write_bytes(content)
    return content


def issue_report(service: Service, institute: Institute, out: Path) -> str:
    """Issue the report with the service's own demo keys, and return the name on the institute's certificate."""
    lead, reviewer = (institute.member(name).actor for name in ("demo-lead", "demo-reviewer"))
    edition = release(service, institute.evaluation, lead, reviewer)
    (out / files.REPORT).write_bytes(service.store.get(edition.pdf_sha256))
    (out / files.BUNDLE).write_bytes(service.store.get(edition.bundle_sha256))
    with service.database.reading() as session:
        (out / files.LOG).write_text(write_chain(log_lines(session)), encoding="utf-8")
    return edition.signer


def release(
    service: Service, evaluation: EvaluationRecord, lead: Actor, reviewer: Actor, wish: Wish | None = None
) -> EditionRecord:
    """Go the whole way of a report: composed, signed by lead and reviewer with demo keys, sealed and issued."""
    with service.database.transaction() as session:
        (edition,) = wishing.place(session, lead, evaluation, wish or Wish(reviewer.person_id or ""))
    with service.database.reading() as session:
        desk = composing.open_desk(session, service.store, evaluation, edition.result_set_id)
        head = composing.head_of_next(session, evaluation, edition, service.config.public_url)
        names = names_of(session, [each.person_id for each in (lead, reviewer) if each.person_id])
    prepared = desk.prepare(head, service.config.report_texts)
    with service.database.transaction() as session:
        edition = composing.keep(session, lead, evaluation, edition.number, prepared)
    for actor in (lead, reviewer):
        person = actor.person_id or ""
        signer = sample_signer(service.config, names[person], person, now())
        edition = _kept(service, evaluation, actor, signing.sign(service.store, edition, signer))
    signer = service_signer(service.config, evaluation.institute, now())
    return _kept(service, evaluation, lead, signing.seal(service.config, service.store, edition, signer))


def _kept(service: Service, evaluation: EvaluationRecord, actor: Actor, given: Signed) -> EditionRecord:
    with service.database.transaction() as session:
        return signing.keep(session, service.store, actor, evaluation, given)


def check_as_outsider(out: Path) -> Checked:
    """Run `evalsvc verify` as a process of its own, with the three files and nothing else."""
    given = ("--bundle", str(out / files.BUNDLE), "--log", str(out / files.LOG))
    ended = subprocess.run(  # noqa: S603  (our own command)
        [*COMMAND, "verify", str(out / files.REPORT), *given],
        env=own_settings({}),
        capture_output=True,
        text=True,
        check=False,
    )
    # What the process tells while it works is for who waits for it; without a word of outcome it is all there is.
    return Checked(ended.returncode, tuple((ended.stdout or ended.stderr).splitlines()))
