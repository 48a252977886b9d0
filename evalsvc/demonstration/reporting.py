"""The last steps: the fieldwork is declared ended, results, report, and the check that an outsider would run."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from evalsvc import files
from evalsvc.db import now
from evalsvc.demonstration.institute import Institute
from evalsvc.demonstration.server import COMMAND, own_settings
from evalsvc.draws.queries import log_lines
from evalsvc.editions import operations as editions
from evalsvc.editions.keys import service_signer
from evalsvc.fieldwork import course
from evalsvc.results import operations as results
from evalsvc.service import Service
from sampling.chain import write_chain

"""The public log as anybody downloads it after the report was issued."""


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
    """Issue the report with the service's own demo key, and return the name on its certificate."""
    lead, evaluation = institute.member("demo-lead").actor, institute.evaluation
    signer = service_signer(service.config, evaluation.institute, now())
    with service.database.transaction() as session:
        edition = editions.issue(session, service.store, lead, evaluation, signer)
    (out / files.REPORT).write_bytes(service.store.get(edition.pdf_sha256))
    (out / files.BUNDLE).write_bytes(service.store.get(edition.bundle_sha256))
    with service.database.reading() as session:
        (out / files.LOG).write_text(write_chain(log_lines(session)), encoding="utf-8")
    return edition.signer


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
