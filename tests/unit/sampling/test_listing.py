"""Lists that come when their villages are drawn: bound one by one, drawn from, and nothing drawn before changes."""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

from sampling.commitment import commit, hash_secret
from sampling.design import Design, canonical, load_design
from sampling.design_check import check_design
from sampling.draw import run_draw
from sampling.errors import Complaint, SamplingError
from sampling.frame import Frame, FrameMapping, read_frame, write_frame
from sampling.listing import bind_lists, continue_draw
from sampling.manifest import Manifest
from sampling.verify import branches_seen, verify_draw

Say = Callable[[Complaint], tuple[str, str]]
Independent = Callable[[Manifest, Frame], list[str]]

SECRET = "5e" * 32
DESIGN = """
version: 1
evaluation: later
draw: 1
frame:
  levels:
    - {name: county, id: county_code}
    - {name: village, id: village_code, columns: {households: integer}}
    - {name: household, id: household_id, columns: {household_class: text}}
stages:
  - {name: village, strata: [county_code], method: pps_systematic, size: {column: households}, take: 2}
  - {name: household, strata: [household_class], method: equal, listed: later, take: 2, reserves: 1,
     when_short: take_all}
"""
COUNTIES = ("c1", "c2")


@pytest.fixture(scope="module")
def design() -> Design:
    reading = load_design(DESIGN)
    assert reading.design is not None, reading.complaints
    return reading.design


def frame_of(folder: Path, design: Design, listed: dict[str, int], counties: tuple[str, ...] = COUNTIES) -> Frame:
    """Four villages in each county; some of them with so many households."""
    lines = ["county_code,village_code,households,household_id,household_class"]
    for county in counties:
        for number in range(4):
            head = f"{county},{county}v{number},{10 + number}"
            households = [f"{county}v{number}h{h},{'ab'[h % 2]}" for h in range(listed.get(f"{county}v{number}", 0))]
            lines += [f"{head},{household}" for household in households or [","]]
    path = folder / "frame.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    reading = read_frame(path, FrameMapping(design.levels))
    assert reading.frame is not None, reading.complaints
    return reading.frame


def saved(frame: Frame, folder: Path, name: str = "frame.parquet") -> Path:
    path = folder / name
    if frame.table is None:
        assert frame.path is not None
        return frame.path
    write_frame(frame, path)
    return path


@pytest.fixture
def first(tmp_path: Path, design: Design) -> Manifest:
    frame = frame_of(tmp_path, design, {})
    bound = commit(design, frame, hash_secret(SECRET), committed_at="2026-03-01T08:00:00Z")
    drawn = run_draw(design, frame, bound, SECRET, None, drawn_at="2026-03-02T08:00:00Z", code_version="test")
    assert [finding for finding in verify_draw(drawn, saved(frame, tmp_path)) if not finding.ok] == []
    return drawn


def villages(manifest: Manifest) -> list[str]:
    return [unit.id for unit in manifest.stages[0].units]


def go_on(manifest: Manifest, frame: Frame, day: int) -> Manifest:
    entries = bind_lists(manifest, frame, at=f"2026-03-{day:02d}T08:00:00Z")
    return continue_draw(manifest, frame, entries, drawn_at=f"2026-03-{day:02d}T09:00:00Z", code_version="test")


def test_lists_are_drawn_from_as_they_come(tmp_path: Path, design: Design, first: Manifest) -> None:
    assert first.lists == () and first.stages[1].units == () and len(villages(first)) == 4
    one, *others = villages(first)
    early = go_on(first, frame_of(tmp_path, design, {one: 8}), 3)
    assert [entry.parent for entry in early.lists] == [one]
    assert {unit.parent for unit in early.stages[1].units} == {one}
    everything = frame_of(tmp_path, design, {one: 8, **dict.fromkeys(others, 7)})
    late = go_on(early, everything, 4)
    assert late.stages[0] == first.stages[0]
    assert {unit.parent for unit in late.stages[1].units} == set(villages(first))
    kept = {unit.id: unit for unit in late.stages[1].units}
    assert all(kept[unit.id] == unit for unit in early.stages[1].units)
    village = {unit.id: unit for unit in late.stages[0].units}
    for unit in late.stages[1].units:
        if unit.sample_type != "reserve":
            assert unit.weight == 1 / (village[unit.parent or ""].probability * unit.probability)  # type: ignore[operator]
    at_once = go_on(first, everything, 4)
    assert at_once.stages == late.stages  # in whatever order lists come
    assert Manifest.from_json(late.to_json()) == late
    assert early.continues is not None and late.continues != early.continues


def test_what_came_later_is_verified_whole_and_by_a_county(tmp_path: Path, design: Design, first: Manifest) -> None:
    listed = dict.fromkeys(villages(first), 8)
    frame = frame_of(tmp_path, design, listed)
    manifest = go_on(first, frame, 3)
    assert [finding for finding in verify_draw(manifest, saved(frame, tmp_path)) if not finding.ok] == []
    county = frame_of(tmp_path, design, listed, counties=("c1",))
    branch = verify_draw(manifest, saved(county, tmp_path, "c1.parquet"))
    assert [finding for finding in branch if not finding.ok] == []
    assert sum(finding.place.startswith("lists c1") for finding in branch) == 2
    # The other county's lists are bound in the manifest; their times and hashes are no branch that the file holds.
    assert branches_seen(branch) == ("c1",)
    (told,) = [finding.complaint for finding in branch if finding.place == "lists"]
    assert told is not None and told.code == "draw.lists_outside"
    assert dict(told.details) == {"checked": 2, "outside": 2}
    gone = frame_of(tmp_path, design, {villages(first)[0]: 8}, counties=("c1",))
    missing = [each.place for each in verify_draw(manifest, saved(gone, tmp_path, "c1.parquet")) if not each.ok]
    assert f"lists {villages(first)[1]}" in missing, "a list of its own village that the file lacks is no other's"
    # One household fewer in a list, or a list that was bound after the draw, shows.
    fewer = frame_of(tmp_path, design, {**listed, villages(first)[0]: 7})
    wrong = [finding.place for finding in verify_draw(manifest, saved(fewer, tmp_path)) if not finding.ok]
    assert f"lists {villages(first)[0]}" in wrong
    frames = tuple(
        replace(entry, committed_at="2026-03-09T08:00:00Z") if entry in manifest.lists else entry
        for entry in manifest.frames
    )
    late = verify_draw(replace(manifest, frames=frames), saved(frame, tmp_path))
    assert sum(not finding.ok for finding in late) == 4
    dropped = replace(manifest, frames=manifest.frames[:-1])
    assert not all(finding.ok for finding in verify_draw(dropped, saved(frame, tmp_path)))


def test_drawn_villages_that_were_never_listed_are_told(
    tmp_path: Path, design: Design, first: Manifest, say: Say
) -> None:
    one, *others = villages(first)
    frame = frame_of(tmp_path, design, {one: 8})
    manifest = go_on(first, frame, 3)
    found = [each for each in verify_draw(manifest, saved(frame, tmp_path)) if each.complaint is not None]
    assert [(each.place, each.ok, each.extent, each.found) for each in found] == [
        ("stages[1].lists", True, "partial", tuple(others))
    ]
    assert found[0].complaint is not None and found[0].complaint.code == "draw.not_listed"
    assert all(text in say(found[0].complaint)[0] for text in ("4 个", "3 个", others[0]))
    # A county with its own rows is told of its own villages and of those of others: the manifest has them all.
    county = frame_of(tmp_path, design, {one: 8}, counties=("c1",))
    branch = verify_draw(manifest, saved(county, tmp_path, "c1.parquet"))
    assert [each.found for each in branch if each.place == "stages[1].lists"] == [tuple(others)]
    everything = frame_of(tmp_path, design, dict.fromkeys(villages(first), 8))
    late = go_on(manifest, everything, 4)
    assert all(each.extent == "full" for each in verify_draw(late, saved(everything, tmp_path)))


def test_classes_that_no_list_holds_yet_are_no_fault(tmp_path: Path) -> None:
    """Class rules of a stage that is listed later are those of lists to come, before any and after some."""
    by = "{each: 1, by: [{when: {household_class: a}, take: 2}, {when: {household_class: never}, take: 1}]}"
    reading = load_design(DESIGN.replace("take: 2, reserves: 1", f"take: {by}, reserves: 1"))
    assert reading.design is not None, reading.complaints
    design = reading.design
    frame = frame_of(tmp_path, design, {})
    bound = commit(design, frame, hash_secret(SECRET), committed_at="2026-03-01T08:00:00Z")
    drawn = run_draw(design, frame, bound, SECRET, None, drawn_at="2026-03-02T08:00:00Z", code_version="test")
    one = villages(drawn)[0]
    late = go_on(drawn, frame_of(tmp_path, design, {one: 8}), 3)
    taken = [unit.stratum for unit in late.stages[1].units if unit.sample_type != "reserve"]
    assert sorted(taken) == ["a", "a", "b"]
    saved_frame = saved(frame_of(tmp_path, design, {one: 8}), tmp_path)
    assert [finding for finding in verify_draw(late, saved_frame) if not finding.ok] == []
    # A line on a column that is known stays checked.
    wrong = load_design(
        DESIGN.replace(
            "take: 2, reserves: 1", f"take: {by.replace('household_class: never', 'county_code: c9')}"
        ).replace("strata: [household_class]", "strata: [county_code, household_class]")
    ).design
    assert wrong is not None
    assert [one.code for one in check_design(wrong, frame)] == ["design.unknown_value"]


@pytest.mark.parametrize("rule", ["only", "exclude", "purposive"])
def test_no_rule_rests_on_what_is_filled_in_when_the_seed_is_known(rule: str, say: Say) -> None:
    for column in ("household_class", "household_id"):
        text = f"{DESIGN}{rule}:\n  - {{level: household, column: {column}, values: [x], reason: r}}\n"
        found = load_design(text if rule != "only" else text.replace(", reason: r", "")).complaints
        assert [(one.code, one.column) for one in found] == [("design.rule_on_later", f"{rule}[0]")]
        assert column in say(found[0])[0]
    above = f"{DESIGN}{rule}:\n  - {{level: village, column: village_code, values: [c1v0], reason: r}}\n"
    assert load_design(above if rule != "only" else above.replace(", reason: r", "")).complaints == ()


def test_a_checker_written_from_the_page_agrees_at_every_step(
    tmp_path: Path, design: Design, first: Manifest, checker: ModuleType, check_independently: Independent
) -> None:
    one, *others = villages(first)
    assert check_independently(first, frame_of(tmp_path, design, {})) == []
    some = frame_of(tmp_path, design, {one: 8})
    early = go_on(first, some, 3)
    assert check_independently(early, some) == []
    assert checker.unlisted(json.loads(early.to_json())) == others
    everything = frame_of(tmp_path, design, {one: 8, **dict.fromkeys(others, 7)})
    late = go_on(early, everything, 4)
    assert check_independently(late, everything) == []
    assert checker.unlisted(json.loads(late.to_json())) == []
    fewer = frame_of(tmp_path, design, {one: 7, **dict.fromkeys(others, 7)})
    assert f"list {one}" in check_independently(late, fewer)
    assert f"list {others[0]}" in check_independently(late, some)
    swapped = tuple(replace(each, parent="c1v9") if each.parent == one else each for each in late.frames)
    assert "list of c1v9, which was not drawn" in check_independently(replace(late, frames=swapped), everything)
    hasty = replace(late, drawn_at="2026-03-03T08:30:00Z")
    assert f"time of the list {others[0]}" in check_independently(hasty, everything)


def test_the_list_of_a_village_that_was_drawn_several_times_gives_as_many_takes(
    tmp_path: Path, check_independently: Independent
) -> None:
    again = DESIGN.replace(
        "pps_systematic, size: {column: households}, take: 2", "with_replacement, size: {column: households}, take: 4"
    )
    design = load_design(again).design
    assert design is not None
    frame = frame_of(tmp_path, design, {})
    bound = commit(design, frame, hash_secret(SECRET), committed_at="2026-03-01T08:00:00Z")
    manifest = run_draw(design, frame, bound, SECRET, None, drawn_at="2026-03-02T08:00:00Z", code_version="test")
    times = {unit.id: unit.times or 0 for unit in manifest.stages[0].units}
    assert max(times.values()) > 1
    listed = frame_of(tmp_path, design, dict.fromkeys(times, 20))
    went_on = go_on(manifest, listed, 3)
    main = Counter(unit.parent for unit in went_on.stages[1].units if unit.sample_type != "reserve")
    reserves = Counter(unit.parent for unit in went_on.stages[1].units if unit.sample_type == "reserve")
    classes, take = 2, 2
    assert main == {village: classes * take * k for village, k in times.items()}
    assert reserves == {village: classes * k for village, k in times.items()}
    assert check_independently(went_on, listed) == []
    assert all(finding.ok for finding in verify_draw(went_on, saved(listed, tmp_path)))


def test_what_cannot_be_bound_is_refused(tmp_path: Path, design: Design, first: Manifest, say: Say) -> None:
    one = villages(first)[0]
    undrawn = next(f"c1v{number}" for number in range(4) if f"c1v{number}" not in villages(first))

    def refused(act: Callable[[], object]) -> SamplingError:
        with pytest.raises(SamplingError) as error:
            act()
        for complaint in error.value.complaints or [Complaint(error.value.code, details=error.value.details)]:
            say(complaint)
        return error.value

    at = "2026-03-03T08:00:00Z"
    assert refused(lambda: bind_lists(first, frame_of(tmp_path, design, {}), at=at)).code == "draw.nothing_listed"
    stranger = refused(lambda: bind_lists(first, frame_of(tmp_path, design, {undrawn: 3}), at=at))
    assert [one.code for one in stranger.complaints] == ["draw.list_of_undrawn"]
    other = frame_of(tmp_path, design, {"c1v0": 3}, counties=("c1",))
    assert "draw.frame_not_of_draw" in [one.code for one in refused(lambda: bind_lists(first, other, at=at)).complaints]
    entries = bind_lists(first, frame_of(tmp_path, design, {one: 5}), at=at)
    changed = frame_of(tmp_path, design, {one: 6})
    error = refused(lambda: continue_draw(first, changed, entries, drawn_at=at, code_version="test"))
    assert (error.code, [each.code for each in error.complaints]) == ("draw.lists_refused", ["draw.list_differs"])
    early = frame_of(tmp_path, design, {one: 5})
    listed = refused(lambda: commit(design, early, hash_secret(SECRET), committed_at=at))
    assert [each.code for each in listed.complaints] == ["design.listed_early"]
    known = load_design(DESIGN.replace("listed: later, ", "")).design
    assert known is not None
    complete = replace(first, design=canonical(known))
    assert refused(lambda: bind_lists(complete, early, at=at)).code == "draw.no_lists_awaited"
