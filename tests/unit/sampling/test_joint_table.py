"""The joint probabilities of a draw's main units are worked out from its frame, or it is said why not."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from sampling import joint_table as module
from sampling.design import Design
from sampling.design_check import check_design
from sampling.drawn_groups import Wanted
from sampling.errors import Complaint, SamplingError
from sampling.frame import Frame
from sampling.joint_table import GroupJoint, joint_table
from sampling.manifest import Manifest
from sampling.methods import sampford
from sampling.methods.catalogue import METHODS
from tests.unit.sampling.test_draw import design_of, draw, frame_of

ROWS = [
    f"c{c},{'east' if c < 2 else 'west'},c{c}v{v},{'xy'[v % 2]},{v + 1}.0,c{c}v{v}h{h},{'abc'[h % 3]},{h + 1},1.5"
    for c in range(3)
    for v in range(4)
    for h in range(7)
]
SAMPFORD = """
purposive: [{level: village, column: village_code, values: [c0v0], reason: 偏远}]
stages:
  - {name: village, method: sampford, size: {column: land}, joint_method: exact, take: 4}
  - {name: household, strata: [stratum], method: equal, take: 2, reserves: 1, when_short: take_all}
"""
HOUSEHOLDS = """
stages:
  - {name: county, method: equal, take: all}
  - {name: household, method: brewer, size: {column: size}, take: 5, reserves: 3}
"""


@pytest.fixture(scope="module")
def frame(tmp_path_factory: pytest.TempPathFactory) -> Frame:
    return frame_of(ROWS, tmp_path_factory.mktemp("joint"))


def drawn(text: str, frame: Frame) -> tuple[Design, Manifest]:
    design = design_of(text)
    return design, draw(design, frame)


def table(text: str, frame: Frame, wanted: Wanted | None = None) -> list[GroupJoint]:
    return list(joint_table(drawn(text, frame)[1], frame, wanted or Wanted()))


def refusal(manifest: Manifest, frame: Frame, wanted: Wanted | None = None) -> SamplingError:
    with pytest.raises(SamplingError) as raised:
        list(joint_table(manifest, frame, wanted or Wanted()))
    return raised.value


def test_groups_stand_in_the_manifests_order_with_the_pairs_of_their_lists(frame: Frame) -> None:
    _, manifest = drawn(SAMPFORD, frame)
    villages, *households = joint_table(manifest, frame)
    main = [unit for unit in manifest.stages[0].units if unit.sample_type != "purposive"]
    assert list(villages.units) == main
    assert (villages.method, villages.joint_method) == ("sampford", "exact")
    land = np.array([v + 1.0 for c in range(3) for v in range(4) if (c, v) != (0, 0)])
    ids = [f"c{c}v{v}" for c in range(3) for v in range(4) if (c, v) != (0, 0)]
    whole = sampford.joint(4 * land / land.sum())
    at = [ids.index(unit.id) for unit in main]
    assert np.abs(villages.joint - whole[np.ix_(at, at)]).max() < 1e-14
    assert sum(1 for _ in villages.pairs()) == 6
    # Four villages were drawn and one was chosen, in which nothing has a probability; classes hold 3, 2 and 2.
    assert [group.parent for group in households] == [
        unit.id for unit in sorted(main, key=lambda u: u.id) for _ in "abc"
    ]
    assert [group.joint[0, 1] for group in households[:3]] == [2 / 6, 1.0, 1.0]


def test_reserves_lower_the_chance_of_two_main_units(frame: Frame) -> None:
    groups = table(HOUSEHOLDS, frame, Wanted("household", "c1"))
    assert [group.parent for group in groups] == ["c1"]
    assert groups[0].joint_method == "brewer"
    own = groups[0].joint.diagonal()
    off = groups[0].joint[~np.eye(5, dtype=bool)]
    assert own.tolist() == [unit.probability for unit in groups[0].units]
    released = 5 * 4 / (8 * 7)
    assert (off < released * np.repeat(own, 4) * 8 / 5).all()  # together less often than one of them alone


def test_units_below_the_ones_asked_for_stay_out(frame: Frame) -> None:
    groups = table(SAMPFORD, frame, Wanted("household", stratum="b"))
    assert {group.stratum for group in groups} == {"b"}
    _, manifest = drawn(SAMPFORD, frame)
    assert refusal(manifest, frame, Wanted("town")).code == "draw.no_such_group"
    assert refusal(manifest, frame, Wanted("village", stratum="x")).code == "draw.no_such_group"


def test_what_has_no_joint_probabilities_says_so(frame: Frame, say: Callable[[Complaint], tuple[str, str]]) -> None:
    fixed = HOUSEHOLDS.replace("brewer", "pps_systematic, order: frame, joint_method: successive-differences").replace(
        ", reserves: 3", ""
    )
    design, manifest = drawn(fixed, frame)
    assert design.stages[1].joint_method == "successive-differences"
    error = refusal(manifest, frame)
    assert error.code == "draw.no_joint"
    assert [one.code for one in error.complaints] == ["draw.joint_unknown"]
    assert "successive-differences" in say(error.complaints[0])[0]
    assert list(joint_table(manifest, frame, Wanted("county")))


def test_groups_beyond_the_limits_are_named(
    frame: Frame, monkeypatch: pytest.MonkeyPatch, say: Callable[[Complaint], tuple[str, str]]
) -> None:
    _, manifest = drawn(SAMPFORD, frame)
    monkeypatch.setattr(module, "MOST_DRAWN", 3)
    monkeypatch.setitem(METHODS, "sampford", replace(METHODS["sampford"], most_joint_units=10))  # type: ignore[misc]
    found = refusal(manifest, frame).complaints
    assert [one.code for one in found] == ["draw.joint_too_many"]
    monkeypatch.setattr(module, "MOST_DRAWN", 4)
    found = refusal(manifest, frame).complaints
    assert [(one.code, one.details["units"], one.details["limit"]) for one in found] == [
        ("draw.joint_too_large", 11, 10)
    ]
    for one in found:
        say(one)


def test_approximations_that_do_not_fit_are_named(
    tmp_path_factory: pytest.TempPathFactory, say: Callable[[Complaint], tuple[str, str]]
) -> None:
    rows = [f"c0,east,c0v{v},x,{land},h{v},a,1,1.5" for v, land in enumerate([99.9, 99.9, 0.1, 0.1])]
    frame = frame_of(rows, tmp_path_factory.mktemp("uneven"))
    text = "stages:\n  - {name: village, method: sampford, size: {column: land}, joint_method: hajek, take: 2}\n"
    found = refusal(drawn(text, frame)[1], frame).complaints
    assert [(one.code, one.details["joint_method"]) for one in found] == [("draw.joint_not_found", "hajek")]
    say(found[0])


@pytest.mark.parametrize("method", ["equal", "sampford, size: {column: size}, joint_method: exact"])
def test_units_below_a_village_drawn_several_times_are_taken_together(frame: Frame, method: str) -> None:
    text = f"""
stages:
  - {{name: village, method: with_replacement, size: {{count: household}}, take: 10}}
  - {{name: household, method: {method}, take: 1}}
"""
    _, manifest = drawn(text, frame)
    times = {unit.id: unit.times or 0 for unit in manifest.stages[0].units}
    assert max(times.values()) > 1
    groups = list(joint_table(manifest, frame, Wanted("household")))
    assert {group.parent: len(group.units) for group in groups} == {parent: min(k, 7) for parent, k in times.items()}
    for group in groups:
        if method == "equal" and len(group.units) > 1:
            assert group.joint[0, 1] == len(group.units) * (len(group.units) - 1) / 42
    assert refusal(manifest, frame).complaints[0].details["joint_method"] == "with-replacement"


def test_another_frame_or_a_changed_manifest_is_refused(frame: Frame, tmp_path_factory: pytest.TempPathFactory) -> None:
    _, manifest = drawn(SAMPFORD, frame)
    other = frame_of(ROWS[:-1], tmp_path_factory.mktemp("other"))
    assert refusal(manifest, other).code == "draw.frame_not_of_draw"
    assert refusal(replace(manifest, stages=manifest.stages[:1]), frame).code == "draw.stages_differ"
    first = manifest.stages[0]
    likelier = replace(first.units[0], probability=0.9)
    counted = replace(first.strata[0], population=12)
    for changed in (
        replace(first, units=(likelier, *first.units[1:])),
        replace(first, units=first.units[1:]),
        replace(first, strata=(counted,)),
    ):
        error = refusal(replace(manifest, stages=(changed, *manifest.stages[1:])), frame, Wanted("village"))
        assert error.code == "draw.group_differs"


def test_a_design_whose_exact_pairs_nobody_could_compute_is_named_before_the_draw(
    tmp_path_factory: pytest.TempPathFactory, say: Callable[[Complaint], tuple[str, str]]
) -> None:
    rows = [f"c0,east,v0,x,1.0,h{h:04d},a,{h % 9 + 1},1.5" for h in range(2_001)]
    frame = frame_of(rows, tmp_path_factory.mktemp("large"))
    text = """
stages:
  - {name: household, method: sampford, size: {column: size}, take: 20, joint_method: JOINT}
"""
    assert check_design(design_of(text.replace("JOINT", "brewer")), frame) == []
    found = check_design(design_of(text.replace("JOINT", "exact")), frame)
    assert [(one.code, one.column) for one in found] == [("design.joint_too_large", "stages[0].joint_method")]
    say(found[0])
