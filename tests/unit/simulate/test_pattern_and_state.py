"""Assumed rates and kept runs: every mistake is named, a file that was cut off goes on, sums never lie."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sampling.simulate import Found, RunRecord, Share, complete_text, load_pattern, read_state, record_line
from sampling.simulate.summary import deviation_of, mean_of, share_of
from tests.unit.simulate.small_world import DESIGN, RATES, design, pattern


def codes(text: str, of: str = DESIGN) -> list[tuple[str, str | None]]:
    return [(each.code, each.column) for each in load_pattern(text, design(of)).complaints]


def test_every_default_is_written_out() -> None:
    bare = load_pattern("version: 1\nindicators: [{id: a, rates: {each: 0.1}}]\n", design()).pattern
    assert bare is not None
    assert (bare.by, bare.clusters, bare.open_reserves, bare.rounds, bare.totals) == ((), None, True, 6, False)
    assert (bare.response.each, bare.ineligible.each, bare.lonely_psu) == (1.0, 0.0, "adjust")
    only = bare.indicators[0]
    assert (only.method, only.level, only.icc, only.persons, only.threshold) == ("korn-graubard", 0.95, 0.0, None, None)


def test_all_mistakes_are_named_at_once() -> None:
    wrong = RATES.replace("by: [county_code]\n", "by: [county_kode]\n", 1).replace(
        "persons: persons", "persons: village_kind"
    )
    wrong = wrong.replace("clusters: village", "clusters: household").replace("id: recognition", "id: wrong_exit_rate")
    wrong = wrong.replace("{household_class: [脱贫户]}", "{household_klass: [脱贫户]}")
    assert codes(wrong) == [
        ("rates.unknown_column", "by[0]"),
        ("rates.unknown_column", "indicators[0].where"),
        ("rates.persons_not_integer", "indicators[0].persons"),
        ("rates.repeated_id", "indicators[1].id"),
        ("rates.unknown_level", "clusters"),
    ]
    assert codes(RATES.replace("clusters: village\n", "")) == [
        ("rates.no_clusters", "indicators[0].icc"),
        ("rates.no_clusters", "indicators[1].icc"),
    ]
    assert codes(RATES.replace("each: 0.9}", "each: 1.9}", 1)) == [("document.too_large", "indicators[1].rates.each")]
    assert codes(RATES + "surprise: 1\n") == [("document.unknown_key_at_top", "")]
    assert [code for code, _ in codes("")] == ["document.empty"]


def test_reserves_under_unequal_probabilities_are_refused() -> None:
    unequal = DESIGN.replace(
        "    method: equal\n", "    method: pps_systematic\n    size: {column: persons}\n    order: frame\n"
    )
    unequal += "    joint_method: with-replacement\n"
    assert codes(RATES, unequal) == [("rates.unequal_reserves", "open_reserves")]
    assert codes(RATES + "open_reserves: false\n", unequal) == []


def test_the_hash_holds_every_part_of_the_pattern() -> None:
    one = pattern()
    assert one.hashed({"draw": 1}) == pattern().hashed({"draw": 1})
    changed = [replace(one, rounds=5), replace(one, title=""), replace(one, response=replace(one.response, each=0.91))]
    assert len({each.hashed({"draw": 1}) for each in [one, *changed]}) == 4
    assert one.hashed({"draw": 2}) != one.hashed({"draw": 1})


def record(number: int) -> RunRecord:
    found = (Found(0.1 + 0.2, 1e-17, None, 1.0, "达标", None), Found(reason="simulate.no_row"))
    return RunRecord(number, 240, 3, 230, 5, found)


def test_kept_runs_come_back_bit_for_bit() -> None:
    records = tuple(map(record, range(3)))
    reading = read_state(complete_text("k", "种子", records), "k", "种子", 2, "s.jsonl")
    assert (reading.records, reading.complaints) == (records, ())


@given(st.integers(0, 400))
def test_a_line_that_was_cut_off_is_run_again(cut: int) -> None:
    text = complete_text("k", "1", [record(0), record(1)])
    whole = len(complete_text("k", "1", [record(0)]))
    kept = read_state(text[: whole + min(cut, len(text) - whole)], "k", "1", 2, "s.jsonl")
    assert kept.complaints == ()
    assert len(kept.records) == (2 if whole + cut >= len(text) else 1)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "simulate.state_unreadable"),
        ("[1]\n", "simulate.state_unreadable"),
        ("{}\n", "simulate.state_unreadable"),
        (complete_text("other", "1", []), "simulate.state_differs"),
        (complete_text("k", "2", []), "simulate.state_differs"),
        (complete_text("k", "1", []) + "{}\n", "simulate.state_unreadable"),
        (complete_text("k", "1", []) + record_line(record(1)), "simulate.state_unreadable"),
        (complete_text("k", "1", []) + record_line(replace(record(0), found=())), "simulate.state_unreadable"),
    ],
)
def test_a_file_of_something_else_is_refused(text: str, code: str) -> None:
    assert [each.code for each in read_state(text, "k", "1", 2, "s.jsonl").complaints] == [code]


def test_figures_that_do_not_exist_have_a_reason() -> None:
    assert mean_of([]).reason == "simulate.too_few_runs"
    assert (mean_of([1.0]).value, mean_of([1.0]).error) == (1.0, None)
    assert (mean_of([1.0, 1.0]).error, mean_of([1.0, 1.0]).reason) == (None, "simulate.no_variation")
    assert deviation_of([2.0, 2.0]).value is None
    assert deviation_of([1.0]).reason == "simulate.too_few_runs"
    assert share_of(0, 0) == Share(0, 0, None, None, None)


@given(st.integers(0, 500), st.integers(1, 500))
def test_limits_of_shares_always_have_a_width(count: int, of: int) -> None:
    share = share_of(min(count, of), of)
    assert share.low is not None
    assert share.high is not None
    assert share.value is not None
    assert 0 <= share.low <= share.value <= share.high <= 1
    assert share.low < share.high


@given(st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=40))
def test_errors_are_positive_or_none(values: list[float]) -> None:
    for spread in (mean_of(values), deviation_of(values)):
        assert spread.error is None or spread.error > 0
        assert (spread.error is None) == (spread.reason is not None)
