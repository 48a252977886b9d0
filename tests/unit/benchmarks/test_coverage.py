"""The study of coverage, in a short form: known figures come out, and its page says where a requirement is missed."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from benchmarks import coverage as study
from benchmarks import coverage_page as page
from benchmarks.coverage_measure import METHODS, Counts, measure
from benchmarks.coverage_settings import SETTINGS, Setting, draw_samples
from benchmarks.kept import Store

DRAWS = 1500
Found = Mapping[tuple[Setting, float], Counts]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Found:
    folder = tmp_path_factory.mktemp("coverage")
    return study.run(DRAWS, Store(folder / "kept.jsonl", "this state"), SETTINGS)


def test_known_figures_come_out(found: Found) -> None:
    """Within four Monte-Carlo errors, and half a unit of the last printed place."""
    for setting in SETTINGS:
        counts = found[setting, 1.0]
        for name in set(METHODS) & set(setting.expected):
            part = page.share(counts, f"{name}: covers")
            assert abs(100 * part - setting.expected[name]) < 400 * page.error(part, DRAWS) + 0.05, (setting.name, name)
        if setting.expected:
            width = 100 * page.share(counts, f"{page.TRUNCATED}: width")
            assert width == pytest.approx(setting.expected["width"], rel=0.05), setting.name
        if setting.expected_plain is not None:
            part = page.share(counts, f"{page.PLAIN}: passes")
            assert abs(100 * part - setting.expected_plain) < 400 * page.error(part, DRAWS) + 0.05, setting.name


def test_the_requirements_hold(found: Found) -> None:
    assert page.uncovered(found, SETTINGS) == []
    assert page.too_wide(found, SETTINGS) == []
    assert page.wrong(found, SETTINGS) == []
    plain = {setting.name for setting, _ in page.wrong(found, SETTINGS, (page.PLAIN,))}
    assert {setting.name for setting in SETTINGS if setting.expected_plain} <= plain


def test_a_missed_requirement_is_said(found: Found) -> None:
    first = SETTINGS[0]
    counts = dict(found[first, 1.0])
    counts |= {"default: covers": 0.9 * DRAWS, "default: width": 2 * counts["truncated: width"]}
    counts |= {"planned right: passes": 0.08 * DRAWS}
    worse = {**found, (first, 1.0): counts}
    assert page.uncovered(worse, SETTINGS) == page.too_wide(worse, SETTINGS) == [first]
    assert page.wrong(worse, SETTINGS) == [(first, "planned right")]
    text = "\n".join(page.sections(worse))
    assert f"Coverage: missed in {first.name}. Width: missed in {first.name}." in text
    assert f"pooled design effect: missed in {first.name} (planned right)." in text
    assert "holds in every setting" not in text.split("With `planned_deff: 2`")[0]


def test_an_interrupted_study_goes_on_where_it_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = SETTINGS[3:5]
    whole = study.run(400, Store(tmp_path / "whole.jsonl", "state"), settings)
    store, measured = Store(tmp_path / "broken.jsonl", "state"), []

    def interrupted(setting: Setting, fraction: float, draws: int, seed: int) -> Counts:
        if len(measured) == 4:
            raise KeyboardInterrupt
        measured.append(setting.name)
        return measure(setting, fraction, draws, seed)

    monkeypatch.setattr(study, "measure", interrupted)
    with pytest.raises(SystemExit, match="4 batches are kept"):
        study.run(400, store, settings)
    monkeypatch.setattr(study, "measure", measure)
    assert study.run(400, store, settings) == whole


def test_batches_hold_every_draw_once() -> None:
    for setting in SETTINGS:
        named = list(study.batches(2500, [setting]))
        assert len({batch.name for batch in named}) == len(named)
        for fraction in study.FRACTIONS:
            drawn = sum(batch.draws for batch in named if batch.fraction == fraction)
            assert drawn == (2500 if fraction == 1.0 else 500)


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_samples_have_the_rate_and_the_correlation_of_their_setting(setting: Setting) -> None:
    samples = draw_samples(setting, setting.rate, 400, np.random.default_rng(5))
    persons = setting.rows_by_household
    wrong, size = (values.sum(axis=2) if persons else values for values in (samples.wrong, samples.size))
    assert wrong.sum() / size.sum() == pytest.approx(setting.rate, rel=0.15)
    if not persons:
        rates = wrong / size
        weights = np.mean(setting.stratum_shares**2) / np.mean(setting.stratum_shares) ** 2
        simple = setting.rate * (1 - setting.rate) / setting.households
        assert weights * rates.var() / simple == pytest.approx(setting.design_effect, rel=0.15)
