"""Stamp issued reports anew before what proves them runs out: looked after by the worker, report by report.

The public log names the report as it was issued; a stamped one begins with those very bytes, and the check finds them.
"""

import logging
from datetime import timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from evalsvc import audit
from evalsvc.db import now
from evalsvc.editions.long_term import renewed
from evalsvc.editions.models import Edition
from evalsvc.editions.values import ISSUED, REVOKED
from evalsvc.errors import coded
from evalsvc.people.actor import SYSTEM
from evalsvc.service import Service
from evalsvc.time_stamps.configured import authority_of

RENEW_AFTER = timedelta(days=300)
"""Once a year, with two months to spare for an authority that does not answer."""
TRY_AGAIN_AFTER = timedelta(hours=6)
log = logging.getLogger("evalsvc.editions")


def renew_due(service: Service) -> None:
    """Give the report that has waited longest another stamp; nothing without an authority in the settings."""
    authority = authority_of(service.config)
    if authority is None:
        return
    with service.database.transaction() as session:
        row = _take(session)
        if row is None:
            return
        identifier, before = row.id, row.renewed_sha256 or row.pdf_sha256
    try:
        stamped = service.store.put(renewed(authority, service.store.get(before)).pdf)
    except Exception as error:
        known = coded(error)
        if known is None:
            raise
        log.warning("edition %s was not stamped anew: %s", identifier, known.code)
        return
    with service.database.transaction() as session:
        _keep(session, identifier, before, stamped)


def _take(session: Session) -> Edition | None:
    """Return the report that is due, noted as tried so that no other worker takes it too."""
    moment = now()
    due = select(Edition).where(
        Edition.state.in_((ISSUED, REVOKED)),
        or_(Edition.renewed_at.is_not(None), Edition.issued_at < moment - RENEW_AFTER),
        or_(Edition.renewed_at.is_(None), Edition.renewed_at < moment - RENEW_AFTER),
        or_(Edition.renewal_tried_at.is_(None), Edition.renewal_tried_at < moment - TRY_AGAIN_AFTER),
    )
    row = session.scalars(due.order_by(Edition.issued_at, Edition.id).limit(1).with_for_update()).first()
    if row is not None:
        row.renewal_tried_at = moment
    return row


def _keep(session: Session, identifier: str, before: str, stamped: str) -> None:
    row = session.get_one(Edition, identifier, with_for_update=True)
    if (row.renewed_sha256 or row.pdf_sha256) != before:
        return  # another worker was faster
    row.renewed_sha256, row.renewed_at = stamped, now()
    audit.record(session, SYSTEM.identifier, "editions.renew", row.id, {"number": row.number, "pdf": stamped})
