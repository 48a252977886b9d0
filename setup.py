"""The build's hooks: list the packages (migrations/ is installed as evalsvc.migrations) and compile the words."""

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from setuptools import find_packages, setup
from setuptools.command.build_py import build_py

CATALOGUES = Path("evalsvc/translations")


class BuildWithWords(build_py):
    """Compile the catalogues before the packages are collected."""

    def run(self) -> None:
        """Write a .mo file beside every .po file."""
        for source in CATALOGUES.glob("*/LC_MESSAGES/*.po"):
            with source.open("rb") as words, source.with_suffix(".mo").open("wb") as compiled:
                write_mo(compiled, read_po(words, locale=source.parts[-3]))
        super().run()


setup(
    packages=[
        *find_packages(include=["sampling*", "forms*", "reports*", "evalsvc*"]),
        "evalsvc.migrations",
        "evalsvc.migrations.versions",
    ],
    cmdclass={"build_py": BuildWithWords},
)
