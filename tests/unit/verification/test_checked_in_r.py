"""A bundle checked by R alone: the script gives the printed figures, names what was altered, and is itself compared."""

import shutil
import subprocess

import pytest

from evalsvc import files
from evalsvc.editions.bundle import write_bundle
from evalsvc.editions.facts import Head
from evalsvc.editions.for_r import condition_in_r
from evalsvc.editions.printing import build_report, edition_bytes
from evalsvc.verification.run import verify, verify_against
from tests import small_world
from tests.small_world.report import LEAD, REVIEWER, composed, sealed

NEEDED = (*files.FOR_R, files.ANSWERS, files.RESULTS)
DRAWS = """    method: with_replacement
    size: {count: household}
    take: {each: 4}
"""
FULL = """    method: pps_systematic
    size: {count: household}
    order: frame
    joint_method: with-replacement
    take: {each: 6}
"""


def in_r(folder, content):
    """Run the bundle's script over its tables; return exit code and output."""
    for name in NEEDED:
        (folder / name).write_bytes(content[name])
    done = subprocess.run(
        ["Rscript", "--vanilla", files.CHECK_SCRIPT], cwd=folder, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr


def compared(output):
    """Return the lines of the table: key, field, ours, R's, difference, printed, outcome."""
    return [line.split("\t") for line in output.splitlines() if line.count("\t") == 6][1:]


def test_r_gives_every_figure_of_the_results(issued, tmp_path):
    code, output = in_r(tmp_path, issued.content)
    assert code == 0, output
    lines = compared(output)
    assert output.splitlines()[-1].endswith(f"All {len(lines)} figures agree.")
    fields = {field for key, field, *_ in lines if key == "wrong_exit_rate/350125"}
    wanted = {"estimate", "se", "low", "high", "df", "n", "n_effective", "deff", "bound", "verdict"}
    assert fields == wanted
    keys = {key for key, *_ in lines}
    assert {"composite_350125/350125", "satisfaction_by_class/350424,监测户"} <= keys


@pytest.mark.parametrize(
    ("file", "column", "place"),
    [(files.RESULTS_TABLE, "se", "se"), (files.RESULTS_TABLE, "printed_high", "high"), (files.ANSWERS, "weight", "se")],
)
def test_a_figure_that_was_altered_is_named(issued, tmp_path, file, column, place):
    head, first, *rest = issued.content[file].decode().splitlines(keepends=True)
    number = head.rstrip("\n").split(",").index(column)
    cells = first.split(",")
    cells[number] = {"se": "0.0214", "printed_high": "31.33%", "weight": "7.5"}[column]
    changed = (head + ",".join(cells) + "".join(rest)).encode()
    code, output = in_r(tmp_path, {**issued.content, file: changed})
    assert code == 1
    differing = [line for line in compared(output) if "DIFFERS" in line[-1]]
    assert ("wrong_exit_rate/350125", place) in {(key, field) for key, field, *_ in differing}
    assert f"{len(differing)} of " in output.splitlines()[-1]


def test_a_figure_altered_in_the_results_that_the_report_carries_is_named(issued, tmp_path):
    changed = issued.content[files.RESULTS].replace(b"0.02149598912778087", b"0.0214")
    code, output = in_r(tmp_path, {**issued.content, files.RESULTS: changed})
    assert code == 1
    assert "results.json and results.csv differ: se" in output


def test_a_row_that_was_left_out_is_named(issued, tmp_path):
    lines = issued.content[files.RESULTS_TABLE].decode().splitlines(keepends=True)
    changed = "".join([lines[0], *lines[2:]]).encode()
    code, output = in_r(tmp_path, {**issued.content, files.RESULTS_TABLE: changed})
    assert code == 1
    assert {line[0] for line in compared(output) if "DIFFERS" in line[-1]} == {"wrong_exit_rate/350125"}


def test_without_its_tables_the_script_says_so(tmp_path, issued):
    shutil.copytree(tmp_path, tmp_path / "empty")
    (tmp_path / "empty" / files.CHECK_SCRIPT).write_bytes(issued.content[files.CHECK_SCRIPT])
    done = subprocess.run(
        ["Rscript", "--vanilla", files.CHECK_SCRIPT],
        cwd=tmp_path / "empty",
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, files.CHECK_DESIGN in done.stdout) == (2, True)


CERTAIN = """    method: pps_systematic
    size: {count: household}
    take: {each: 7}
"""
LONE = CERTAIN.replace("7", "1")
PARETO = """    method: pareto
    size: {count: household}
    joint_method: hajek
    take: {each: 4}
"""


@pytest.mark.parametrize(
    ("stage", "way", "least"),
    [
        (DRAWS, "by formula", 400),
        (FULL, "the package survey", 400),
        (PARETO, "NOT checked", 150),
        (CERTAIN, "the package survey", 400),
        (LONE, "the package survey", 50),
    ],
    ids=["drawn again", "with replacement", "pareto", "certainties", "lone units"],
)
def test_other_designs_are_checked_too_and_the_way_is_said(tmp_path, stage, way, least):
    begin = small_world.DESIGN.index("    method: pps_systematic")
    end = small_world.DESIGN.index("  - name: household\n")
    world = small_world.make_world(tmp_path, design=small_world.DESIGN[:begin] + stage + small_world.DESIGN[end:])
    code, output = in_r(tmp_path, small_world.issue(world).content)
    assert code == 0, output
    assert way in output
    assert len(compared(output)) > least
    assert ("more figures were not checked" in output) == (way == "NOT checked")


def test_the_check_compares_script_and_tables(issued, report):
    assert all(step.state != "failed" for step in verify(issued.pdf, issued.bundle).steps)
    doctored = {
        files.CHECK_SCRIPT: b'cat("All 484 figures agree.")\n',
        files.RESULTS_TABLE: issued.content[files.RESULTS_TABLE].replace(b"0.02149598912778087", b"0.0114"),
    }
    outcome = verify_against(report, write_bundle({**issued.content, **doctored}.items()))
    step = next(each for each in outcome.steps if each.name == "facts")
    assert [(each.code, each.file) for each in step.complaints] == [("verification.for_r_differs", files.RESULTS_TABLE)]
    assert [(each.code, each.file) for each in step.notes] == [("verification.for_r_other", files.CHECK_SCRIPT)]


def test_the_report_of_one_county_is_checked_with_the_tables_of_all(tmp_path, issued):
    world = small_world.make_world(tmp_path)
    head = Head(2, "分县报告", "2026-03-20T02:30:00Z", small_world.INSTITUTE, LEAD, REVIEWER, scope="350125")
    facts, tables = composed(world, head)
    assert tables[files.RESULTS_TABLE] == issued.content[files.RESULTS_TABLE]
    edition = edition_bytes(facts)
    pdf = sealed(build_report(edition), vars(head))
    outcome = verify(pdf, write_bundle({**issued.content, **tables, files.EDITION: edition}.items()))
    assert [each for step in outcome.steps for each in (*step.complaints, *step.notes) if "for_r" in each.code] == []


@pytest.mark.parametrize(
    ("condition", "in_r_words"),
    [
        ("a == 1 and not (b >= -2.5 or c != 'x')", "`a` == 1 & ! ( `b` >= -2.5 | `c` != 'x' )"),
        ("户类型 in ['脱贫户', '监测户']", "`户类型` %in% c( '脱贫户' , '监测户' )"),
        ("`a b` not in (1, 2)", "! `a b` %in% c( 1 , 2 )"),
    ],
)
def test_conditions_of_a_plan_are_written_as_r_reads_them(condition, in_r_words):
    assert condition_in_r(condition) == in_r_words
