"""The study of signing, in its short form: it signs, checks and repeats what it measures, and breaks off in time."""

import pytest

from benchmarks import signatures
from reports.signing.check import BASIC, LONG_TERM, STAMPED


def test_the_study_measures_files_that_hold_and_breaks_the_long_analysis_off(plain_pdf) -> None:
    files = signatures.signed_files(plain_pdf, "p256")
    measured = [signatures.measure(plain_pdf, "p256", level, *made) for level, made in files.items()]
    assert [each.level for each in measured] == [BASIC, STAMPED, LONG_TERM]
    assert all(each.checking > 0 and each.repeating > 0 for each in measured)
    analysed = {("p256", BASIC): signatures.analyse(files[BASIC][0], 1)}
    assert len(analysed["p256", BASIC]) >= 1
    page = "\n".join(signatures.sections(plain_pdf, 1.0, measured, analysed, 1))
    assert "| P-256 | B-LTA |" in page


def test_the_study_takes_no_figures_from_a_file_that_does_not_hold(plain_pdf, signed_pdf) -> None:
    with pytest.raises(SystemExit, match="does not hold"):
        signatures.measure(plain_pdf, "p256", LONG_TERM, signed_pdf, 1.0)
