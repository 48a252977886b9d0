"""Every kind of background job. Register a feature's here (its jobs.py, name `KIND`)."""

from evalsvc.editions import jobs as editions
from evalsvc.results import jobs as results
from evalsvc.worker import JobKind

KINDS: tuple[JobKind, ...] = (results.KIND, editions.KIND)
