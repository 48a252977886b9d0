"""The speed of forms: every piece of work is really done, by ours and by its peer."""

from benchmarks.form_check import LXML, PYXFORM, lanes_of, sections
from benchmarks.form_scaling import ACROSS, growing_forms, growing_rows, growth, sixty_lanes
from benchmarks.timing import race


def test_every_piece_of_work_runs_and_is_told_with_its_ratio() -> None:
    definition, lanes, facts = lanes_of(4)
    assert len(definition.questions) > 100
    assert facts["With complaints"] == "0"
    done = {name: lane.work() for name, lane in lanes.items()}
    assert {len(found) for name, found in done.items() if lanes[name].things == 4} == {4}
    assert {lane.peer for lane in lanes.values()} == {None, LXML, PYXFORM}
    page = "\n".join(sections(race(lanes, 1), facts, 4, 1))
    assert all(f"| {name} | " in page for name in lanes)


def test_larger_forms_and_rosters_are_checked_without_complaints() -> None:
    assert all(len(lane.work()) == 2 for lane in sixty_lanes(2).values())  # type: ignore[arg-type]
    grown = [*growing_forms((10, 12)), *growing_rows(ACROSS, (2, 5))]
    assert [each.size for each in grown] == [60, 70, 2, 5]
    assert {each.complaints for each in grown} == {0}
    assert growth("Rows", grown).count("\n") == 5
