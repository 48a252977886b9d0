"""However a sample is found, in stretches, by lists or by ranks, in arrays or unit by unit, it is the same sample."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sampling import engine, stage_draw, taken_units
from sampling.frame import Frame
from sampling.groups import Group, GroupTake
from sampling.long_lists import long_list
from sampling.manifest import Manifest, ManifestUnit
from sampling.methods.systematic import systematic_pps
from sampling.methods.systematic_arrays import systematic_pps_arrays
from sampling.stages import Size, Stage
from sampling.takes import TakeEach
from sampling.tickets import TICKET_RANGE, Tickets
from tests.unit.sampling.test_draw import DESIGNS, design_of, draw, frame_of

ROWS = [
    f"c{c},{'east' if c < 2 else 'west'},c{c}v{v},{'xy'[v % 2]},{v + 1}.0,c{c}v{v}h{h},{'abc'[h % 3]},{h + 1},1.5"
    for c in range(3)
    for v in range(4)
    for h in range(7)
]


@pytest.fixture(scope="module")
def frame(tmp_path_factory: pytest.TempPathFactory) -> Frame:
    return frame_of(ROWS, tmp_path_factory.mktemp("ways"))


@pytest.fixture(scope="module")
def usual(frame: Frame) -> dict[str, Manifest]:
    return {name: draw(design_of(text), frame) for name, text in DESIGNS.items()}


@pytest.mark.parametrize(
    ("module", "constant", "value"),
    [(stage_draw, "KEYS_HELD", 1), (stage_draw, "WASTE", 0), (engine, "MOST_HELD", 0)],
    ids=["stretches", "numbers by a join", "ranks"],
)
def test_the_same_sample_in_every_way(
    monkeypatch: pytest.MonkeyPatch,
    frame: Frame,
    usual: dict[str, Manifest],
    module: object,
    constant: str,
    value: int,
) -> None:
    monkeypatch.setattr(module, constant, value)
    for name, manifest in usual.items():
        assert draw(design_of(DESIGNS[name]), frame) == manifest, name


def test_texts_are_made_block_by_block(monkeypatch: pytest.MonkeyPatch, usual: dict[str, Manifest]) -> None:
    before = [manifest.to_json() for manifest in usual.values()]
    monkeypatch.setattr(taken_units, "BLOCK", 2)
    assert [manifest.to_json() for manifest in usual.values()] == before


@settings(max_examples=200, deadline=None)
@given(
    sizes=st.lists(st.one_of(st.integers(0, 30), st.integers(0, 2**62)), min_size=1, max_size=40),
    share=st.floats(0, 1),
    start=st.integers(0, TICKET_RANGE - 1),
)
def test_arrays_select_what_the_walk_selects(sizes: list[int], share: float, start: int) -> None:
    n = round(share * sum(size > 0 for size in sizes))
    assert systematic_pps_arrays(np.array(sizes, dtype=np.int64), n, start) == systematic_pps(sizes, n, start)


def test_a_long_list_stands_in_order_of_tickets() -> None:
    ids = [f"u{i:03d}" for i in range(300)]
    stage = Stage("unit", "pps_systematic", TakeEach(1), size=Size("column", "size"))
    for source in (Tickets("a" * 64, "unit"), Tickets("a" * 64, "unit", TICKET_RANGE // 3)):
        listed = long_list(stage, source, pa.array(ids), np.arange(300), np.empty((300, 0)))
        keys = listed.keys(range(300))
        assert keys == sorted(
            (source.number(ticket), ticket, one) for ticket, one in zip(source.of_units(ids), ids, strict=True)
        )
        assert list(listed.sizes) == [int(one[1:]) for _, _, one in keys]


def test_equal_numbers_stand_in_order_of_tickets_and_ids(monkeypatch: pytest.MonkeyPatch) -> None:
    """Numbers are the first 13 digits; tickets that agree in them are never met, so they are made here."""
    made = {b"a": "f" * 16 + "2" * 48, b"b": "f" * 16 + "1" * 48, b"c": "0" * 64}
    monkeypatch.setattr(Tickets, "digests", lambda _self, ids: b"".join(bytes.fromhex(made[one]) for one in ids))
    stage = Stage("unit", "pps_systematic", TakeEach(1), size=Size("column", "size"))
    listed = long_list(stage, Tickets("", "unit"), pa.array(["a", "b", "c"]), np.array([1, 2, 3]), np.empty((3, 0)))
    assert list(listed.sizes) == [3, 2, 1]


def test_units_in_columns_are_a_sequence() -> None:
    groups = [Group(parent, "x", 4, None, 4, {}) for parent in ("p", "q", "r")]
    takes = [GroupTake(groups[0], 1, 1), GroupTake(groups[1], 0, 0), GroupTake(groups[2], 4, 0)]
    keys = pa.chunked_array([[f"{i:064x}id{i}" for i in range(6)]])
    units = taken_units.TakenUnits(takes, keys)
    first = ManifestUnit("id0", "p", "x", f"{0:064x}", 0.25, "probability", None)
    reserve = ManifestUnit("id1", "p", "x", f"{1:064x}", None, "reserve", 1)
    assert (len(units), units[0], units[1], units[-1].id) == (6, first, reserve, "id5")
    assert [unit.id for unit in units[4:]] == ["id4", "id5"]
    assert units == tuple(units)
    assert tuple(units) == units
    assert units != tuple(units)[:-1]
    assert units[2].sample_type == "certainty"
    weighed = units.weighed({"p": 0.5, "r": 0.25})
    assert [unit.weight for unit in weighed] == [8.0, None, 4.0, 4.0, 4.0, 4.0]
    assert dict(units.products({"r": 0.25})) == {"id2": 0.25, "id3": 0.25, "id4": 0.25, "id5": 0.25}
    with pytest.raises(IndexError):
        units[6]
    other = pa.table({"parent": ["p"], "stratum": ["x"], "keys": [["a" * 65]]})
    with pytest.raises(ValueError, match="not those that take"):
        taken_units.pick(takes[2:], [other], 0)
