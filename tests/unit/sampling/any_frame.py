"""Small frames of every kind, designs that choose every method with everything else, and whole draws of them."""

import random
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
from hypothesis import strategies as st

from sampling.commitment import Commitment, commit, hash_secret
from sampling.design import Design
from sampling.draw import run_draw
from sampling.errors import Complaint
from sampling.frame import Frame, write_frame
from sampling.levels import levels_from_json
from sampling.manifest import Manifest
from sampling.methods.catalogue import METHODS
from sampling.verify import verify_draw
from tests.unit.sampling.any_document import AT, HEAD, LEVELS, SECRET, Junk, Say


def ordinary(mark: str) -> list[Junk]:
    """List a county with three villages of four to six households."""
    return [
        {
            **{"county_code": f"{mark}k", "region": "东", "remaining": 4, "scale": 1, "village_code": f"{mark}kv{v}"},
            **{"kind": "xyx"[v], "land": f"{v + 1}.5", "east": f"116.{v}0", "north": "24.10", "id": f"{mark}kv{v}h{h}"},
            **{"class": "ab"[h % 2], "persons": 1 + h, "rooms": v, "weight": "1.25"},
        }
        for v in range(3)
        for h in range(4 + v)
    ]


@st.composite
def frame_rows(choose: st.DrawFn) -> list[Junk]:
    """Make a few counties, villages and households: some without children, with labels that repeat, nulls and zeros."""
    mark = choose(st.sampled_from(["", "", "甲 ", "o'", 'q"é']))
    rare = not choose(st.integers(0, 4))

    def one(*usual: Any, seldom: tuple[Any, ...] = (None,)) -> Any:
        return choose(st.sampled_from([*usual * 4, *seldom] if rare else usual))

    # Most designs can be drawn from a county with whatever they name.
    rows = ordinary(mark) if choose(st.integers(0, 9)) else []
    for c in range(choose(st.integers(0 if rows else 1, 2))):
        county = {"county_code": f"{mark}c{c}", "region": one("东", "西"), "remaining": one(0, 5, 9, seldom=(None, -1))}
        county["scale"] = one(1, 2)
        villages = choose(st.integers(0, 3))
        for v in range(villages):
            village = {
                **county,
                "village_code": f"{mark}c{c}v{v}",
                "kind": one("x", "y", seldom=(None, "x/y")),
                "land": one("0.0", "1.5", "20.0", "0.1", seldom=(None, "-0.1", "99999999999999.9")),
                "east": one("116.25", "116.50", "-0.01"),
                "north": one("24.10", "24.10", "25.00", seldom=(None,)),
            }
            households = choose(st.integers(0, 5))
            rows += [
                {
                    **village,
                    "id": f"{mark}c{c}v{v}h{h}",
                    "class": one("a", "b", seldom=(None, "")),
                    "persons": one(0, 1, 2, 7, seldom=(None, -2, 2**61)),
                    "rooms": one(2, 3),
                    "weight": one("1.25", "3", seldom=("0", "-1", "x", "9" * 400, "\x1f", None)),
                }
                for h in range(households)
            ]
            rows += [] if households else [village]
        rows += [] if villages else [county]
    return rows


def frame_of(rows: list[Junk]) -> Frame:
    levels = levels_from_json(LEVELS)
    kinds = {"text": pa.string(), "integer": pa.int64()}
    columns = {}
    for own in (own for level in levels for own in level.all_columns):
        values = [row.get(own.name) for row in rows]
        if own.kind == "decimal":
            values = [None if value is None else Decimal(value) for value in values]
        columns[own.name] = pa.array(values, kinds.get(own.kind) or pa.decimal128(38, own.decimals))
    return Frame(levels, table=pa.table(columns))


OWN_STRATA = {
    "county": ["region"],
    "village": ["kind", "county_code", "region"],
    "household": ["class", "kind", "village_code"],
}
VALUES = {"region": ["东"], "kind": ["x", "y"], "class": ["a", "b"]}
SIZES: dict[str, list[Junk]] = {
    "county": [{"count": "village"}, {"count": "household"}, {"sum": "persons"}, {"column": "remaining"}],
    "village": [{"count": "household"}, {"sum": "persons"}, {"column": "land"}],
    "household": [{"column": "persons"}],
}
NUMBERS = {"county": ["remaining"], "village": ["land", "east"], "household": ["persons"]}
PLACES_OF = {"county": ["remaining", "scale"], "village": ["east", "north"], "household": ["persons", "rooms"]}


@st.composite
def takes(choose: st.DrawFn, strata: list[str], *, least: int = 1) -> Any:
    """Choose a form of take."""
    amount = st.one_of(st.integers(least, 3), st.sampled_from(["all", "0%", "30%", "50%", "12.5%", "100%"]))
    names = [name for name in strata if name in VALUES]
    form = choose(st.sampled_from(["plain", "plain", "each", "total", "precision"]))
    odd = not choose(st.integers(0, 9))
    if form == "plain":
        return choose(amount)
    if form == "each":
        lines = [{"when": {name: choose(st.sampled_from(VALUES[name]))}, "take": choose(amount)} for name in names[:1]]
        shares = [line["take"] for line in lines if str(line["take"]).endswith("%")]
        bounds = choose(st.sampled_from([{}, {"minimum": 1}, {"maximum": 2}, {"minimum": 0, "maximum": 1}]))
        return {"each": choose(amount), "by": lines, **(bounds if odd or shares else {})}
    by = {"each": "0.5", "by": [{"when": {name: VALUES[name][0]}, "value": "2"} for name in names[:1]]}
    planned = choose(st.sampled_from(["0.3", {"each": "1"}, {"by": by["by"]} if odd else by]))
    given = choose(st.sampled_from(["equal", "proportional", "power", "neyman", "cost-optimal"]))
    wanted = {"neyman": ("deviation",), "cost-optimal": ("deviation", "cost")}.get(given, ())
    precision = {
        "rate": "0.2",
        "half_width": choose(st.sampled_from(["0.4", "0.1"])),
        "each": choose(st.integers(1, 2)),
    }
    return {
        **({"total": choose(st.integers(1, 6))} if form == "total" else {"precision": precision}),
        "within": choose(st.sampled_from([[], names[:1], names])),
        "allocation": given,
        "minimum": choose(st.integers(0, 2)),
        "maximum": choose(st.sampled_from([None, None, 2, 3])),
        **({"exponent": choose(st.sampled_from(["0.5", "1", "0.0"]))} if given == "power" else {}),
        **dict.fromkeys(wanted, planned),
    }


@st.composite
def designs(choose: st.DrawFn) -> Junk:
    """Choose every method, order, size, joint method, take, reserve and list with every other; most of them agree."""
    names = [level["name"] for level in LEVELS]
    chosen = choose(
        st.sampled_from([names, names[1:], names[:2], ["county", "household"], *([each] for each in names)])
    )
    later = len(chosen) > 1 and chosen[-1] == "household" and not choose(st.integers(0, 3))
    stages = []
    for number, name in enumerate(chosen):
        method = choose(st.sampled_from(list(METHODS)))
        traits, last = METHODS[method], number == len(chosen) - 1
        order = choose(st.sampled_from(traits.orders))
        strata = choose(st.sampled_from([[], OWN_STRATA[name][:1], OWN_STRATA[name]]))
        stage: Junk = {"name": name, "method": method, "order": order, "strata": strata}
        stage["take"] = choose(takes(strata))
        stage["when_short"] = choose(st.sampled_from(["take_all"] * 5 + ["refuse"]))
        stage["unannounced"] = choose(st.sampled_from([0, 0, 1]))
        if traits.size == "must" or (traits.size == "may" and choose(st.booleans())):
            stage["size"] = choose(st.sampled_from([each for each in SIZES[name] if later <= ("column" in each)]))
        if traits.joint_methods[order]:
            stage["joint_method"] = choose(st.sampled_from([None, *traits.joint_methods[order]]))
        if traits.needs == "balance":
            stage["balance"] = NUMBERS[name]
        if traits.needs == "coordinates":
            pair = PLACES_OF[name]
            stage["coordinates"] = {choose(st.sampled_from(["degrees", "plane"])): pair}
        if last and traits.reserves and choose(st.booleans()):
            stage["reserves"] = choose(takes(strata, least=0))
        stages.append(stage)
    document = {**HEAD, "stages": stages}
    if later:
        stages[-1]["listed"] = "later"
    rules = {
        "only": {"level": "county", "column": "region", "values": ["东"]},
        "exclude": {"level": "household", "column": "class", "values": ["b"], "reason": "不评"},
        "purposive": {
            "level": chosen[-1],
            "column": OWN_STRATA[chosen[-1]][0],
            "values": VALUES[OWN_STRATA[chosen[-1]][0]][:: choose(st.sampled_from([1, 2, 2]))],
            "reason": "线索",
        },
    }
    document |= {key: [rule] for key, rule in rules.items() if not choose(st.integers(0, 6))}
    if chosen[-1] == "household" and not choose(st.integers(0, 5)):
        document["first_phase"] = {"manifest_sha256": "a" * 64, "weight": "weight"}
    able = [stage["name"] for stage in stages if METHODS[stage["method"]].coordinated]
    if able and not choose(st.integers(0, 3)):
        shift = choose(st.sampled_from(["0", "0.5", "0.999999999999"]))
        document["prn_from"] = {"manifest_sha256": "a" * 64, "seed": "b" * 64, "shift": shift, "stages": able}
    return document


def told(complaints: list[Complaint] | tuple[Complaint, ...], say: Say) -> bool:
    """Say every complaint; tell whether there are any."""
    return bool([say(one) for one in complaints])


def drawn(design: Design, frame: Frame) -> tuple[Commitment, Manifest]:
    commitment = commit(design, frame, hash_secret(SECRET), committed_at=AT)
    return commitment, run_draw(design, frame, commitment, SECRET, None, drawn_at=AT, code_version="test")


def without_last_level(frame: Frame) -> Frame:
    """Empty the columns of the households, and keep each village once."""
    assert frame.table is not None
    seen: dict[tuple[Any, ...], Junk] = {}
    names = {own.name for own in frame.levels[-1].all_columns}
    for row in frame.table.to_pylist():
        seen[row["county_code"], row["village_code"]] = {
            name: None if name in names else value for name, value in row.items()
        }
    return Frame(frame.levels, table=pa.Table.from_pylist(list(seen.values()), frame.table.schema))


def with_lists_of(frame: Frame, manifest: Manifest, full: Frame) -> Frame:
    """Add the households below the units that were drawn."""
    assert frame.table is not None and full.table is not None
    taken = {unit.id for unit in manifest.stages[-2].units}
    level = frame.levels[[each.name for each in frame.levels].index(manifest.stages[-2].name)].id
    rows = [row for row in full.table.to_pylist() if row[level] in taken]
    covered = {row["village_code"] for row in rows if row["id"] is not None}
    kept = [row for row in frame.table.to_pylist() if row["village_code"] not in covered]
    rows = [row for row in rows if row["id"] is not None]
    return Frame(frame.levels, table=pa.Table.from_pylist([*kept, *rows], frame.table.schema))


def shuffled(frame: Frame, seed: int) -> Frame:
    assert frame.table is not None
    order = list(range(frame.table.num_rows))
    random.Random(seed).shuffle(order)
    return Frame(frame.levels, table=frame.table.take(order))


def verified(manifest: Manifest, frame: Frame, folder: Path) -> None:
    path = folder / "frame.parquet"
    write_frame(frame, path)
    findings = verify_draw(manifest, path)
    assert [each for each in findings if not each.ok] == []
