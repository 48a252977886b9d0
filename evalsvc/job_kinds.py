"""Every kind of background job. Register a feature's here (its jobs.py, name `KIND`)."""

from evalsvc.worker import JobKind

KINDS: tuple[JobKind, ...] = ()
