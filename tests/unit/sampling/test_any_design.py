"""Designs and frames of any kind: complaints with a sentence, or a whole draw that verifies; nothing in between."""

import copy
import json
import math
import random
from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sampling.commitment import Commitment, commit, hash_secret
from sampling.design import Design, canonical, design_text, load_design
from sampling.design_check import check_design
from sampling.documents import document_text
from sampling.draw import run_draw
from sampling.engine import DuckDBEngine
from sampling.errors import Complaint, SamplingError
from sampling.explain import explain
from sampling.frame import Frame, write_frame
from sampling.groups import plan_takes
from sampling.hashing import sha256_text
from sampling.levels import levels_from_json
from sampling.listing import bind_lists, continue_draw
from sampling.manifest import Manifest, ManifestUnit
from sampling.methods.catalogue import METHODS
from sampling.steps import read_groups, units_step
from sampling.verify import verify_draw

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


@st.composite
def broken(choose: st.DrawFn) -> Junk:
    """Change good documents, plain or canonical, at a few random places."""
    pool = good_documents()
    document = copy.deepcopy(choose(st.sampled_from(pool)))
    for _ in range(choose(st.integers(1, 3))):
        path = choose(st.sampled_from([each for each in places(document) if each]))
        owner, key = at(document, path[:-1]), path[-1]
        kind = choose(st.sampled_from(["junk", "drop", "add", "graft", "twice"]))
        if kind == "drop":
            del owner[key]
        elif kind == "add" and isinstance(owner, dict):
            owner[choose(st.sampled_from(["", "x", "each", "total", "by", "listed", "minimum", "size"]))] = (
                copy.deepcopy(choose(JUNK))
            )
        elif kind == "graft":
            other = choose(st.sampled_from(pool))
            owner[key] = copy.deepcopy(at(other, choose(st.sampled_from(list(places(other))))))
        elif kind == "twice" and isinstance(owner, list):
            owner.append(copy.deepcopy(owner[key]))
        else:
            owner[key] = copy.deepcopy(choose(JUNK))
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


@settings(max_examples=200, deadline=None)
@given(broken(), st.booleans())
def test_any_document_is_a_design_or_gets_sentences(say: Say, document: Junk, as_json: bool) -> None:
    read_or_complain(json.dumps(document) if as_json else document_text(document), say)


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from(GOOD),
    st.booleans(),
    st.integers(0, 5000),
    st.integers(0, 3),
    st.sampled_from("\0{}[]:,-'\"\n \t#&*!|>%@`1é\ud800"),
)
def test_any_text_is_a_design_or_gets_sentences(
    say: Say, document: Junk, as_json: bool, place: int, dropped: int, put: str
) -> None:
    text = json.dumps(document) if as_json else document_text(document)
    place %= len(text)
    read_or_complain(text[:place] + put + text[place + dropped :], say)


TEXT = """version: 1
evaluation: x
draw: 1
title: a
frame: {levels: [{name: household, id: id, columns: {k: text}}]}
stages: [{name: household, method: equal, take: 1}]
"""


@pytest.mark.parametrize(
    ("right", "wrong", "code"),
    [
        ("draw: 1", "draw: 1.0", "document.type_integer"),
        ("take: 1", "take: 3.0", "document.type_integer"),
        ("draw: 1", "draw: 9007199254740992", "document.too_large"),
        ("take: 1", "take: " + "9" * 5000, "document.bad_value"),
        ("title: a", "title: 2026-13-45", "document.bad_value"),
        ("title: a", "title: 0b_", "document.bad_value"),
        ("title: a", "title: !!int x", "document.bad_value"),
        ("title: a", "title: .inf", "document.bad_value"),
        ("title: a", r'title: "\ud800"', "document.bad_character"),
        ("title: a", r'title: "\0"', "document.bad_character"),
        ("k: text", "1: text", "document.key_not_text"),
        ("k: text", "null: text", "document.key_not_text"),
        ("take: 1", r'take: "20%\n"', "document.pattern"),
        ("name: household, id", r'name: "household\n", id', "document.pattern"),
        ("title: a", "title: " + "[" * 70 + "]" * 70, "document.too_deep"),
    ],
)
def test_values_that_no_design_can_be_hashed_with(say: Say, right: str, wrong: str, code: str) -> None:
    assert read_or_complain(TEXT, say) is not None
    reading = load_design(TEXT.replace(right, wrong))
    assert code in [one.code for one in reading.complaints]
    for one in reading.complaints:
        assert all(sentence.encode() for sentence in say(one))


def test_json_beyond_json_is_refused(say: Say) -> None:
    text = json.dumps(GOOD[0])
    for wrong in ("NaN", "-Infinity", "1e999", "9" * 5000):
        (one,) = load_design(text.replace('"draw": 1', f'"draw": {wrong}')).complaints
        assert one.code == "document.bad_value"
        say(one)
    assert load_design(text.replace('"test"', r'"e\u0301"')).design.evaluation == "\u00e9"  # type: ignore[union-attr]


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
    from decimal import Decimal  # noqa: PLC0415

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


def certain_of(sizes: dict[str, int], n: int) -> tuple[set[str], int, int]:
    """Take out whoever has size * n >= total, repeatedly: the certainties, and n and total of the rest."""
    certain: set[str] = set()
    rest = {unit: size for unit, size in sizes.items() if size > 0}
    while n > 0 and (found := {unit for unit, size in rest.items() if size * n >= sum(rest.values())}):
        certain |= found
        n -= len(found)
        rest = {unit: size for unit, size in rest.items() if unit not in found}
    return certain, n, sum(rest.values())


def check_stages(design: Design, frame: Frame, manifest: Manifest) -> None:
    """Hold every stage against numbers, sizes and probabilities worked out anew."""
    judged = manifest.purposive
    with DuckDBEngine(frame) as engine:
        for number, stage in enumerate(manifest.stages):
            if not stage.strata:
                continue
            above = manifest.stages[number - 1] if number else None
            parents = None
            if above is not None:
                parents = "parents"
                engine.load("parents", {"id": [unit.id for unit in above.units]})
            engine.define("listed", units_step(engine, design, number, parents=parents))
            own = design.stages[number]
            sizes: dict[tuple[str, str], dict[str, int]] = {}
            size = "size" if own.size is not None else "1"
            for parent, stratum, unit, value in engine.rows(f"SELECT parent, stratum, id, {size} FROM listed"):
                sizes.setdefault((parent, stratum), {})[unit] = int(value)
            for take in plan_takes(own, read_groups(engine, design, number, "listed")).takes:
                group = take.group.parent or "", take.group.stratum
                units = [
                    unit
                    for unit in stage.units
                    if (unit.parent or "", unit.stratum) == group and unit.id in sizes[group]
                ]
                if take.group.parent not in judged:
                    check_group(own.method, take.main, take.reserves, take.share, sizes[group], units)
                marked = [unit for unit in units if unit.unannounced]
                main = [unit for unit in units if unit.sample_type != "reserve"]
                assert len(marked) == (min(own.unannounced, len(main)) if own.unannounced else 0)


def check_group(
    method: str, n: int, m: int, share: Fraction | None, sizes: dict[str, int], units: list[ManifestUnit]
) -> None:
    main = [unit for unit in units if unit.sample_type != "reserve"]
    reserves = [unit for unit in units if unit.sample_type == "reserve"]
    if METHODS[method].fixed_size:
        assert (sum(unit.times or 1 for unit in main), len(reserves)) == (n, m)
    assert [unit.order for unit in reserves] == list(range(1, m + 1))
    certain, points, total = certain_of(sizes, n + m)
    if method == "with_replacement":
        certain, points, total = set(), n, sum(sizes.values())
    if method == "bernoulli":
        chance = Fraction(n, len(sizes)) if share is None else share
        assert all(unit.probability == float(chance) for unit in main)
        assert chance != 1 or len(main) == len(sizes)
        return
    for unit in main:
        chance = Fraction(1) if unit.id in certain else Fraction(points * sizes[unit.id], total)
        chance *= Fraction(n, n + m) if n else 1
        assert unit.probability == chance.numerator / chance.denominator
        assert unit.sample_type == ("certainty" if chance == 1 and unit.times is None else "probability")
        assert chance > 0 and (chance <= 1 or method == "with_replacement")
    if n and method != "equal":
        assert certain <= {unit.id for unit in units}


def check_weights(manifest: Manifest) -> None:
    for unit in manifest.stages[-1].units:
        known = unit.sample_type in ("probability", "certainty")
        assert (unit.weight is not None) == known == (unit.probability is not None)
        assert unit.weight is None or (math.isfinite(unit.weight) and unit.weight > 0)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(designs(), frame_rows(), st.integers(0, 9))
def test_any_design_is_refused_or_drawn_whole(
    say: Say, tmp_path_factory: pytest.TempPathFactory, document: Junk, rows: list[Junk], seed: int
) -> None:
    design = read_or_complain(json.dumps(document), say)
    if design is None:
        return
    full = frame_of(rows)
    later = design.first_later() is not None
    frame = without_last_level(full) if later else full
    if told(check_design(design, frame), say):
        with pytest.raises(SamplingError) as refused:
            drawn(design, frame)
        assert refused.value.complaints
        return
    explain(design, frame)
    commitment, manifest = drawn(design, frame)
    assert Manifest.from_json(manifest.to_json()).to_json() == manifest.to_json()
    assert drawn(design, shuffled(frame, seed)) == (commitment, manifest)
    folder = tmp_path_factory.mktemp("any")
    verified(manifest, frame, folder)
    check_stages(design, frame, manifest)
    check_weights(manifest)
    if not later:
        return
    frame = with_lists_of(frame, manifest, full)
    try:
        entries = bind_lists(manifest, frame, at=LATER)
        manifest = continue_draw(manifest, frame, entries, drawn_at=LATER, code_version="test")
    except SamplingError as error:
        assert error.complaints or error.code == "draw.nothing_listed"
        told(error.complaints, say)
        return
    verified(manifest, frame, folder)
    check_weights(manifest)


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


EQUAL: Junk = {"name": "household", "method": "equal", "take": 1, "when_short": "take_all"}
BY_SIZE: Junk = {
    "name": "county",
    "method": "pps_systematic",
    "size": {"column": "remaining"},
    "when_short": "take_all",
}
PRECISION: Junk = {"rate": "0.1", "half_width": "0.1"}
NOTHING_AT_ALL: list[tuple[list[Junk], Junk, str]] = [
    ([EQUAL], {"purposive": ["household", "class", ["a", "b"]]}, "design.no_units"),
    (PLAIN_STAGES, {"purposive": ["village", "kind", ["x", "y"]]}, "design.no_units"),
    ([{**BY_SIZE, "take": "all"}], {"remaining": 0}, "design.nothing_taken"),
    ([{**BY_SIZE, "take": {"precision": PRECISION}}], {"remaining": 0}, "design.nothing_taken"),
    ([{**BY_SIZE, "take": {"precision": {**PRECISION, "each": 2}}}], {"remaining": 0}, "design.nothing_taken"),
    ([{**EQUAL, "take": "3%"}], {}, "design.nothing_taken"),
    ([{**EQUAL, "method": "bernoulli", "take": "0%"}], {}, "design.nothing_taken"),
    ([{**EQUAL, "when_short": "refuse", "take": {"total": 5, "maximum": 1}}], {}, "design.too_few_units_at_top"),
    ([{**EQUAL, "method": "poisson", "size": {"column": "persons"}}], {"persons": 2**61}, "design.size_too_large"),
    (PLAIN_STAGES[:1], {"size": {"sum": "persons"}, "persons": 2**62}, "design.size_too_large"),
    (PLAIN_STAGES[:1], {"size": {"column": "land"}, "land": "9" * 30 + ".9"}, "design.size_too_large"),
    ([{**EQUAL, "method": "poisson", "size": {"column": "persons"}}], {"persons": None}, "design.negative_size"),
    ([EQUAL], {"first_phase": True, "weight": "9" * 400}, "design.weight_unreadable"),
    ([EQUAL], {"first_phase": True, "weight": "0." + "0" * 400 + "1"}, "design.weight_unreadable"),
]


@pytest.mark.parametrize(("stages", "odd", "code"), NOTHING_AT_ALL)
def test_designs_that_give_nothing_or_nothing_exact(say: Say, stages: list[Junk], odd: Junk, code: str) -> None:
    columns = {own.name for level in levels_from_json(LEVELS) for own in level.all_columns}
    frame = frame_of([row | {name: value for name, value in odd.items() if name in columns} for row in ordinary("")])
    document = {**HEAD, "stages": [{**stages[0], **({"size": odd["size"]} if "size" in odd else {})}, *stages[1:]]}
    if "purposive" in odd:
        level, column, values = odd["purposive"]
        document["purposive"] = [{"level": level, "column": column, "values": values, "reason": "线索"}]
    if "first_phase" in odd:
        document["first_phase"] = RICH["first_phase"]
    design = read_or_complain(json.dumps(document), say)
    assert design is not None
    complaints = check_design(design, frame)
    assert [one.code for one in complaints] == [code]
    told(complaints, say)


TAKES_ALL: list[Junk] = [
    {**EQUAL, "take": 2**53 - 1, "reserves": 2**53 - 1},
    {**EQUAL, "take": {"total": 2**53 - 1}},
    {**EQUAL, "take": {"precision": {"rate": "0.5", "half_width": "0.000000000001", "level": "0.999999999999"}}},
    {"name": "household", "method": "pps_systematic", "size": {"column": "persons"}, "take": "all"},
    {**EQUAL, "method": "bernoulli", "take": "100%"},
]


@pytest.mark.parametrize("stage", TAKES_ALL)
def test_more_than_there_is_takes_all(say: Say, tmp_path: Path, stage: Junk) -> None:
    design = read_or_complain(json.dumps({**HEAD, "stages": [stage]}), say)
    assert design is not None
    frame = frame_of(ordinary(""))
    assert check_design(design, frame) == []
    manifest = drawn(design, frame)[1]
    assert [unit.sample_type for unit in manifest.stages[0].units] == ["certainty"] * 15
    verified(manifest, frame, tmp_path)
