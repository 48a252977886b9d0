"""Every kind of background job, and what is looked after again and again. Register a feature's here."""

from collections.abc import Callable

from evalsvc.editions import jobs as editions
from evalsvc.editions.renewal import renew_due
from evalsvc.interviews.datasets import jobs as datasets
from evalsvc.interviews.log.chaining import enter_due_interviews
from evalsvc.results import jobs as results
from evalsvc.service import Service
from evalsvc.worker import JobKind

KINDS: tuple[JobKind, ...] = (results.KIND, *editions.KINDS, datasets.KIND)
"""Each is named `KIND`, several `KINDS`, in its feature's jobs.py."""
REGULAR: tuple[Callable[[Service], None], ...] = (enter_due_interviews, datasets.remove_expired, renew_due)
