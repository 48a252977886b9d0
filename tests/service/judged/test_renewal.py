"""Issued reports are stamped anew in time by the service, and stay the reports that the public log names."""

from dataclasses import replace
from datetime import timedelta

import pytest

from evalsvc.db import now
from evalsvc.demonstration.reporting import release
from evalsvc.draws import operations as draws
from evalsvc.draws.queries import log_lines
from evalsvc.editions.models import Edition
from evalsvc.editions.queries import edition_by_number
from evalsvc.editions.renewal import renew_due
from evalsvc.results.operations import compute
from evalsvc.service import Service
from evalsvc.verification.run import verify
from reports.signing.check import check_signatures
from sampling.chain import write_chain
from tests.stamping_authority import running_authority


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    with running_authority(tmp_path_factory.mktemp("authority")) as running:
        yield running


@pytest.fixture
def service(config, database, store, authority):
    stamped = replace(config, time_stamp_url=authority.url, time_stamp_certificates=(authority.root_file,))
    return Service(stamped, database, store)


def issued_long_ago(database, days):
    with database.transaction() as session:
        session.query(Edition).update({"issued_at": now() - timedelta(days=days), "renewal_tried_at": None})


def test_a_report_that_is_nearly_a_year_old_gets_another_stamp(service, database, store, judged, authority):
    with database.transaction() as session:
        draws.publish(session, judged.lead, judged.evaluation, 1)
        compute(session, store, judged.lead, judged.evaluation)
    issued = release(service, judged.evaluation, judged.lead, judged.reviewer)
    assert issued.level == "B-T"

    def found(days):
        issued_long_ago(database, days)
        renew_due(service)
        with database.reading() as session:
            return edition_by_number(session, judged.evaluation.id, 1)

    assert found(299).file_sha256 == issued.pdf_sha256
    authority.mode = "breaks"
    assert found(301).file_sha256 == issued.pdf_sha256
    authority.mode = "stamps"
    renewed = found(301)
    assert (renewed.pdf_sha256, renewed.renewed_sha256) != (issued.pdf_sha256, "")
    pdf, before = store.get(renewed.file_sha256), store.get(issued.pdf_sha256)
    assert pdf.startswith(before) and len(check_signatures(pdf).stamps) == len(check_signatures(before).stamps) + 1
    with database.reading() as session:
        public = write_chain(log_lines(session)).encode()
    assert verify(pdf, store.get(issued.bundle_sha256), logs={"log": public}).holds
    assert found(301).file_sha256 == renewed.file_sha256
