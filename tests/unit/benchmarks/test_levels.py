"""The study of tests' levels: every test answers, and a test that always rejects would be seen."""

from benchmarks.levels import SETTINGS, STATEMENTS, Counts, sections, study


def test_every_test_answers_in_every_setting():
    found = [study(setting, 6) for setting in SETTINGS]
    assert all(counts.answered == dict.fromkeys(STATEMENTS, 6) for counts in found)
    assert all(sum(counts.rejected.values()) < 3 * len(STATEMENTS) for counts in found)
    _, listed = sections(found, 6)
    assert len(listed.splitlines()) == 2 + len(STATEMENTS)


def test_shares_are_of_the_samples_with_figures():
    counts = Counts({"ttest": 8}, {"ttest": 2})
    _, listed = sections([counts] * len(SETTINGS), 10)
    (line,) = [line for line in listed.splitlines() if line.startswith("| ttest ")]
    assert line == "| ttest | 25.0 | 25.0 | 25.0 |"
