"""Manifests changed at random places are refused or do not verify; no check stops on the way."""

import copy
import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sampling.design import load_design
from sampling.errors import SamplingError
from sampling.frame import Frame, write_frame
from sampling.listing import bind_lists, continue_draw
from sampling.manifest import Manifest
from sampling.verify import verify_draw
from tests.unit.sampling.any_document import (
    AT,
    HEAD,
    JUNK,
    LATER,
    LATER_LISTS,
    PLAIN_STAGES,
    RICH,
    Junk,
    Say,
    at,
    places,
)
from tests.unit.sampling.any_frame import (
    drawn,
    frame_of,
    told,
    verified,
    with_lists_of,
    without_last_level,
)


@cache
def stated() -> tuple[tuple[Manifest, Frame], ...]:
    """Draw a few manifests to be changed."""
    rows = [
        {
            **{
                "county_code": f"c{c}",
                "region": "东",
                "remaining": 3,
                "village_code": f"c{c}v{v}",
                "kind": "xy"[v % 2],
            },
            **{"land": "1.5", "east": "1.00", "north": "2.00", "id": f"c{c}v{v}h{h}", "class": "ab"[h % 2]},
            **{"scale": 1, "rooms": 2, "persons": 1 + h, "weight": "1.25"},
        }
        for c in range(2)
        for v in range(3)
        for h in range(4)
    ]
    frame = frame_of(rows)
    first = load_design(json.dumps({**HEAD, "stages": PLAIN_STAGES})).design
    rules = {key: RICH[key] for key in ("purposive", "prn_from", "first_phase")}
    second = load_design(
        json.dumps({**HEAD, **rules, "stages": [{**PLAIN_STAGES[0], "unannounced": 1}, PLAIN_STAGES[1]]})
    )
    third = load_design(json.dumps(LATER_LISTS)).design
    assert first is not None and second.design is not None and third is not None
    upper = without_last_level(frame)
    begun = drawn(third, upper)[1]
    whole_list = with_lists_of(upper, begun, frame)
    entries = bind_lists(begun, whole_list, at=LATER)
    later = continue_draw(begun, whole_list, entries, drawn_at=LATER, code_version="test")
    return (drawn(first, frame)[1], frame), (drawn(second.design, frame)[1], frame), (later, whole_list)


def test_manifests_before_they_are_changed_are_right(tmp_path: Path) -> None:
    for manifest, frame in stated():
        verified(manifest, frame, tmp_path)


NOT_BOUND = {("code_version",), ("time_stamp",), ("drawn_at",), ("continues",)}
"""What nothing in manifest and frame says: the program, a time stamp, a later time, the manifest before."""
NUMBERS_TEXTS = st.sampled_from(
    [
        "",
        "0" * 64,
        "F" * 64,
        "2026-02-30T00:00:00Z",
        "2026-03-01T08:00:00Z",
        "c0",
        "c0v0h1",
        "village",
        "certainty",
        None,
        -1,
        0,
        0.5,
    ]
)


@st.composite
def changed(choose: st.DrawFn) -> tuple[int, Junk, set[tuple[Any, ...]]]:
    """Change a manifest at a few random places, most often inside its lists."""
    number = choose(st.integers(0, 2))
    document = json.loads(stated()[number][0].to_json())
    touched: set[tuple[Any, ...]] = set()
    for _ in range(choose(st.integers(1, 2))):
        path = choose(st.sampled_from([each for each in places(document) if each]))
        owner, key = at(document, path[:-1]), path[-1]
        kind = choose(st.sampled_from(["value", "value", "junk", "drop", "twice", "swap", "graft"]))
        if kind == "drop":
            del owner[key]
        elif kind in ("twice", "swap") and isinstance(owner, list):
            other = choose(st.integers(0, len(owner) - 1))
            if kind == "twice":
                owner.append(copy.deepcopy(owner[other]))
            else:
                owner[key], owner[other] = owner[other], owner[key]
        elif kind == "graft":
            owner[key] = copy.deepcopy(at(document, choose(st.sampled_from(list(places(document))))))
        else:
            owner[key] = copy.deepcopy(choose(JUNK if kind == "junk" else NUMBERS_TEXTS))
        touched.add(path)
    return number, document, touched


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(changed())
def test_any_changed_manifest_is_refused_or_does_not_verify(
    say: Say, tmp_path_factory: pytest.TempPathFactory, change: tuple[int, Junk, set[tuple[Any, ...]]]
) -> None:
    number, document, touched = change
    original, frame = stated()[number]
    try:
        manifest = Manifest.from_json(json.dumps(document))
    except SamplingError as error:
        assert told(error.complaints, say)
        return
    path = tmp_path_factory.mktemp("changed") / "frame.parquet"
    write_frame(frame, path)
    findings = verify_draw(manifest, path)
    told([each.complaint for each in findings if each.complaint is not None], say)
    if touched <= NOT_BOUND or json.loads(original.to_json()) == json.loads(manifest.to_json()):
        return
    assert not all(each.ok for each in findings), touched


def test_a_list_that_is_bound_twice_does_not_verify(tmp_path: Path) -> None:
    manifest, frame = stated()[2]
    first = manifest.lists[0]
    twice = replace(manifest, frames=(*manifest.frames, replace(first, committed_at=AT)))
    write_frame(frame, tmp_path / "frame.parquet")
    wrong = [each for each in verify_draw(twice, tmp_path / "frame.parquet") if not each.ok]
    assert [(each.place, each.expected, each.found) for each in wrong] == [(f"lists {first.parent}", 1, 2)]
