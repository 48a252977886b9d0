"""The study of datasets: every lane really writes, and what it took stands on the page."""

import pytest

from benchmarks import datasets
from benchmarks.dataset_form import definition, submissions


def test_the_form_has_two_hundred_columns_and_answers_of_every_kind() -> None:
    (instance, envelope), *_ = submissions(3)
    assert envelope.weight == 12.5
    assert len(definition().questions) == len(instance.root) - 1 == 180


def test_the_page_tells_of_every_lane(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(datasets, "OURS", [("none", "full"), ("csv", "deidentified")])
    ours = {lane: datasets._ours(*lane, 20, tmp_path) for lane in datasets.OURS}
    assert ours["csv", "deidentified"]["bytes"] > 10_000
    assert ours["none", "full"]["bytes"] == 0
    page = "\n".join(datasets.sections(ours, {"csv": {"processor": 1.0, "held": 1 << 20}}, 20))
    assert "| csv | deidentified | " in page
    assert "| pandas to_csv | 1.0 | 20 | 1 MiB |" in page
