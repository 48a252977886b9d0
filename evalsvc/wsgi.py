"""The application and its worker for a WSGI server: `gunicorn 'evalsvc.wsgi:make_application()'`."""

import flask

from evalsvc.app import create_app
from evalsvc.config import Config, read_config
from evalsvc.db import now
from evalsvc.editions.chapters.texts import require_usable
from evalsvc.editions.keys import institute_signer
from evalsvc.editions.own_seal import own_seal
from evalsvc.frames.keys import configured_key
from evalsvc.instruments.form_library import library_of
from evalsvc.job_kinds import KINDS, REGULAR
from evalsvc.people.used_nonces import UsedNonces
from evalsvc.time_stamps.configured import trusted_of
from evalsvc.worker import Worker

_workers: list[Worker] = []
"""The worker of this process, kept so that the server can end it; made after the fork, never shared."""


def make_application(config: Config | None = None, used: UsedNonces | None = None) -> flask.Flask:
    """Make the application and start its worker; call it in the process that serves.

    Raises
    ------
    ConfigurationError
        A setting, or the signing key or a certificate that the settings name, cannot be used.
    """
    config = config or read_config()
    institute_signer(config, now())
    own_seal(config)
    configured_key(config)
    library_of(config.library_directory)
    require_usable(config.report_texts)
    trusted_of(config)
    app = create_app(config, used)
    if config.run_jobs:
        worker = Worker(app.extensions["evalsvc"], KINDS, REGULAR)
        worker.start()
        _workers.append(worker)
    return app


def stop_worker() -> None:
    """End the worker of this process after the job at hand."""
    while _workers:
        _workers.pop().stop()
