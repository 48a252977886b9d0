"""Read edition.json from anywhere: its format and its size are checked before anything of it is used."""

import json
from collections.abc import Iterator
from functools import cache
from importlib.resources import files as resources
from itertools import islice
from typing import TYPE_CHECKING, Any

from evalsvc import files
from evalsvc.editions.bounds import LARGEST_FILE, beyond_bounds
from sampling.documents import described
from sampling.errors import Complaint, complain

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator

MOST_COMPLAINTS = 50
"""Complaints about one file: another file altogether leaves the format everywhere."""


def read_edition(data: bytes, file: str = files.EDITION) -> tuple[dict[str, Any] | None, list[Complaint]]:
    """Read edition.json; every place where it leaves the format is named."""
    if len(data) > LARGEST_FILE:
        return None, [complain("edition.too_large", file=file, found=len(data), most=LARGEST_FILE)]
    try:
        value = json.loads(data)
    except (ValueError, RecursionError) as error:
        return None, [complain("edition.not_json", file=file, problem=str(error)[:200])]
    # What lies too deep or is too long is told before anything looks at the whole.
    complaints = list(islice(beyond_bounds(value, file), MOST_COMPLAINTS))
    complaints = complaints or list(islice(_leaves_format(value, file), MOST_COMPLAINTS))
    return (None, complaints) if complaints else (value, [])


def _leaves_format(value: object, file: str) -> Iterator[Complaint]:
    for error in _validator().iter_errors(value):
        if error.validator in ("required", "additionalProperties"):
            yield from described([error], file)
            continue
        yield complain("edition.format", file=file, column=error.json_path[:200], problem=error.message[:200])


@cache
def _validator() -> "Draft202012Validator":
    from jsonschema import Draft202012Validator  # noqa: PLC0415 (loaded when a document is checked)

    text = resources("evalsvc.editions").joinpath("edition.schema.json").read_text(encoding="utf-8")
    return Draft202012Validator(json.loads(text))
