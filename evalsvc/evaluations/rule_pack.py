"""The rule pack as a value: thresholds, readings and questions, read from the file that an edition names."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from evalsvc.evaluations.packs import pack_bytes, pack_names
from sampling.documents import described, parse_document
from sampling.errors import Complaint, complain

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator

SIGNS = {"below": "＜", "at_least": "≥"}
"""How a threshold is passed, as printed."""
MOST_PERSONS = 1000
"""No household is larger; a number above it is a slip of the finger."""


@dataclass(frozen=True)
class PackThreshold:
    """What an indicator has to reach: its value, and the side on which it passes (below, at_least)."""

    value: float
    passes: str

    @property
    def side(self) -> str:
        """Return the side that the one-sided bound stands on: the side on which a value fails."""
        return "upper" if self.passes == "below" else "lower"


@dataclass(frozen=True)
class Questions:
    """Which questions of the form carry what the indicators need."""

    persons: str
    satisfaction: tuple[str, ...]
    recognition: str
    suspicion: str
    standard: str


@dataclass(frozen=True)
class Pack:
    """One rule pack; docs/formats.md, Rule pack."""

    name: str
    edition: str
    region: str
    year: int
    programme: str
    note: str
    level: float
    alpha: float
    decimals: int
    interval: str
    lonely_psu: str
    planned_deff: Mapping[str, float]
    readings: Mapping[str, str]
    thresholds: Mapping[str, PackThreshold]
    questions: Questions
    satisfied: tuple[str, ...]
    recognised: tuple[str, ...]
    suspicions: Mapping[str, str]
    asked: tuple[str, ...]

    def title(self) -> str:
        """Return the words that stand beside every threshold."""
        return f"{self.name}（{self.region}，{self.year}年，第{self.edition}版）"

    def short_title(self) -> str:
        """Return the words by which people choose the pack."""
        return f"{self.name} {self.edition}"


def persons_of(answers: Mapping[str, str | None], pack: Pack) -> int | None:
    """Return a household's size as interviewed; None when the question has no usable answer."""
    text = answers.get(pack.questions.persons) or ""
    return int(text) if text.isascii() and text.isdigit() and 0 < int(text) < MOST_PERSONS else None


def suspicion_of(answers: Mapping[str, str | None], pack: Pack) -> str | None:
    """Return the kind of case that an interview suspects; None when it suspects none."""
    return pack.suspicions.get(answers.get(pack.questions.suspicion) or "")


def read_pack(data: bytes, file: str = "pack.yaml") -> tuple[Pack | None, list[Complaint]]:
    """Read a pack; every place where it leaves the format is named at once."""
    try:
        document = parse_document(data.decode("utf-8"), file)
    except UnicodeDecodeError:
        return None, [complain("pack.encoding", file=file, row=1)]
    complaints = list(document.complaints) or described(_validator().iter_errors(document.value), file)
    return (None, complaints) if complaints else (_pack(document.value), [])


@cache
def short_title_of(name: str) -> str:
    """Return the short title of a shipped pack; the name of the file where it is shipped no longer."""
    pack = read_pack(pack_bytes(name))[0] if name in pack_names() else None
    return name if pack is None else pack.short_title()


def _pack(value: Mapping[str, Any]) -> Pack:
    thresholds = {name: PackThreshold(float(each["value"]), each["pass"]) for name, each in value["thresholds"].items()}
    asked = value["questions"]
    return Pack(
        **{name: value[name] for name in ("name", "edition", "region", "year", "programme", "note", "decimals")},
        level=float(value["level"]),
        alpha=float(value["alpha"]),
        interval=value["interval"],
        lonely_psu=value.get("lonely_psu", "fail"),
        planned_deff={unit: float(number) for unit, number in value["planned_deff"].items()},
        readings=dict(value["readings"]),
        thresholds=thresholds,
        questions=Questions(
            asked["persons"], tuple(asked["satisfaction"]), asked["recognition"], asked["suspicion"], asked["standard"]
        ),
        satisfied=tuple(value["satisfied"]),
        recognised=tuple(value["recognised"]),
        suspicions=dict(value["suspicions"]),
        asked=tuple(value["asked"]),
    )


@cache
def _validator() -> "Draft202012Validator":
    from jsonschema import Draft202012Validator  # noqa: PLC0415 (loaded when a document is checked)

    text = files("evalsvc.evaluations").joinpath("rule_pack.schema.json").read_text(encoding="utf-8")
    return Draft202012Validator(json.loads(text))
