"""Files that a command line names: those to be read exist, those to be written have a folder and replace none."""

import os
from pathlib import Path
from typing import Any

import click

from evalsvc.errors import ConflictError


class UnusableError(click.BadParameter):
    """Raise for a value that the shell could give and that cannot be used; the sentence stands under the code."""

    def __init__(self, code: str, message: str, param: click.Parameter | None, **details: object) -> None:
        super().__init__(message, param=param)
        self.usage_code = code
        self.usage_details = details


class NewFile(click.Path):
    """A file to be written: its folder is there and may be written to, before anything else is done."""

    def __init__(self) -> None:
        super().__init__(dir_okay=False, path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the path."""
        path = Path(os.fsdecode(super().convert(value, param, ctx)))
        folder = path.parent
        if not folder.is_dir():
            raise UnusableError("usage.no_folder", f"There is no folder {folder}.", param, folder=str(folder))
        if not os.access(folder, os.W_OK):
            raise UnusableError("usage.closed_folder", f"{folder} is not writable.", param, folder=str(folder))
        return path


existing = click.Path(exists=True, dir_okay=False, path_type=Path)
existing_folder = click.Path(exists=True, file_okay=False, path_type=Path)
new = NewFile()
logs_option = click.option(
    "--log",
    "log_paths",
    type=existing,
    multiple=True,
    help="另行取得的公开登记表，可重复 / a copy of the public log from elsewhere; repeatable",
)
folder_option = click.option(
    "--out",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="写到这个文件夹，没有则新建 / the folder to write to, made if need be",
)
tsa_certificates_option = click.option(
    "--tsa-cert",
    "tsa_paths",
    type=existing,
    multiple=True,
    help="信任的时间戳机构证书（PEM 或 DER），可重复 / certificates of time-stamping authorities to trust; repeatable",
)
force_option = click.option("--force", is_flag=True, help="覆盖已有的文件 / replace a file that exists")


def refuse_existing(*paths: Path, force: bool) -> None:
    """Refuse, before anything is computed, to replace a file that nobody asked to be replaced.

    Raises
    ------
    ConflictError
        ``file.exists`` with the first such file.
    """
    for path in paths:
        if path.exists() and not force:
            raise ConflictError("file.exists", file=str(path))
