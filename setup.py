"""The build's hooks: list the packages (migrations/ is installed as evalsvc.migrations), compile the words, and refuse
to make a package without the enumerator's application.
"""

from pathlib import Path
from shutil import rmtree

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from setuptools import find_packages, setup
from setuptools.command.build_py import build_py
from setuptools.errors import SetupError

CATALOGUES = Path("evalsvc/translations")
APPLICATION = Path("evalsvc/static/app")
WHOLE = APPLICATION / ".ready"
"""client.sh writes it last."""
NO_APPLICATION = (
    "手机应用还没有构建，不生成缺少它的安装包。请先执行 make bundle（或 make wheel，一次做完）。 / The enumerator's"
    " application was not built, and no package is made without it. Run make bundle (or make wheel, which does both)."
)


class BuildWhole(build_py):
    """Compile the catalogues and look for the application before the packages are collected."""

    def run(self) -> None:
        """Write a .mo file beside every .po file; refuse a package without the application.

        The application is not built here: a build may run where neither Node nor a network is, and a package should
        hold what was tested, not what a later resolution of its tools makes of the same sources.
        """
        for source in CATALOGUES.glob("*/LC_MESSAGES/*.po"):
            _compile(source)
        if not self.editable_mode:
            self._require_application()
        super().run()

    def _require_application(self) -> None:
        if not WHOLE.is_file():
            raise SetupError(NO_APPLICATION)
        # Names of its files hold their hashes: an older one, left by an earlier build, would stay beside the new one.
        rmtree(Path(self.build_lib) / APPLICATION, ignore_errors=True)


def _compile(source: Path) -> None:
    compiled = source.with_suffix(".mo")
    # What is up to date stays: a running service may be reading it.
    if compiled.exists() and compiled.stat().st_mtime >= source.stat().st_mtime:
        return
    with source.open("rb") as words, compiled.open("wb") as file:
        write_mo(file, read_po(words, locale=source.parts[-3]))


setup(
    packages=[
        *find_packages(include=["sampling*", "forms*", "reports*", "evalsvc*"]),
        "evalsvc.migrations",
        "evalsvc.migrations.versions",
    ],
    cmdclass={"build_py": BuildWhole},
)
