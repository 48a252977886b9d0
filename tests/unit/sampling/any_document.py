"""Good documents of designs, what may be put in their places, and how any of them is read."""

import json
import math
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from hypothesis import strategies as st

from sampling.design import Design, canonical, design_text, load_design
from sampling.errors import Complaint
from sampling.hashing import sha256_text

Say = Callable[[Complaint], tuple[str, str]]
Junk = dict[str, Any]

SECRET = sha256_text("an invented secret")
AT, LATER = "2026-03-01T08:00:00Z", "2026-03-02T08:00:00Z"
LEVELS: list[Junk] = [
    {"name": "county", "id": "county_code", "columns": {"region": "text", "remaining": "integer", "scale": "integer"}},
    {
        "name": "village",
        "id": "village_code",
        "columns": {"kind": "text", "land": "decimal(1)", "east": "decimal(2)", "north": "decimal(2)"},
    },
    {
        "name": "household",
        "id": "id",
        "columns": {"class": "text", "persons": "integer", "rooms": "integer", "weight": "text"},
    },
]
HEAD: Junk = {"version": 1, "evaluation": "test", "draw": 1, "frame": {"levels": LEVELS}}
PLAIN_STAGES: list[Junk] = [
    {"name": "village", "method": "pps_systematic", "size": {"count": "household"}, "take": 2},
    {"name": "household", "method": "equal", "strata": ["class"], "take": 2, "reserves": 1, "when_short": "take_all"},
]
RICH: Junk = {
    **HEAD,
    "title": "方案",
    "only": [{"level": "county", "column": "region", "values": ["东"]}],
    "exclude": [{"level": "village", "column": "kind", "values": ["y"], "reason": "不评"}],
    "purposive": [{"level": "village", "column": "village_code", "values": ["c0v0"], "reason": "偏远"}],
    "public": {"source": "福彩", "round": "1", "form": "数字"},
    "prn_from": {"manifest_sha256": "a" * 64, "seed": "b" * 64, "shift": "0.25", "stages": ["household"]},
    "first_phase": {"manifest_sha256": "a" * 64, "weight": "weight"},
    "fieldwork": {"cost": {"village": "300", "household": "60.5"}, "minutes": {"household": 40}, "teams": 3},
    "stages": [
        {
            "name": "county",
            "method": "equal",
            "strata": ["region"],
            "take": {"precision": {"rate": "0.1", "half_width": "0.3", "each": 2}, "allocation": "power", "minimum": 0},
            "when_short": "take_all",
        },
        {
            "name": "village",
            "method": "spread",
            "coordinates": {"degrees": ["east", "north"]},
            "size": {"column": "land"},
            "take": {"each": "40%", "by": [{"when": {"region": "东"}, "take": "all"}], "minimum": 1, "maximum": 3},
        },
        {
            "name": "household",
            "method": "equal",
            "strata": ["class"],
            "take": {
                "total": 5,
                "allocation": "cost-optimal",
                "deviation": {"each": "0.3", "by": [{"when": {"class": "a"}, "value": "0.1"}]},
                "cost": "60",
                "maximum": 4,
            },
            "reserves": {"each": 1, "by": [{"when": {"class": "b"}, "take": "20%"}]},
            "when_short": "take_all",
            "unannounced": 1,
        },
    ],
}
LATER_LISTS: Junk = {
    **HEAD,
    "stages": [
        {"name": "village", "method": "balanced", "balance": ["land"], "take": 2},
        {"name": "household", "method": "equal", "take": 3, "reserves": 2, "listed": "later", "when_short": "take_all"},
    ],
}
GOOD = [{**HEAD, "stages": PLAIN_STAGES}, RICH, LATER_LISTS]


def whole(document: Junk) -> Junk:
    """Write a good document in its canonical form."""
    design = load_design(json.dumps(document)).design
    assert design is not None
    return canonical(design)


@cache
def good_documents() -> list[Junk]:
    return [*GOOD, *map(whole, GOOD)]


JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 3),
    st.sampled_from([10**9, 2**53, -(10**30), 10**400, 3.0, 0.5, math.nan, math.inf, -0.0, 1e22]),
    st.sampled_from(
        ["", "all", "0%", "100%", "20%\n", "ä", "e\u0301", "\0", "\ud800", "\u202e", "village", "land", "1e9"]
    ),
    st.sampled_from([[], {}, [[]], [None], {"a": {"b": [1]}}, {"total": 3}, {"each": 1}, {"precision": {}}, ["kind"]]),
    st.text(max_size=4),
)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Name every place of a document by its keys."""
    yield path
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in parts:
        yield from places(part, (*path, key))


def at(document: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        document = document[key]
    return document


def read_or_complain(text: str, say: Say) -> Design | None:
    """Read a design: complaints are sentences in both languages, a design is the same when it is read again."""
    reading = load_design(text, "方案.yaml")
    assert (reading.design is None) == bool(reading.complaints)
    for one in reading.complaints:
        for sentence in say(one):
            assert sentence.encode()
    if reading.design is not None:
        assert load_design(design_text(reading.design)).design == reading.design
        json.dumps(canonical(reading.design))
    return reading.design
