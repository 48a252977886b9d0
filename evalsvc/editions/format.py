"""Read edition.json from anywhere: its format is checked before anything of it is used."""

import json
from functools import cache
from importlib.resources import files as resources
from typing import Any

from jsonschema import Draft202012Validator

from evalsvc.results import files
from sampling.errors import Complaint, complain


def read_edition(data: bytes, file: str = files.EDITION) -> tuple[dict[str, Any] | None, list[Complaint]]:
    """Read edition.json; every place where it leaves the format is named."""
    try:
        value = json.loads(data)
    except (ValueError, RecursionError) as error:
        return None, [complain("edition.not_json", file=file, problem=str(error)[:200])]
    complaints = [
        complain("edition.format", file=file, column=error.json_path[:200], problem=error.message[:200])
        for error in _validator().iter_errors(value)
    ]
    return (None, complaints) if complaints else (value, [])


@cache
def _validator() -> Draft202012Validator:
    text = resources("evalsvc.editions").joinpath("edition.schema.json").read_text(encoding="utf-8")
    return Draft202012Validator(json.loads(text))
