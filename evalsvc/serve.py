"""`evalsvc serve`: gunicorn with threads; the worker of jobs starts in the serving process, after the fork."""

import time
from collections.abc import Mapping
from typing import Any

import click
import flask
from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger

from evalsvc.config import Config, ConfigurationError, read_config
from evalsvc.db import now
from evalsvc.editions.chapters.texts import require_usable
from evalsvc.editions.keys import institute_signer
from evalsvc.editions.own_seal import own_seal
from evalsvc.frames.keys import configured_key
from evalsvc.instruments.form_library import library_of
from evalsvc.listening import listen
from evalsvc.logs import keep_tokens_out
from evalsvc.people.used_nonces import UsedNonces
from evalsvc.service import ready
from evalsvc.wsgi import make_application, stop_worker

ACCESS_FORMAT = '%(t)s %(h)s "%(r)s" %(s)s %(b)s %(M)sms'
GRACEFUL_SECONDS = 30
THREADS, LEAST_THREADS = 16, 4
"""Threads of all processes together, and of each at least: those that wait for a commit share it, and each has a
connection to the database of its own."""


class TokenFreeLogger(Logger):
    """gunicorn's logger, without device tokens."""

    def setup(self, cfg: Any) -> None:
        """Put the filter on every handler that gunicorn makes."""
        super().setup(cfg)
        keep_tokens_out((*self.error_log.handlers, *self.access_log.handlers))


class Server(BaseApplication):
    """One gunicorn server of one configuration."""

    def __init__(self, config: Config, settings: Mapping[str, object]) -> None:
        self.config, self.settings = config, settings
        self.used = UsedNonces(time.time())
        super().__init__()

    def load_config(self) -> None:
        """Hand gunicorn its settings; no file and no environment variable of gunicorn takes part."""
        for name, value in self.settings.items():
            self.cfg.set(name, value)

    def load(self) -> flask.Flask:
        """Make the application; runs in each serving process."""
        return make_application(self.config, self.used)


@click.command()
@click.option("--bind", default="127.0.0.1:8000", show_default=True, help="监听地址 / address and port to listen on")
@click.option("--threads", type=click.IntRange(1, 64), help="每个进程的线程数 / threads of a process [16 / PROCESSES]")
@click.option("--processes", default=1, show_default=True, type=click.IntRange(1, 32), help="进程数 / PostgreSQL only")
@click.option("--access-log/--no-access-log", default=True, show_default=True, help="记录访问 / log requests")
def serve(bind: str, threads: int | None, processes: int, *, access_log: bool) -> None:
    """启动服务 / run the server (Ctrl-C ends it)."""
    config = read_config()
    if processes > 1 and config.database_url.startswith("sqlite"):
        raise ConfigurationError("config.processes_on_sqlite", processes=processes)
    institute_signer(config, now())
    own_seal(config)
    configured_key(config)
    library_of(config.library_directory)
    require_usable(config.report_texts)
    with ready(config):
        pass  # the serving processes open engines of their own
    threads = threads or max(LEAST_THREADS, THREADS // processes)
    settings = _settings(threads, processes, access_log=access_log)
    settings["when_ready"] = lambda _server: _greet(bind, config.public_url)
    Server(config, settings | {"bind": listen(bind)}).run()


def _settings(threads: int, processes: int, *, access_log: bool) -> dict[str, object]:
    return {
        "worker_class": "gthread",
        "workers": processes,
        "threads": threads,
        "timeout": 120,
        "graceful_timeout": GRACEFUL_SECONDS,
        "keepalive": 15,
        "logger_class": TokenFreeLogger,
        "accesslog": "-" if access_log else None,
        "access_log_format": ACCESS_FORMAT,
        "loglevel": "warning",
        "control_socket_disable": True,
        "proc_name": "evalsvc",
        "worker_exit": lambda _server, _worker: stop_worker(),
    }


def _greet(bind: str, public_url: str) -> None:
    """Say where the server listens, and which address codes for phones and links for programs name."""
    click.echo(f"第三方评估系统已启动 / serving at http://{bind}")
    if public_url != f"http://{bind}":
        click.echo(f"手机二维码和数据地址写的是 {public_url}（EVALSVC_PUBLIC_URL）/ codes for phones and feeds name it")
